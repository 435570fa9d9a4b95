// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IFoodUSD} from "../interfaces/IFoodUSD.sol";
import {SeatWords} from "../registry/SeatWords.sol";
import {Officers} from "./Officers.sol";

/// @title How Food-USD goes back to the bank, in two steps.
/// @notice The seat's key signs what is to be paid out, and that much waits in the token's own account. A minter then signs
/// that the bank has paid, and it is gone; or that it was not paid, and it lies at the seat's key again. After
/// `RESTORE_AFTER` anybody may put it back. Each is final, and a reference serves once, ever.
abstract contract Redemptions is Officers {
    using SeatWords for uint256;

    bytes32 private constant REDEEM_TYPEHASH =
        keccak256("Redeem(uint24 seat,uint64 amount,bytes32 redemptionRef,uint40 validUntil)");
    bytes32 private constant PAYOUT_TYPEHASH =
        keccak256("Payout(bytes32 redemptionRef,bytes32 documentHash,uint40 validUntil)");
    bytes32 private constant RESTORE_TYPEHASH =
        keccak256("Restore(bytes32 redemptionRef,bytes32 caseHash,uint40 validUntil)");

    /// @notice After so long without a payout anybody may put the money back.
    uint256 public constant RESTORE_AFTER = 30 days;

    mapping(bytes32 redemptionRef => Redemption) private _redemptions;

    event RedemptionRequested(uint24 indexed seat, bytes32 indexed redemptionRef, address indexed account, uint64 amount);
    /// @notice One batch of requests. `reasons` is empty when every item was done, else one code per item.
    event RedemptionsRequested(address indexed carrier, uint256 okMask, bytes reasons);
    event RedemptionPaid(
        uint24 indexed seat, bytes32 indexed redemptionRef, address indexed minter, uint64 amount, bytes32 documentHash
    );
    /// @notice `by` is the minter that signed, or who came after `RESTORE_AFTER`; then the case is 0.
    event RedemptionRestored(
        uint24 indexed seat, bytes32 indexed redemptionRef, address indexed by, address account, uint64 amount, bytes32 caseHash
    );

    error RedemptionNotPending(bytes32 redemptionRef, RedemptionState state);
    error NotAMinter(address signer);
    error RestoredTooEarly(uint256 from);

    /// @inheritdoc IFoodUSD
    function requestRedemptions(RedeemItem[] calldata items) external returns (uint256 okMask) {
        _requireNotPaused();
        uint256 start;
        assembly ("memory-safe") {
            start := items.offset
        }
        uint256[] memory words = _wordsOf(start, items.length);
        bytes memory reasons;
        for (uint256 i; i < items.length; ++i) {
            uint256 reason = _request(items[i], words[i]);
            if (reason == 0) okMask |= 1 << i;
            else reasons = _note(reasons, items.length, i, reason);
        }
        emit RedemptionsRequested(msg.sender, okMask, reasons);
    }

    /// @inheritdoc IFoodUSD
    function confirmRedemption(bytes32 redemptionRef, bytes32 documentHash, uint40 validUntil, bytes calldata signature)
        external
    {
        address minter =
            _minter(PAYOUT_TYPEHASH, redemptionRef, documentHash, validUntil, signature);
        Redemption memory redemption = _end(redemptionRef, RedemptionState.PAID);
        _supply.total -= redemption.amount;
        emit Transfer(address(this), address(0), redemption.amount);
        emit RedemptionPaid(redemption.seat, redemptionRef, minter, redemption.amount, documentHash);
    }

    /// @inheritdoc IFoodUSD
    function restoreRedemption(bytes32 redemptionRef, bytes32 caseHash, uint40 validUntil, bytes calldata signature)
        external
    {
        address minter =
            _minter(RESTORE_TYPEHASH, redemptionRef, caseHash, validUntil, signature);
        _restore(redemptionRef, minter, caseHash);
    }

    /// @inheritdoc IFoodUSD
    function restoreLateRedemption(bytes32 redemptionRef) external {
        uint256 from = _redemptions[redemptionRef].requestedAt + RESTORE_AFTER;
        if (block.timestamp < from) revert RestoredTooEarly(from);
        _restore(redemptionRef, msg.sender, 0);
    }

    /// @inheritdoc IFoodUSD
    function redemptionOf(bytes32 redemptionRef) external view returns (Redemption memory) {
        return _redemptions[redemptionRef];
    }

    /// @dev A retired seat may redeem: what it owns must find its way out.
    function _request(RedeemItem calldata item, uint256 word) private returns (uint256) {
        uint24 seat = item.seat;
        uint64 amount = item.amount;
        bytes32 redemptionRef = item.redemptionRef;
        uint40 validUntil = item.validUntil;
        if (_redemptions[redemptionRef].state != RedemptionState.NONE) return ALREADY_USED;
        if (block.timestamp > validUntil) return EXPIRED;
        if (amount == 0) return BAD_AMOUNT;
        if (word == 0) return UNKNOWN_SEAT;
        if (word.isFrozen()) return SEAT_FROZEN;
        address key = word.keyOf();
        bytes32 structHash =
            keccak256(abi.encode(REDEEM_TYPEHASH, seat, amount, redemptionRef, validUntil));
        address signer = _signerOf(structHash, item.signature);
        // The registry holds no zero key, so a failed recovery never equals it.
        if (signer != key) return WRONG_SIGNER;
        uint256 reason = _take(key, address(this), amount, block.timestamp / 1 days);
        if (reason != 0) return reason;
        _redemptions[redemptionRef] =
            Redemption(seat, amount, uint40(block.timestamp), RedemptionState.PENDING);
        _accounts[address(this)] = _accounts[address(this)].credit(amount);
        emit RedemptionRequested(seat, redemptionRef, key, amount);
        return 0;
    }

    /// @dev Which minter signed how a redemption ends. Both messages have the same fields.
    function _minter(bytes32 typehash, bytes32 redemptionRef, bytes32 hash, uint40 validUntil, bytes calldata signature)
        private
        view
        returns (address minter)
    {
        _requireNoOfficer(msg.sender);
        if (block.timestamp > validUntil) revert MessageExpired(validUntil);
        minter = _signerOf(keccak256(abi.encode(typehash, redemptionRef, hash, validUntil)), signature);
        if (!isMinter(minter)) revert NotAMinter(minter);
    }

    /// @dev To the seat's current key, whichever signed: a key that was lost meanwhile strands nothing. Frozen accounts receive.
    function _restore(bytes32 redemptionRef, address by, bytes32 caseHash) private {
        Redemption memory redemption = _end(redemptionRef, RedemptionState.RESTORED);
        address key = seats.keyOf(redemption.seat);
        _accounts[key] = _accounts[key].credit(redemption.amount);
        emit Transfer(address(this), key, redemption.amount);
        emit RedemptionRestored(redemption.seat, redemptionRef, by, key, redemption.amount, caseHash);
    }

    /// @dev Takes what waits out of the token's own account, once.
    function _end(bytes32 redemptionRef, RedemptionState state) private returns (Redemption memory redemption) {
        redemption = _redemptions[redemptionRef];
        if (redemption.state != RedemptionState.PENDING) revert RedemptionNotPending(redemptionRef, redemption.state);
        _redemptions[redemptionRef].state = state;
        _accounts[address(this)] = _accounts[address(this)].debit(redemption.amount);
    }
}
