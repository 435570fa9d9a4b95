// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice A seat's lock in one word: amount (64 bits) | since << 64 (40) | until << 104 (40) | older words << 144 (32).
library LockWords {
    function pack(uint256 amount, uint256 since, uint256 until, uint256 count) internal pure returns (uint256) {
        return amount | since << 64 | until << 104 | count << 144;
    }

    /// @dev Micro-GRO; 0 after it was withdrawn.
    function amountOf(uint256 word) internal pure returns (uint256) {
        return uint64(word);
    }

    /// @dev From when on this word stood, in seconds since 1970.
    function sinceOf(uint256 word) internal pure returns (uint256) {
        return uint40(word >> 64);
    }

    /// @dev When the lock ends, in seconds since 1970.
    function untilOf(uint256 word) internal pure returns (uint256) {
        return uint40(word >> 104);
    }

    /// @dev How many words stood before this one.
    function countOf(uint256 word) internal pure returns (uint256) {
        return uint32(word >> 144);
    }
}
