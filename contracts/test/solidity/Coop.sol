// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {FoodUSD} from "../../coop/FoodUSD.sol";
import {SeatRegistry} from "../../coop/SeatRegistry.sol";
import {SeatBook} from "../../coop/registry/SeatBook.sol";
import {TestBase} from "./Vm.sol";

/// @notice The co-op's contracts, byte for byte as a chain gets them.
abstract contract Coop is TestBase {
    /// @dev The secrets of the officers' keys; the board's are BOARD to BOARD + 2.
    uint256 internal constant BOARD = 900;
    uint256 internal constant MINTER = 0xA11CE;
    uint256 internal constant ATTESTOR = 0xB0B;

    /// @dev Behind a proxy, which makes the call.
    function deployProxy(string memory name, bytes memory arguments, bytes memory call) internal returns (address) {
        return deploy("ERC1967Proxy", abi.encode(deploy(name, arguments), call));
    }

    function deploySeats(SeatBook.NewSeat[] memory list, uint8 votingSeatsPerDwelling) internal returns (SeatRegistry) {
        address[] memory board = new address[](3);
        for (uint256 i; i < 3; ++i) board[i] = vm.addr(BOARD + i);
        return SeatRegistry(deploy("SeatRegistry", abi.encode(board, uint8(2), list, votingSeatsPerDwelling)));
    }

    function deployMoney(SeatRegistry seats, address authority, uint64 limit, uint64 allowance) internal returns (FoodUSD) {
        return FoodUSD(deploy("FoodUSD", abi.encode(seats, authority, one(MINTER), one(ATTESTOR), limit, allowance)));
    }

    /// @dev The address of one key.
    function one(uint256 secret) internal pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = vm.addr(secret);
    }
}
