// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title Why an item of a batch was skipped: its code in `SpendsSettled` and `DepositsMinted`. 0 is done.
abstract contract Reasons {
    /// @notice No such seat in the registry (yet).
    uint8 public constant UNKNOWN_SEAT = 1;
    /// @notice The board has frozen the seat.
    uint8 public constant SEAT_FROZEN = 2;
    /// @notice This seat was debited for this subject, or this deposit was minted, before.
    uint8 public constant ALREADY_USED = 3;
    /// @notice Past its `validUntil`.
    uint8 public constant EXPIRED = 4;
    /// @notice Zero, or more than was signed.
    uint8 public constant BAD_AMOUNT = 5;
    /// @notice Not signed by the seat's key, or not by a minter.
    uint8 public constant WRONG_SIGNER = 6;
    /// @notice The balance does not reach (yet).
    uint8 public constant UNFUNDED = 7;
    /// @notice The account's daily limit does not reach today.
    uint8 public constant OVER_DAILY_LIMIT = 8;
    /// @notice The attested reserve does not reach (yet).
    uint8 public constant ABOVE_RESERVE = 9;
}
