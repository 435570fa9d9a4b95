// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IFoodUSD} from "../interfaces/IFoodUSD.sol";
import {SeatWords} from "../registry/SeatWords.sol";
import {Ledger} from "./Ledger.sol";

/// @title Transfers that a seat's key signed and anybody carries, in batches.
/// @dev A nonce is used up by seat, in any order, only when the transfer was done.
abstract contract SignedTransfers is IFoodUSD, Ledger {
    using SeatWords for uint256;

    bytes32 private constant TRANSFER_TYPEHASH = keccak256(
        "Transfer(uint24 seat,address to,uint64 amount,uint32 nonce,bytes32 reasonHash,uint40 validUntil)"
    );

    mapping(uint24 seat => mapping(uint256 wordIndex => uint256)) private _usedNonces;

    /// @notice Beside the ERC-20 event: which seat, and a commitment to why.
    event SeatTransfer(uint24 indexed seat, address indexed to, bytes32 indexed reasonHash, uint32 nonce, uint64 amount);
    /// @notice One batch of transfers. `reasons` is empty when every item was done, else one code per item.
    event TransfersCarried(address indexed carrier, uint256 okMask, bytes reasons);

    /// @inheritdoc IFoodUSD
    function transferBatch(TransferItem[] calldata items) external returns (uint256 okMask) {
        _requireNotPaused();
        uint256 start;
        assembly ("memory-safe") {
            start := items.offset
        }
        uint256[] memory words = _wordsOf(start, items.length);
        bytes memory reasons;
        for (uint256 i; i < items.length; ++i) {
            uint256 reason = _transferOne(items[i], words[i]);
            if (reason == 0) okMask |= 1 << i;
            else reasons = _note(reasons, items.length, i, reason);
        }
        emit TransfersCarried(msg.sender, okMask, reasons);
    }

    /// @inheritdoc IFoodUSD
    function isTransferUsed(uint24 seat, uint32 nonce) external view returns (bool) {
        return _usedNonces[seat][nonce >> 8] >> (nonce & 0xff) & 1 != 0;
    }

    function _transferOne(TransferItem calldata item, uint256 word) private returns (uint256) {
        uint24 seat = item.seat;
        address to = item.to;
        uint64 amount = item.amount;
        uint32 nonce = item.nonce;
        bytes32 reasonHash = item.reasonHash;
        uint40 validUntil = item.validUntil;
        uint256 bit = 1 << (nonce & 0xff);
        uint256 used = _usedNonces[seat][nonce >> 8];
        if (used & bit != 0) return ALREADY_USED;
        if (block.timestamp > validUntil) return EXPIRED;
        if (amount == 0) return BAD_AMOUNT;
        if (to == address(0) || to == address(this)) return BAD_RECEIVER;
        if (word == 0) return UNKNOWN_SEAT;
        if (word.isFrozen()) return SEAT_FROZEN;
        if (word.classOf() == SeatWords.RETIRED) return SEAT_RETIRED;
        address key = word.keyOf();
        bytes32 structHash = keccak256(
            abi.encode(TRANSFER_TYPEHASH, seat, to, amount, nonce, reasonHash, validUntil)
        );
        address signer = _signerOf(structHash, item.signature);
        // The registry holds no zero key, so a failed recovery never equals it.
        if (signer != key) return WRONG_SIGNER;
        uint256 reason = _take(key, to, amount, block.timestamp / 1 days);
        if (reason != 0) return reason;
        _usedNonces[seat][nonce >> 8] = used | bit;
        _accounts[to] = _accounts[to].credit(amount);
        emit SeatTransfer(seat, to, reasonHash, nonce, amount);
        return 0;
    }
}
