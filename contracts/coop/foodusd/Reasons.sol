// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title Why an item of a batch was skipped: its code in the batch's event. 0 is done.
abstract contract Reasons {
    /// @dev No such seat in the registry (yet).
    uint8 internal constant UNKNOWN_SEAT = 1;
    /// @dev The board has frozen the seat.
    uint8 internal constant SEAT_FROZEN = 2;
    /// @dev The spend, deposit, transfer or redemption was carried out before.
    uint8 internal constant ALREADY_USED = 3;
    /// @dev Past its `validUntil`.
    uint8 internal constant EXPIRED = 4;
    /// @dev Zero, or more than was signed.
    uint8 internal constant BAD_AMOUNT = 5;
    /// @dev Not signed by the seat's key, or not by a minter.
    uint8 internal constant WRONG_SIGNER = 6;
    /// @dev The balance does not reach (yet).
    uint8 internal constant UNFUNDED = 7;
    /// @dev The account's daily limit does not reach today.
    uint8 internal constant OVER_DAILY_LIMIT = 8;
    /// @dev The attested reserve does not reach (yet).
    uint8 internal constant ABOVE_RESERVE = 9;
    /// @dev The minter's allowance does not reach today.
    uint8 internal constant OVER_MINT_ALLOWANCE = 10;
    /// @dev The seat was given back; what lies there can be transferred or redeemed.
    uint8 internal constant SEAT_RETIRED = 11;
    /// @dev To nobody, or to the token itself.
    uint8 internal constant BAD_RECEIVER = 12;

    error TooManyItems(uint256 count);

    /// @dev Writes down why item `i` was skipped; the list is made when it is first needed.
    function _note(bytes memory reasons, uint256 count, uint256 i, uint256 reason) internal pure returns (bytes memory) {
        if (reasons.length == 0) reasons = new bytes(count);
        reasons[i] = bytes1(uint8(reason));
        return reasons;
    }
}
