// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {BoardKeys} from "./registry/BoardKeys.sol";
import {KeyChanges} from "./registry/KeyChanges.sol";
import {SeatBook} from "./registry/SeatBook.sol";

/// @title One person, one seat.
/// @notice Every limit, nullifier and vote of the building is keyed to a seat, never to an address. The registry cannot be
/// upgraded and has no owner: everything happens by signatures of the board's keys and the members', which anybody may carry.
///
/// What board keys can do: two (the threshold) issue and retire residents' seats, freeze or release any seat, replace the
/// board, and give a seat another key 7 days after they announced it, unless the seat's old key cancels; what lies at the old
/// key then belongs to the new one. One key issues guests' seats, and one seals the founding. While the founding is open (at
/// most 7 days after deployment) two may also give a seat another key at once, to put a mistake right; what lies at the old
/// key stays there.
/// What nobody can do: issue a seat twice, give one key two seats, put more residents into a dwelling than
/// `votingSeatsPerDwelling`, change a key while its owner objects.
contract SeatRegistry is KeyChanges {
    /// @param board_ At least three different keys.
    /// @param threshold_ How many of them sign together, at least two.
    /// @param seats The founding seats.
    constructor(address[] memory board_, uint8 threshold_, NewSeat[] memory seats, uint8 votingSeatsPerDwelling_)
        EIP712("Stoop Seats", "1")
        BoardKeys(board_, threshold_)
        SeatBook(seats, votingSeatsPerDwelling_)
    {}
}
