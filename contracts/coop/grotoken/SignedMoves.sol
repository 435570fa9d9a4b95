// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ERC1155Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC1155/ERC1155Upgradeable.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IGroToken} from "../interfaces/IGroToken.sol";
import {ISeatRegistry} from "../interfaces/ISeatRegistry.sol";
import {SeatReads} from "../registry/SeatReads.sol";
import {SeatWords} from "../registry/SeatWords.sol";
import {Totals} from "./Totals.sol";

/// @title How GRO and produce move: by the holder's own call, by a signed message, by `carry`.
/// @notice An operator that a holder approved can move produce, never GRO: votes are not a marketplace's to move.
abstract contract SignedMoves is Totals {
    using SeatReads for ISeatRegistry;
    using SeatWords for uint256;

    bytes32 private constant TRANSFER_TYPEHASH = keccak256(
        "Transfer(uint24 seat,address to,uint256 id,uint64 amount,bytes32 dataHash,uint32 nonce,uint40 validUntil)"
    );
    bytes32 private constant CONSUME_TYPEHASH = keccak256(
        "Consume(uint24 seat,uint256 lot,uint64 grams,bytes32 reasonHash,uint32 nonce,uint40 validUntil)"
    );

    /// @notice A holder's signed transfer was carried out.
    event TransferCarried(uint24 indexed seat, uint32 nonce, address indexed to, uint256 indexed id, uint64 amount);
    /// @notice Produce was burned. `seat` is 0 for a holder without one.
    event Consumed(
        uint24 indexed seat, uint256 indexed lot, address indexed holder, uint64 grams, bytes32 reasonHash, uint256 lotLeft
    );
    /// @notice What lay at a former key came to the current one; the amounts stand in `TransferBatch` or `TransferSingle`.
    event Carried(uint24 indexed seat, address indexed oldKey, address indexed newKey, address by);

    error OperatorCannotMoveGro(address operator);
    error NotAFormerKey(address key);

    /// @inheritdoc IERC1155
    function safeTransferFrom(address from, address to, uint256 id, uint256 value, bytes memory data)
        public
        override(ERC1155Upgradeable, IERC1155)
        nonReentrant
    {
        _requireMovable(from, id);
        _requireFree(from);
        super.safeTransferFrom(from, to, id, value, data);
    }

    /// @inheritdoc IERC1155
    function safeBatchTransferFrom(
        address from,
        address to,
        uint256[] memory ids,
        uint256[] memory values,
        bytes memory data
    ) public override(ERC1155Upgradeable, IERC1155) nonReentrant {
        for (uint256 i; i < ids.length; ++i) _requireMovable(from, ids[i]);
        _requireFree(from);
        super.safeBatchTransferFrom(from, to, ids, values, data);
    }

    /// @inheritdoc IGroToken
    /// @dev A hook may change a key in the registry while the batch runs: the rest of it then goes as if it had come before.
    function transferBatch(TransferItem[] calldata items) external nonReentrant returns (uint256 okMask) {
        _requireBatch(items.length);
        uint24[] memory list = new uint24[](items.length);
        for (uint256 i; i < items.length; ++i) list[i] = items[i].seat;
        uint256[] memory words = seats.wordsOf(list);
        Report memory report;
        for (uint256 i; i < items.length; ++i) _note(report, i, items.length, _transferItem(items[i], words[i]));
        emit ItemsCarried(this.transferBatch.selector, msg.sender, report.okMask, report.reasons);
        return report.okMask;
    }

    /// @inheritdoc IGroToken
    function consumeBatch(ConsumeItem[] calldata items) external nonReentrant returns (uint256 okMask) {
        _requireBatch(items.length);
        uint24[] memory list = new uint24[](items.length);
        for (uint256 i; i < items.length; ++i) list[i] = items[i].seat;
        uint256[] memory words = seats.wordsOf(list);
        Report memory report;
        for (uint256 i; i < items.length; ++i) _note(report, i, items.length, _consumeItem(items[i], words[i]));
        emit ItemsCarried(this.consumeBatch.selector, msg.sender, report.okMask, report.reasons);
        return report.okMask;
    }

    /// @inheritdoc IGroToken
    function consume(uint256 lot, uint64 grams, bytes32 reasonHash) external nonReentrant {
        if (_gro().lots[lot].certifier == address(0)) revert NoSuchLot(lot);
        _requireFree(msg.sender);
        _consume(seats.seatOf(msg.sender), msg.sender, lot, grams, reasonHash);
    }

    /// @inheritdoc IGroToken
    /// @dev Neither a recall nor a freeze stops it: the goods change hands only between a seat's own keys.
    function carry(address oldKey, uint256[] calldata ids) external nonReentrant {
        uint24 seat = seats.formerSeatOf(oldKey);
        if (seat == 0) revert NotAFormerKey(oldKey);
        address newKey = seats.keyOf(seat);
        uint256[] memory amounts = new uint256[](ids.length);
        for (uint256 i; i < ids.length; ++i) amounts[i] = balanceOf(oldKey, ids[i]);
        emit Carried(seat, oldKey, newKey, msg.sender);
        _safeBatchTransferFrom(oldKey, newKey, ids, amounts, "");
    }

    /// @inheritdoc IGroToken
    function isTransferUsed(uint24 seat, uint32 nonce) external view returns (bool) {
        return _isSet(_gro().transferNonces[seat], nonce);
    }

    /// @inheritdoc IGroToken
    function isConsumeUsed(uint24 seat, uint32 nonce) external view returns (bool) {
        return _isSet(_gro().consumeNonces[seat], nonce);
    }

    /// @dev An amount of 0 is a message to a contract: a lock is extended so.
    function _transferItem(TransferItem calldata item, uint256 word) private returns (uint8) {
        uint8 refusal = _signingRefusal(word);
        if (refusal != 0) return refusal;
        mapping(uint256 => uint256) storage nonces = _gro().transferNonces[item.seat];
        if (_isSet(nonces, item.nonce)) return ALREADY_USED;
        if (block.timestamp > item.validUntil) return EXPIRED;
        bytes32 structHash = keccak256(
            abi.encode(
                TRANSFER_TYPEHASH,
                item.seat,
                item.to,
                item.id,
                item.amount,
                keccak256(item.data),
                item.nonce,
                item.validUntil
            )
        );
        address key = word.keyOf();
        if (_signerOf(structHash, item.signature) != key) return WRONG_SIGNER;
        if (_gro().lots[item.id].isRecalled) return LOT_RECALLED;
        if (balanceOf(key, item.id) < item.amount) return UNFUNDED;
        _flip(nonces, item.nonce);
        if (!_deliverOne(key, item.to, item.id, item.amount, item.data)) {
            _flip(nonces, item.nonce);
            return RECEIVER_REFUSED;
        }
        emit TransferCarried(item.seat, item.nonce, item.to, item.id, item.amount);
        return 0;
    }

    function _consumeItem(ConsumeItem calldata item, uint256 word) private returns (uint8) {
        uint8 refusal = _signingRefusal(word);
        if (refusal != 0) return refusal;
        mapping(uint256 => uint256) storage nonces = _gro().consumeNonces[item.seat];
        if (_isSet(nonces, item.nonce)) return ALREADY_USED;
        if (block.timestamp > item.validUntil) return EXPIRED;
        if (item.grams == 0) return BAD_AMOUNT;
        bytes32 structHash = keccak256(
            abi.encode(
                CONSUME_TYPEHASH, item.seat, item.lot, item.grams, item.reasonHash, item.nonce, item.validUntil
            )
        );
        address key = word.keyOf();
        if (_signerOf(structHash, item.signature) != key) return WRONG_SIGNER;
        if (_gro().lots[item.lot].certifier == address(0)) return UNKNOWN_LOT;
        if (balanceOf(key, item.lot) < item.grams) return UNFUNDED;
        _flip(nonces, item.nonce);
        _consume(item.seat, key, item.lot, item.grams, item.reasonHash);
        return 0;
    }

    function _consume(uint24 seat, address holder, uint256 lot, uint64 grams, bytes32 reasonHash) private {
        _burn(holder, lot, grams);
        emit Consumed(seat, lot, holder, grams, reasonHash, _gro().supply[lot]);
    }

    /// @dev A frozen seat's key moves nothing, and nor does a former key: what lies there is the current key's, see `carry`.
    function _requireFree(address holder) internal view {
        (uint24 seat, uint256 word) = seats.byKey(holder);
        if (word.isFrozen()) revert SeatIsFrozen(seat);
        if (seat != 0) return;
        seat = seats.formerSeatOf(holder);
        if (seat != 0) revert FormerKey(holder, seat);
    }

    function _requireMovable(address from, uint256 id) private view {
        if (id == GRO) {
            if (msg.sender != from) revert OperatorCannotMoveGro(msg.sender);
        } else if (_gro().lots[id].isRecalled) {
            revert LotIsRecalled(id);
        }
    }

    function _isSet(mapping(uint256 => uint256) storage bits, uint32 nonce) private view returns (bool) {
        return bits[nonce >> 8] >> (nonce & 0xff) & 1 != 0;
    }

    function _flip(mapping(uint256 => uint256) storage bits, uint32 nonce) private {
        bits[nonce >> 8] ^= 1 << (nonce & 0xff);
    }
}
