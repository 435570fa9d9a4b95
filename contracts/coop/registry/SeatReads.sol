// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISeatRegistry} from "../interfaces/ISeatRegistry.sol";

/// @title Asks the registry about one seat or one key without building lists in memory.
/// @dev An answer of another length than expected reverts in silence: the registry is immutable and never gives one.
library SeatReads {
    /// @dev The seat's word, 0 for a seat never issued.
    function wordOf(ISeatRegistry registry, uint256 seat) internal view returns (uint256 word) {
        bytes4 selector = ISeatRegistry.wordsOf.selector;
        assembly ("memory-safe") {
            // Arguments: selector | 0x20 | 1 | seat. Answer: 0x20 | 1 | word.
            let args := mload(0x40)
            mstore(args, selector)
            mstore(add(args, 0x04), 0x20)
            mstore(add(args, 0x24), 1)
            mstore(add(args, 0x44), seat)
            let ok := staticcall(gas(), registry, args, 0x64, args, 0x60)
            if iszero(and(ok, eq(returndatasize(), 0x60))) { revert(0x00, 0x00) }
            word := mload(add(args, 0x40))
        }
    }

    /// @dev The seat that the key holds, and its word; zeros for none.
    function byKey(ISeatRegistry registry, address key) internal view returns (uint24 seat, uint256 word) {
        bytes4 selector = ISeatRegistry.seatOf.selector;
        assembly ("memory-safe") {
            mstore(0x00, selector)
            mstore(0x04, key)
            let ok := staticcall(gas(), registry, 0x00, 0x24, 0x00, 0x20)
            if iszero(and(ok, eq(returndatasize(), 0x20))) { revert(0x00, 0x00) }
            seat := mload(0x00)
        }
        if (seat != 0) word = wordOf(registry, seat);
    }
}
