// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title The packed list of signed ballots.
/// @notice 70 bytes each: seat u24 | support u8 | votes u8 | revision u8 | r | yParityAndS (ERC-2098).
library BallotItems {
    uint256 internal constant SIZE = 70;
    /// @dev One bit each in a mask of 256, and a message that every network carries.
    uint256 internal constant MAX_ITEMS = 200;

    error BadItems(uint256 bytesGiven, uint256 bytesPerItem);

    /// @dev How many there are; 1 to 200.
    function shape(bytes calldata items) internal pure returns (uint256 count) {
        count = items.length / SIZE;
        if (count == 0 || count > MAX_ITEMS || count * SIZE != items.length) revert BadItems(items.length, SIZE);
    }

    /// @dev What stands before the signature, 48 bits; the caller keeps to the count.
    function head(bytes calldata items, uint256 i) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(208, calldataload(add(items.offset, mul(i, SIZE))))
        }
    }

    function signature(bytes calldata items, uint256 i) internal pure returns (bytes32 r, bytes32 vs) {
        assembly ("memory-safe") {
            let at := add(items.offset, mul(i, SIZE))
            r := calldataload(add(at, 6))
            vs := calldataload(add(at, 38))
        }
    }

    function packHead(uint256 seat, uint256 support, uint256 votes, uint256 revision) internal pure returns (uint256) {
        return seat << 24 | support << 16 | votes << 8 | revision;
    }

    function seatOf(uint256 head_) internal pure returns (uint256) {
        return head_ >> 24;
    }

    function supportOf(uint256 head_) internal pure returns (uint256) {
        return uint8(head_ >> 16);
    }

    function votesOf(uint256 head_) internal pure returns (uint256) {
        return uint8(head_ >> 8);
    }

    function revisionOf(uint256 head_) internal pure returns (uint256) {
        return uint8(head_);
    }
}
