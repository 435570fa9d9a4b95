// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title Why an item of a batch of the GRO token was skipped: its code in `ItemsCarried`. 0 is done.
/// @notice 1 to 11 mean what they mean for Food-USD. 1, 2, 7, 12, 14, 15 and 16 can pass later.
abstract contract GroReasons {
    /// @dev No such seat in the registry (yet).
    uint8 internal constant UNKNOWN_SEAT = 1;
    /// @dev The board has frozen the seat.
    uint8 internal constant SEAT_FROZEN = 2;
    /// @dev The lot, the reference or the nonce was used before.
    uint8 internal constant ALREADY_USED = 3;
    /// @dev Past its `validUntil`.
    uint8 internal constant EXPIRED = 4;
    /// @dev Zero.
    uint8 internal constant BAD_AMOUNT = 5;
    /// @dev Not signed by the seat's key, the lot's certifier or a steward.
    uint8 internal constant WRONG_SIGNER = 6;
    /// @dev The balance does not reach (yet).
    uint8 internal constant UNFUNDED = 7;
    /// @dev The seat was given back.
    uint8 internal constant SEAT_RETIRED = 11;
    /// @dev No lot has this id (yet).
    uint8 internal constant UNKNOWN_LOT = 12;
    /// @dev More than was certified of the lot.
    uint8 internal constant ABOVE_CERTIFIED = 13;
    /// @dev The certifier's grams of today do not reach.
    uint8 internal constant OVER_DAILY_GRAMS = 14;
    /// @dev The lot is recalled.
    uint8 internal constant LOT_RECALLED = 15;
    /// @dev The contract that should receive refused, or the receiver is no usable address.
    uint8 internal constant RECEIVER_REFUSED = 16;
}
