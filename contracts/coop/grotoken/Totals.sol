// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ERC1155Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC1155/ERC1155Upgradeable.sol";
import {IGroToken} from "../interfaces/IGroToken.sol";
import {GroStore, IGroDelivery} from "./GroStore.sol";

/// @title Balances and totals.
abstract contract Totals is IGroToken, IGroDelivery, ERC1155Upgradeable, GroStore {
    /// @inheritdoc IGroToken
    function totalSupply(uint256 id) external view returns (uint256) {
        return _gro().supply[id];
    }

    /// @notice One item of a batch: moves, or mints where `from` is zero. This contract's own; it is the operator that receivers
    /// see.
    function deliver(address from, address to, uint256[] calldata ids, uint256[] calldata values, bytes calldata data)
        external
    {
        if (msg.sender != address(this)) revert OnlyItself(msg.sender);
        if (to == address(0)) revert ERC1155InvalidReceiver(to);
        _updateWithAcceptanceCheck(from, to, ids, values, data);
    }

    /// @dev Totals change with the balances, before any hook.
    function _update(address from, address to, uint256[] memory ids, uint256[] memory values) internal virtual override {
        super._update(from, to, ids, values);
        if (from != address(0) && to != address(0)) return;
        GroTokenStorage storage store = _gro();
        for (uint256 i; i < ids.length; ++i) {
            if (from == address(0)) store.supply[ids[i]] += values[i];
            if (to == address(0)) store.supply[ids[i]] -= values[i];
        }
    }
}
