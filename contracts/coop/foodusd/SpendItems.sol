// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title The packed list of signed spends.
/// @notice Exact and escrow (84 bytes): seat u24 | amount u64 | revision u32 | validUntil u40 | r | yParityAndS (ERC-2098).
/// At most (92 bytes): seat u24 | amount u64 | maxAmount u64 | revision u32 | validUntil u40 | r | yParityAndS.
library SpendItems {
    /// @dev Settles the amount as signed.
    uint8 internal constant EXACT = 0;
    /// @dev Settles at most the amount signed, under the closer's `Closing`.
    uint8 internal constant AT_MOST = 1;
    /// @dev Settles the amount as signed, into the book's keeping until its order is executed or refunded.
    uint8 internal constant ESCROW = 2;
    /// @dev One bit each in a mask of 256, and a message that every network carries.
    uint256 internal constant MAX_ITEMS = 200;

    error UnknownMode(uint8 mode);
    error BadItems(uint256 bytesGiven, uint256 bytesPerItem);

    /// @dev Bytes per item and how many there are; 1 to 200.
    function shape(bytes calldata items, uint8 mode) internal pure returns (uint256 size, uint256 count) {
        if (mode > ESCROW) revert UnknownMode(mode);
        size = mode == AT_MOST ? 92 : 84;
        count = items.length / size;
        if (count == 0 || count > MAX_ITEMS || count * size != items.length) revert BadItems(items.length, size);
    }

    /// @dev The item's first 32 bytes: everything but the signature and, where the item has no maximum, a little of it.
    function head(bytes calldata items, uint256 offset) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(items.offset, offset))
        }
    }

    function seatOf(uint256 head_) internal pure returns (uint256) {
        return head_ >> 232;
    }

    function amountOf(uint256 head_) internal pure returns (uint256) {
        return uint64(head_ >> 168);
    }

    /// @dev What was signed besides the seat. `offset` is the item's, `size` tells whether it has a maximum.
    function signedOf(bytes calldata items, uint256 offset, uint256 size)
        internal
        pure
        returns (uint256 maxAmount, uint256 revision, uint256 validUntil, bytes32 r, bytes32 vs)
    {
        assembly ("memory-safe") {
            let end := add(add(items.offset, offset), size)
            vs := calldataload(sub(end, 32))
            r := calldataload(sub(end, 64))
            // The three fields lie right before the signature in every mode; where the item has no maximum the amount is it.
            let fields := shr(120, calldataload(sub(end, 81)))
            validUntil := and(fields, 0xffffffffff)
            revision := and(shr(40, fields), 0xffffffff)
            maxAmount := shr(72, fields)
        }
    }

    /// @dev What a `Closing` fixes: keccak256(seat u24 | amount u64, …) and the sum of the amounts.
    function hashAndSum(bytes calldata items, uint256 size, uint256 count) internal pure returns (bytes32 hash, uint256 sum) {
        assembly ("memory-safe") {
            // Each write spills 21 bytes past its item, which the next write covers; the last spill is left out of the hash.
            let start := mload(0x40)
            let to := start
            let from := items.offset
            for { let end := add(from, mul(size, count)) } lt(from, end) { from := add(from, size) } {
                let word := calldataload(from)
                sum := add(sum, and(shr(168, word), 0xffffffffffffffff))
                mstore(to, word)
                to := add(to, 11)
            }
            hash := keccak256(start, sub(to, start))
        }
    }
}
