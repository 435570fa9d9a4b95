// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice Memory in which one batch's spends are hashed: the struct's nine words, then 0x1901, the domain and the struct's hash.
type SpendBuffer is uint256;

using SpendHash for SpendBuffer global;

/// @title EIP-712 digests of the spends of a batch.
/// @dev What is the same for all items is written once; each item rewrites four words.
library SpendHash {
    bytes32 private constant TYPEHASH = keccak256(
        "Spend(address book,bytes32 subject,bytes32 termsHash,uint24 seat,uint64 maxAmount,uint32 revision,uint40 validUntil,uint8 mode)"
    );
    // Half the order of secp256k1: a higher s is the mirror of a valid signature.
    uint256 private constant MAX_S = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    function buffer(bytes32 domain, address book, bytes32 subject, bytes32 termsHash, uint8 mode)
        internal
        pure
        returns (SpendBuffer self)
    {
        bytes32 typehash = TYPEHASH;
        assembly ("memory-safe") {
            self := mload(0x40)
            mstore(0x40, add(self, 0x180))
            mstore(self, typehash)
            mstore(add(self, 0x20), book)
            mstore(add(self, 0x40), subject)
            mstore(add(self, 0x60), termsHash)
            mstore(add(self, 0x100), mode)
            mstore(add(self, 0x120), shl(240, 0x1901))
            mstore(add(self, 0x122), domain)
        }
    }

    function digest(SpendBuffer self, uint256 seat, uint256 maxAmount, uint256 revision, uint256 validUntil)
        internal
        pure
        returns (bytes32 hash)
    {
        assembly ("memory-safe") {
            mstore(add(self, 0x80), seat)
            mstore(add(self, 0xa0), maxAmount)
            mstore(add(self, 0xc0), revision)
            mstore(add(self, 0xe0), validUntil)
            mstore(add(self, 0x142), keccak256(self, 0x120))
            hash := keccak256(add(self, 0x120), 0x42)
        }
    }

    /// @dev Who signed (ERC-2098 form), zero when nobody did or the signature is the mirror of one.
    function signer(bytes32 hash, bytes32 r, bytes32 vs) internal view returns (address key) {
        assembly ("memory-safe") {
            let s := shr(1, shl(1, vs))
            if iszero(gt(s, MAX_S)) {
                let free := mload(0x40)
                mstore(free, hash)
                mstore(add(free, 0x20), add(27, shr(255, vs)))
                mstore(add(free, 0x40), r)
                mstore(add(free, 0x60), s)
                mstore(0x00, 0)
                // A failed recovery returns nothing and leaves the zero.
                pop(staticcall(gas(), 1, free, 0x80, 0x00, 0x20))
                key := mload(0x00)
            }
        }
    }
}
