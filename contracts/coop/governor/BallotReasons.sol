// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title Why a ballot was skipped: its code in `BallotsCast` and `BallotRefused`. 0 is done.
/// @dev The first that applies, in this order: 1, 11, 12, 2, 13, 5, 3, 6, 14, 15. 2 and 15 can pass later; the others never will.
/// The codes that the token has too mean the same there.
abstract contract BallotReasons {
    /// @notice No such seat in the registry.
    uint8 public constant UNKNOWN_SEAT = 1;
    /// @notice The board has frozen the seat.
    uint8 public constant SEAT_FROZEN = 2;
    /// @notice The seat has a ballot of this or a higher revision.
    uint8 public constant NOT_NEWER = 3;
    /// @notice Support above 2, no votes, or more than any seat can have.
    uint8 public constant BAD_BALLOT = 5;
    /// @notice Not signed by the seat's key.
    uint8 public constant WRONG_SIGNER = 6;
    /// @notice The seat was given back.
    uint8 public constant SEAT_RETIRED = 11;
    /// @notice A guest's seat.
    uint8 public constant NOT_A_RESIDENT = 12;
    /// @notice The seat was issued when the proposal was open already.
    uint8 public constant ISSUED_LATE = 13;
    /// @notice More than a quarter of the seat's credits on one proposal.
    uint8 public constant OVER_QUARTER = 14;
    /// @notice More than what is left of the seat's credits of the season.
    uint8 public constant OVER_SEASON = 15;
}
