// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice Memory in which one batch's ballots are hashed: the struct's six words, then 0x1901, the domain and the struct's hash.
type BallotBuffer is uint256;

using BallotHash for BallotBuffer global;

/// @title EIP-712 digests of the ballots of a batch.
/// @dev What is the same for all items is written once; each item rewrites four words.
library BallotHash {
    bytes32 private constant TYPEHASH =
        keccak256("Ballot(bytes32 proposal,uint24 seat,uint8 support,uint8 votes,uint8 revision)");

    function buffer(bytes32 domain, bytes32 proposal) internal pure returns (BallotBuffer self) {
        bytes32 typehash = TYPEHASH;
        assembly ("memory-safe") {
            self := mload(0x40)
            mstore(0x40, add(self, 0x120))
            mstore(self, typehash)
            mstore(add(self, 0x20), proposal)
            mstore(add(self, 0xc0), shl(240, 0x1901))
            mstore(add(self, 0xc2), domain)
        }
    }

    /// @param head_ As `BallotItems` reads it.
    function digest(BallotBuffer self, uint256 head_) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            mstore(add(self, 0x40), shr(24, head_))
            mstore(add(self, 0x60), and(shr(16, head_), 0xff))
            mstore(add(self, 0x80), and(shr(8, head_), 0xff))
            mstore(add(self, 0xa0), and(head_, 0xff))
            mstore(add(self, 0xe2), keccak256(self, 0xc0))
            hash := keccak256(add(self, 0xc0), 0x42)
        }
    }
}
