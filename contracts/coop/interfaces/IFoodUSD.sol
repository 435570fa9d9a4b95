// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title What books and carriers ask of the building's money.
interface IFoodUSD {
    /// @notice A minter's signed `Mint` and its 65-byte signature.
    struct MintItem {
        uint24 seat;
        uint64 amount;
        bytes32 depositRef;
        uint40 validUntil;
        bytes signature;
    }

    /// @notice A `Transfer` that the key of `seat` signed, and its 65-byte signature.
    /// @param nonce Serves the seat once, in any order.
    /// @param reasonHash A commitment to why, never the text.
    struct TransferItem {
        uint24 seat;
        address to;
        uint64 amount;
        uint32 nonce;
        bytes32 reasonHash;
        uint40 validUntil;
        bytes signature;
    }

    /// @notice A `Redeem` that the key of `seat` signed, and its 65-byte signature.
    struct RedeemItem {
        uint24 seat;
        uint64 amount;
        bytes32 redemptionRef;
        uint40 validUntil;
        bytes signature;
    }

    /// @notice PENDING is followed by PAID or RESTORED, and both are final.
    enum RedemptionState {
        NONE,
        PENDING,
        PAID,
        RESTORED
    }

    /// @notice What was asked to be redeemed under a reference. One word.
    struct Redemption {
        uint24 seat;
        uint64 amount;
        uint40 requestedAt;
        RedemptionState state;
    }

    /// @notice Takes from members what they signed to the caller (the book) and gives the sum to `payee`.
    /// @param subject What it is for; each seat can be debited for a subject once, ever.
    /// @param termsHash Signed by every member; that the payee belongs to it is the book's to check.
    /// @param mode 0 exact, 1 at most, 2 escrow (as signed, like exact; the book keeps it until its order ends).
    /// @param items Packed spends, see `SpendItems`. Bad ones are skipped and reported.
    /// @return okMask Bit i is set when item i was debited.
    /// @return total What was debited; outside [minTotal, maxTotal] the call reverts with `TotalOutOfRange`.
    function settleSpends(
        bytes32 subject,
        bytes32 termsHash,
        address payee,
        uint8 mode,
        uint256 minTotal,
        uint256 maxTotal,
        bytes calldata items
    ) external returns (uint256 okMask, uint256 total);

    /// @notice Mints deposits. Bad items are skipped and reported.
    function mintBatch(MintItem[] calldata items) external returns (uint256 okMask);

    /// @notice Records a signed attestation of the reserve; sequences only rise.
    function attest(uint64 reserve, bytes32 documentHash, uint64 sequence, uint40 takenAt, bytes calldata signature) external;

    /// @notice Carries out signed transfers. Bad items are skipped and reported.
    function transferBatch(TransferItem[] calldata items) external returns (uint256 okMask);

    /// @notice Takes what seats want to redeem into the token's own account. Bad items are skipped and reported.
    function requestRedemptions(RedeemItem[] calldata items) external returns (uint256 okMask);

    /// @notice Burns a pending redemption: a minter signed, in `Payout`, that the bank has paid it. Final.
    /// @param documentHash A commitment to the bank's statement.
    function confirmRedemption(bytes32 redemptionRef, bytes32 documentHash, uint40 validUntil, bytes calldata signature)
        external;

    /// @notice Gives a pending redemption back to the seat's current key, by a minter's `Restore`. Final.
    /// @param caseHash A commitment to why it was not paid.
    function restoreRedemption(bytes32 redemptionRef, bytes32 caseHash, uint40 validUntil, bytes calldata signature) external;

    /// @notice Gives a redemption that nobody ended in 30 days back to the seat's current key. Anybody may call.
    function restoreLateRedemption(bytes32 redemptionRef) external;

    /// @notice Moves the whole balance of a seat's former key to the seat's current key, with the seat's freeze and, where the
    /// new account has none of its own, the daily limit. Not counted against the limit. Anybody may call.
    function carry(address oldKey) external returns (uint256 amount);

    /// @notice Copies freeze and membership of seats from the registry to their accounts, so that plain transfers obey them.
    /// Anybody may call; seats never issued are passed over.
    function mirror(uint24[] calldata list) external;

    /// @notice What was asked to be redeemed under the reference.
    function redemptionOf(bytes32 redemptionRef) external view returns (Redemption memory);

    /// @notice Whether the seat's signed transfer of this nonce was carried out.
    function isTransferUsed(uint24 seat, uint32 nonce) external view returns (bool);

    /// @notice Whether this key's `Mint`, `Payout` and `Restore` count.
    function isMinter(address key) external view returns (bool);

    /// @notice Whether the seat was debited for the subject.
    function isUsed(bytes32 subject, uint24 seat) external view returns (bool);

    /// @notice Bit n says whether seat `wordIndex * 256 + n` was debited for the subject.
    function usedWord(bytes32 subject, uint256 wordIndex) external view returns (uint256);

    /// @notice Whether the deposit was minted.
    function isMinted(bytes32 depositRef) external view returns (bool);

    /// @notice The reserve as last attested, in micro-units.
    function attestedReserve() external view returns (uint64);

    /// @notice The sequence of the last attestation.
    function attestationSequence() external view returns (uint64);

    /// @notice EIP-712 domain separator of everything that is signed for this token.
    function DOMAIN_SEPARATOR() external view returns (bytes32);
}
