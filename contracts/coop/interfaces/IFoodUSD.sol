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

    /// @notice Takes from members what they signed to the caller (the book) and gives the sum to `payee`.
    /// @param subject What it is for; each seat can be debited for a subject once, ever.
    /// @param termsHash Signed by every member; that the payee belongs to it is the book's to check.
    /// @param mode 0 exact, 1 at most, 2 escrow.
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
