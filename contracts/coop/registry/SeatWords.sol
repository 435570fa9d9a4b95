// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISeatRegistry} from "../interfaces/ISeatRegistry.sol";

/// @notice A seat's word in the registry: key (160 bits) | class << 160 | frozen << 168 | when it was issued (40 bits) << 176.
library SeatWords {
    /// @dev Votes.
    uint8 internal constant RESIDENT = 1;
    /// @dev A fan or supplier: no vote.
    uint8 internal constant GUEST = 2;
    /// @dev Gave the seat back: no vote, joins nothing; its key still owns what it holds.
    uint8 internal constant RETIRED = 3;

    uint256 private constant KEY_MASK = type(uint160).max;
    uint256 private constant CLASS_MASK = 0xff << 160;
    uint256 private constant FROZEN_BIT = 1 << 168;

    function pack(address key, uint8 class, uint256 at) internal pure returns (uint256) {
        return uint160(key) | uint256(class) << 160 | uint256(uint40(at)) << 176;
    }

    /// @dev The words of the seats that stand first in each packed item, asked in one call and laid where the call was built.
    function ofItems(ISeatRegistry registry, bytes calldata items, uint256 size, uint256 count)
        internal
        view
        returns (uint256[] memory words)
    {
        bytes4 selector = ISeatRegistry.wordsOf.selector;
        assembly ("memory-safe") {
            // Arguments: selector | 0x20 | count | seats. The answer has the same shape without the selector.
            let args := mload(0x40)
            words := add(args, 0x20)
            mstore(args, selector)
            mstore(add(args, 0x04), 0x20)
            mstore(add(args, 0x24), count)
            let to := add(args, 0x44)
            let from := items.offset
            for { let end := add(to, shl(5, count)) } lt(to, end) { to := add(to, 0x20) } {
                mstore(to, shr(232, calldataload(from)))
                from := add(from, size)
            }
            let bytesBack := add(0x40, shl(5, count))
            let ok := staticcall(gas(), registry, args, sub(to, args), args, bytesBack)
            ok := and(ok, eq(returndatasize(), bytesBack))
            if iszero(and(ok, eq(mload(words), count))) { revert(0x00, 0x00) }
            mstore(0x40, add(args, add(0x60, shl(5, count))))
        }
    }

    /// @dev Word `i` of the list; the caller keeps to the length.
    function nth(uint256[] memory words, uint256 i) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(words, add(0x20, shl(5, i))))
        }
    }

    function keyOf(uint256 word) internal pure returns (address) {
        return address(uint160(word));
    }

    function classOf(uint256 word) internal pure returns (uint8) {
        return uint8(word >> 160);
    }

    function isFrozen(uint256 word) internal pure returns (bool) {
        return word & FROZEN_BIT != 0;
    }

    /// @dev In seconds since 1970.
    function issuedAt(uint256 word) internal pure returns (uint256) {
        return uint40(word >> 176);
    }

    function withKey(uint256 word, address key) internal pure returns (uint256) {
        return (word & ~KEY_MASK) | uint160(key);
    }

    function withClass(uint256 word, uint8 class) internal pure returns (uint256) {
        return (word & ~CLASS_MASK) | uint256(class) << 160;
    }

    function withFrozen(uint256 word, bool frozen) internal pure returns (uint256) {
        return frozen ? word | FROZEN_BIT : word & ~FROZEN_BIT;
    }
}
