// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISeatRegistry} from "../../coop/interfaces/ISeatRegistry.sol";

/// @notice A token that takes every spend as it stands and pays nobody whom it was told to refuse: what Food-USD never does, and
/// the book must bear all the same.
contract StubbornToken {
    ISeatRegistry public immutable seats;
    mapping(address account => uint256) public balanceOf;
    mapping(address account => bool) public isRefused;
    bool public isSilent;

    error Refused(address to);

    constructor(ISeatRegistry seats_) {
        seats = seats_;
    }

    /// @param silent Refuses without a word, as a call does that runs out of gas.
    function refuse(address to, bool refused, bool silent) external {
        (isRefused[to], isSilent) = (refused, silent);
    }

    function settleSpends(bytes32, bytes32, address payee, uint8, uint256, uint256, bytes calldata items)
        external
        returns (uint256 okMask, uint256 total)
    {
        uint256 count = items.length / 84;
        for (uint256 i; i < count; ++i) total += uint64(bytes8(items[i * 84 + 3:]));
        okMask = (1 << count) - 1;
        balanceOf[payee] += total;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        if (isRefused[to]) {
            if (isSilent) assembly {
                revert(0, 0)
            }
            revert Refused(to);
        }
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
        return true;
    }
}
