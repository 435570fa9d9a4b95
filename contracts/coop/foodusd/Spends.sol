// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IFoodUSD} from "../interfaces/IFoodUSD.sol";
import {ISeatRegistry} from "../interfaces/ISeatRegistry.sol";
import {Ledger} from "./Ledger.sol";
import {SeatWords} from "../registry/SeatWords.sol";
import {SpendBuffer, SpendHash} from "./SpendHash.sol";
import {SpendItems} from "./SpendItems.sol";

/// @title How Food-USD is spent: signed once by the member, used once, in batches.
/// @dev Verified and used up inside the token, so that no contract ever holds a right to debit. The caller is the book that
/// members named in what they signed; nobody else can use it.
abstract contract Spends is IFoodUSD, Ledger {
    using SpendItems for bytes;
    using SpendItems for uint256;
    using SeatWords for ISeatRegistry;
    using SeatWords for uint256[];
    using SeatWords for uint256;

    mapping(bytes32 subject => mapping(uint256 wordIndex => uint256)) private _used;

    /// @notice One settled batch. `reasons` is empty when every item was debited, else one code per item.
    event SpendsSettled(
        address indexed book, bytes32 indexed subject, address indexed payee, uint256 okMask, uint256 total, bytes reasons
    );

    error TotalOutOfRange(uint256 total, uint256 minTotal, uint256 maxTotal, uint256 okMask, bytes reasons);

    /// @inheritdoc IFoodUSD
    function settleSpends(
        bytes32 subject,
        bytes32 termsHash,
        address payee,
        uint8 mode,
        uint256 minTotal,
        uint256 maxTotal,
        bytes calldata items
    ) external returns (uint256 okMask, uint256 total) {
        _requireNotPaused();
        if (payee == address(0) || payee == address(this)) revert ERC20InvalidReceiver(payee);
        bytes memory reasons;
        (okMask, total, reasons) = _takeAll(subject, termsHash, payee, mode, items);
        if (total < minTotal || total > maxTotal) revert TotalOutOfRange(total, minTotal, maxTotal, okMask, reasons);
        _accounts[payee] = _accounts[payee].credit(total);
        emit SpendsSettled(msg.sender, subject, payee, okMask, total, reasons);
    }

    /// @dev What is the same for all items of a batch.
    struct Batch {
        SpendBuffer spend;
        uint256 size;
        address payee;
        uint256 today;
    }

    function _takeAll(bytes32 subject, bytes32 termsHash, address payee, uint8 mode, bytes calldata items)
        private
        returns (uint256 okMask, uint256 total, bytes memory reasons)
    {
        (uint256 size, uint256 count) = items.shape(mode);
        SpendBuffer spend = SpendHash.buffer(_domainSeparatorV4(), msg.sender, subject, termsHash, mode);
        Batch memory batch = Batch(spend, size, payee, block.timestamp / 1 days);
        uint256[] memory words = seats.ofItems(items, size, count);
        mapping(uint256 => uint256) storage usedWords = _used[subject];
        uint256 wordIndex = type(uint256).max;
        uint256 used;
        // At most 200 items, and a sum of at most 200 amounts of 64 bits.
        unchecked {
            for (uint256 i; i < count; ++i) {
                uint256 offset = i * size;
                uint256 head = items.head(offset);
                // The seats of one word usually stand together, so it is read and written once.
                if (head.seatOf() >> 8 != wordIndex) {
                    if (used != 0) usedWords[wordIndex] = used;
                    wordIndex = head.seatOf() >> 8;
                    used = usedWords[wordIndex];
                }
                uint256 bit = 1 << (head.seatOf() & 0xff);
                uint256 reason = used & bit != 0 ? ALREADY_USED : _takeOne(batch, items, offset, head, words.nth(i));
                if (reason == 0) {
                    used |= bit;
                    okMask |= 1 << i;
                    total += head.amountOf();
                } else {
                    reasons = _note(reasons, count, i, reason);
                }
            }
        }
        if (used != 0) usedWords[wordIndex] = used;
    }

    /// @dev Debits one item, or says why not. The payee is credited once for all.
    function _takeOne(Batch memory batch, bytes calldata items, uint256 offset, uint256 head, uint256 seatWord)
        private
        returns (uint256)
    {
        if (seatWord == 0) return UNKNOWN_SEAT;
        if (seatWord.isFrozen()) return SEAT_FROZEN;
        if (seatWord.classOf() == SeatWords.RETIRED) return SEAT_RETIRED;
        uint256 amount = head.amountOf();
        address key = seatWord.keyOf();
        {
            (uint256 maxAmount, uint256 revision, uint256 validUntil, bytes32 r, bytes32 vs) =
                items.signedOf(offset, batch.size);
            if (amount == 0 || amount > maxAmount) return BAD_AMOUNT;
            if (block.timestamp > validUntil) return EXPIRED;
            bytes32 digest = batch.spend.digest(head.seatOf(), maxAmount, revision, validUntil);
            // The registry holds no zero key, so a failed recovery never equals it.
            if (SpendHash.signer(digest, r, vs) != key) return WRONG_SIGNER;
        }
        return _take(key, batch.payee, amount, batch.today);
    }

    /// @inheritdoc IFoodUSD
    function isUsed(bytes32 subject, uint24 seat) external view returns (bool) {
        return _used[subject][seat >> 8] >> (seat & 0xff) & 1 != 0;
    }

    /// @inheritdoc IFoodUSD
    function usedWord(bytes32 subject, uint256 wordIndex) external view returns (uint256) {
        return _used[subject][wordIndex];
    }
}
