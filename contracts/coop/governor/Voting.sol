// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {SpendHash} from "../foodusd/SpendHash.sol";
import {ICoopGovernor} from "../interfaces/ICoopGovernor.sol";
import {ISeatRegistry} from "../interfaces/ISeatRegistry.sol";
import {SeatWords} from "../registry/SeatWords.sol";
import {Ballot, Ballots} from "./Ballot.sol";
import {BallotBuffer, BallotHash} from "./BallotHash.sol";
import {BallotItems} from "./BallotItems.sol";
import {BallotReasons} from "./BallotReasons.sol";
import {Proposals} from "./Proposals.sol";
import {Tallies, Tally} from "./Tally.sol";

/// @title Ballots: signed by a seat's key, counted in batches, paid for with the seat's credits of the season.
/// @notice v votes cost v * v credits. A seat has 100 in a season, up to 200 by what it had locked when the proposal opened, and
/// may spend a quarter of them on one proposal. A ballot of a higher revision takes the place of the one before, whose credits
/// come back; one that costs no more than that is never refused for credits.
abstract contract Voting is Proposals, BallotReasons {
    using BallotItems for bytes;
    using BallotItems for uint256;
    using Ballots for uint256;
    using SeatWords for ISeatRegistry;
    using SeatWords for uint256[];
    using SeatWords for uint256;

    // Credits of a seat with nothing locked, and what it may spend of them on one proposal.
    uint256 private constant CREDITS = 100;
    uint256 private constant QUARTER = 25;
    // What a multiplier (ten-thousandths of 100 credits) must be for each credit of the season's sum and of one proposal's.
    uint256 private constant PER_CREDIT = 100;
    uint256 private constant PER_CREDIT_OF_QUARTER = 400;
    uint256 private constant HIGHEST_MULTIPLIER = 20_000;
    // A seat and its 16 bits before and after.
    uint256 private constant CHANGE_SIZE = 7;

    /// @dev What is the same for all items of a batch, and the items.
    struct Batch {
        bytes32 id;
        uint256 opensAt;
        uint256 lockCap;
        uint256 seasonKey;
        uint256[] heads;
        // One per item, looked up when the first needs one.
        uint256[] multipliers;
    }

    /// @dev The sixteen seats that are worked on, and what has come of the items so far.
    struct Work {
        uint256 index;
        uint256 ballots;
        uint256 credits;
        bool isDirty;
        Tally tally;
        uint256 okMask;
        uint256 changed;
        bytes changes;
        bytes reasons;
    }

    /// @notice Ballots were counted. `changes` has 7 bytes for each: seat u24, its 16 bits before and after (see `ballotWord`).
    /// `reasons` is empty when all were counted, else one code per item (see `BallotReasons`).
    event BallotsCast(bytes32 indexed id, address indexed carrier, uint256 okMask, bytes changes, bytes reasons);

    error BallotRefused(uint8 reason);
    error LocksAnswerBadly(uint256 expected, uint256 given);

    /// @inheritdoc ICoopGovernor
    function castBallots(bytes32 id, bytes calldata items) external returns (uint256) {
        Record storage record_ = _open(id);
        uint256 count = items.shape();
        (Batch memory batch, Work memory work) = _start(id, record_, count);
        for (uint256 i; i < count; ++i) batch.heads[i] = items.head(i);
        uint256[] memory words = seats.ofItems(items, BallotItems.SIZE, count);
        BallotBuffer buffer = BallotHash.buffer(DOMAIN_SEPARATOR(), id);
        for (uint256 i; i < count; ++i) {
            Ballot older = _turnTo(batch, work, batch.heads[i].seatOf());
            uint256 reason = _refusal(batch, i, words.nth(i), older);
            if (reason == 0) reason = _signatureReason(buffer, items, i, words.nth(i));
            if (reason == 0) reason = _creditReason(batch, work, i, older);
            if (reason == 0) {
                _count(work, i, batch.heads[i], older);
            } else {
                if (work.reasons.length == 0) work.reasons = new bytes(count);
                work.reasons[i] = bytes1(uint8(reason));
            }
        }
        return _finish(batch, work, record_);
    }

    /// @inheritdoc ICoopGovernor
    function cast(bytes32 id, uint8 support, uint8 votes, uint8 revision) external {
        Record storage record_ = _open(id);
        (Batch memory batch, Work memory work) = _start(id, record_, 1);
        uint24[] memory one = new uint24[](1);
        one[0] = seats.seatOf(msg.sender);
        batch.heads[0] = BallotItems.packHead(one[0], support, votes, revision);
        Ballot older = _turnTo(batch, work, one[0]);
        uint256 reason = _refusal(batch, 0, seats.wordsOf(one)[0], older);
        if (reason == 0) reason = _creditReason(batch, work, 0, older);
        if (reason != 0) revert BallotRefused(uint8(reason));
        _count(work, 0, batch.heads[0], older);
        _finish(batch, work, record_);
    }

    /// @inheritdoc ICoopGovernor
    function ballotOf(bytes32 id, uint24 seat) external view returns (uint8 support, uint8 votes, uint8 revision) {
        Ballot ballot = Ballot.wrap(_storage().ballots[id][seat >> 4].lane(seat));
        return (uint8(ballot.support()), uint8(ballot.votes()), uint8(ballot.revision()));
    }

    /// @inheritdoc ICoopGovernor
    function ballotWord(bytes32 id, uint256 wordIndex) external view returns (uint256) {
        return _storage().ballots[id][wordIndex];
    }

    /// @inheritdoc ICoopGovernor
    function creditsSpent(uint40 season, uint40 seasonLength, uint24 seat) external view returns (uint256) {
        return _storage().credits[_seasonKey(season, seasonLength)][seat >> 4].lane(seat);
    }

    function _start(bytes32 id, Record storage record_, uint256 count)
        private
        view
        returns (Batch memory batch, Work memory work)
    {
        Terms storage terms = record_.terms;
        batch.id = id;
        batch.opensAt = terms.opensAt;
        batch.lockCap = terms.lockCap;
        batch.seasonKey = _seasonKey(terms.season, terms.seasonLength);
        batch.heads = new uint256[](count);
        work.index = type(uint256).max;
        work.tally = record_.tally;
        // A change is written as a whole word: room for what spills behind the last.
        work.changes = new bytes(count * CHANGE_SIZE + 32);
    }

    /// @dev The seat's ballot so far. Seats of one word usually stand together, so that it is read and written once.
    function _turnTo(Batch memory batch, Work memory work, uint256 seat) private returns (Ballot) {
        uint256 index = seat >> 4;
        if (work.index != index) {
            _store(batch, work);
            work.index = index;
            work.ballots = _storage().ballots[batch.id][index];
            work.credits = _storage().credits[batch.seasonKey][index];
        }
        return Ballot.wrap(work.ballots.lane(seat));
    }

    function _store(Batch memory batch, Work memory work) private {
        if (!work.isDirty) return;
        _storage().ballots[batch.id][work.index] = work.ballots;
        _storage().credits[batch.seasonKey][work.index] = work.credits;
        work.isDirty = false;
    }

    /// @dev Takes the ballot into the words, the sum and the list of changes.
    function _count(Work memory work, uint256 i, uint256 head, Ballot older) private pure {
        Ballot newer = Ballots.pack(head.supportOf(), head.votesOf(), head.revisionOf());
        uint256 seat = head.seatOf();
        // The older one's cost was added when it was counted; there are at most 200 items.
        unchecked {
            work.credits = work.credits.withLane(seat, work.credits.lane(seat) - older.cost() + newer.cost());
            work.ballots = work.ballots.withLane(seat, Ballot.unwrap(newer));
            work.tally = work.tally.replace(older, newer);
            work.isDirty = true;
            work.okMask |= 1 << i;
            uint256 change = seat << 32 | Ballot.unwrap(older) << 16 | Ballot.unwrap(newer);
            (bytes memory changes, uint256 offset) = (work.changes, work.changed * CHANGE_SIZE);
            assembly ("memory-safe") {
                mstore(add(add(changes, 0x20), offset), shl(200, change))
            }
            work.changed += 1;
        }
    }

    function _finish(Batch memory batch, Work memory work, Record storage record_) private returns (uint256) {
        _store(batch, work);
        if (work.changed != 0) record_.tally = work.tally;
        (bytes memory changes, uint256 length) = (work.changes, work.changed * CHANGE_SIZE);
        assembly ("memory-safe") {
            mstore(changes, length)
        }
        emit BallotsCast(batch.id, msg.sender, work.okMask, changes, work.reasons);
        return work.okMask;
    }

    /// @dev Why the ballot does not count, its signature and its credits aside.
    function _refusal(Batch memory batch, uint256 i, uint256 word, Ballot older) private pure returns (uint256) {
        if (word == 0) return UNKNOWN_SEAT;
        uint256 class = word.classOf();
        if (class == SeatWords.RETIRED) return SEAT_RETIRED;
        if (class != SeatWords.RESIDENT) return NOT_A_RESIDENT;
        if (word.isFrozen()) return SEAT_FROZEN;
        if (word.issuedAt() >= batch.opensAt) return ISSUED_LATE;
        uint256 head = batch.heads[i];
        uint256 votes = head.votesOf();
        if (head.supportOf() > 2 || votes == 0 || votes > Tallies.MOST_VOTES) return BAD_BALLOT;
        if (!older.isNone() && head.revisionOf() <= older.revision()) return NOT_NEWER;
        return 0;
    }

    function _signatureReason(BallotBuffer buffer, bytes calldata items, uint256 i, uint256 word)
        private
        view
        returns (uint256)
    {
        (bytes32 r, bytes32 vs) = items.signature(i);
        // The registry holds no zero key, so a failed recovery never equals it.
        return SpendHash.signer(buffer.digest(items.head(i)), r, vs) == word.keyOf() ? 0 : WRONG_SIGNER;
    }

    /// @dev The locks are asked only where a ballot takes more than every seat has.
    function _creditReason(Batch memory batch, Work memory work, uint256 i, Ballot older) private view returns (uint256) {
        uint256 head = batch.heads[i];
        // Votes are at most 7, and the older one's cost is part of what was spent.
        unchecked {
            uint256 cost = head.votesOf() * head.votesOf();
            if (cost <= older.cost()) return 0;
            uint256 spent = work.credits.lane(head.seatOf()) - older.cost() + cost;
            if (cost <= QUARTER && spent <= CREDITS) return 0;
            if (batch.multipliers.length == 0) batch.multipliers = _lookUp(batch, i);
            uint256 multiplier = batch.multipliers[i];
            if (cost * PER_CREDIT_OF_QUARTER > multiplier) return OVER_QUARTER;
            return spent * PER_CREDIT > multiplier ? OVER_SEASON : 0;
        }
    }

    /// @dev The multipliers of all items from `first` on that could need one, in one call. It asks for a few more than needed
    /// (a replaced ballot's credits are not taken off) and for none too few: no item can spend more than what is stored and its
    /// own cost.
    function _lookUp(Batch memory batch, uint256 first) private view returns (uint256[] memory all) {
        uint256 total = batch.heads.length;
        all = new uint256[](total);
        uint24[] memory asked = new uint24[](total);
        uint256[1 << 20] storage credits = _storage().credits[batch.seasonKey];
        uint256 count;
        // Votes have 8 bits here.
        unchecked {
            for (uint256 i = first; i < total; ++i) {
                uint256 head = batch.heads[i];
                uint256 cost = head.votesOf() * head.votesOf();
                if (cost <= QUARTER && credits[head.seatOf() >> 4].lane(head.seatOf()) + cost <= CREDITS) continue;
                asked[count++] = uint24(head.seatOf());
                // Its place in the answer, until the answer is here.
                all[i] = count;
            }
        }
        assembly ("memory-safe") {
            mstore(asked, count)
        }
        uint256[] memory answer = locks.multipliersAt(asked, uint40(batch.opensAt), batch.lockCap);
        if (answer.length != count) revert LocksAnswerBadly(count, answer.length);
        for (uint256 i = first; i < total; ++i) {
            if (all[i] == 0) continue;
            uint256 multiplier = answer[all[i] - 1];
            // More would break what ending early relies on.
            all[i] = multiplier > HIGHEST_MULTIPLIER ? HIGHEST_MULTIPLIER : multiplier;
        }
    }
}
