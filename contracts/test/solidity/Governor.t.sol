// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {CoopGovernor} from "../../coop/CoopGovernor.sol";
import {Ballot, Ballots} from "../../coop/governor/Ballot.sol";
import {BallotHash} from "../../coop/governor/BallotHash.sol";
import {Tally} from "../../coop/governor/Tally.sol";
import {ICoopGovernor} from "../../coop/interfaces/ICoopGovernor.sol";
import {GovernorHandler} from "./GovernorHandler.sol";
import {TestBase} from "./Vm.sol";

/// @notice What stays true of votes under any sequence of proposals, ballots, locks and days; and the packed parts alone.
contract GovernorTest is TestBase {
    using Ballots for uint256;

    GovernorHandler private handler;
    CoopGovernor private governor;

    function setUp() public {
        vm.warp(1_800_000_000);
        handler = GovernorHandler(deploy("GovernorHandler", ""));
        governor = handler.governor();
        vm.warp(1_800_000_000 + 60 days);
        for (uint256 i; i < 4; ++i) handler.propose(i);
        for (uint256 i; i < 3; ++i) handler.lock(i, 10_000);
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function invariant_ballotsAreWhatTheBooksSay() public view {
        for (uint256 p; p < handler.count(); ++p) {
            for (uint256 i; i < handler.SEATS(); ++i) {
                (uint8 support, uint8 votes, uint8 revision) = handler.books(p, i);
                (uint8 s, uint8 v, uint8 r) = governor.ballotOf(handler.ids(p), handler.seatAt(i));
                yes(s == support && v == votes && r == revision, "ballot");
            }
        }
        yes(!handler.disagreed(), "something was done against the books");
    }

    function invariant_sumsAreTheSumsOfTheBallots() public view {
        for (uint256 p; p < handler.count(); ++p) {
            uint256[3] memory votes;
            uint256[3] memory heads;
            uint256[3] memory finalVotes;
            uint256[3] memory finalHeads;
            for (uint256 i; i < handler.SEATS(); ++i) {
                (uint8 support, uint8 count, uint8 revision) = handler.books(p, i);
                if (count == 0) continue;
                votes[support] += count;
                heads[support] += 1;
                if (revision != 255) continue;
                finalVotes[support] += count;
                finalHeads[support] += 1;
            }
            Tally tally = Tally.wrap(governor.tallyOf(handler.ids(p)));
            same(votes[1], tally.forVotes());
            same(votes[0], tally.againstVotes());
            same(votes[2], tally.abstainVotes());
            same(heads[1], tally.headsFor());
            same(heads[0] + heads[1] + heads[2], tally.heads());
            same(finalVotes[1], tally.finalFor());
            same(finalVotes[0], tally.finalAgainst());
            same(finalHeads[1], tally.finalHeadsFor());
            same(finalHeads[0] + finalHeads[1] + finalHeads[2], tally.finalHeads());
        }
    }

    function invariant_votesCostNoMoreThanTheSeatsCredits() public view {
        for (uint256 p; p < handler.count(); ++p) {
            ICoopGovernor.Terms memory terms = governor.termsOf(handler.ids(p));
            for (uint256 i; i < handler.SEATS(); ++i) {
                (, uint8 votes,) = handler.books(p, i);
                uint256 multiplier = multiplierAt(handler.seatAt(i), terms.opensAt);
                // A quarter of 100 credits times the multiplier.
                yes(uint256(votes) * votes * 4 * 10_000 <= 100 * multiplier, "more than a quarter");
                (uint256 spent, uint256 most) = seasonOf(terms.season, i);
                yes(spent * 10_000 <= 100 * most, "more than the season's credits");
                same(spent, governor.creditsSpent(terms.season, terms.seasonLength, handler.seatAt(i)));
            }
        }
    }

    function invariant_nothingIsDoneTwiceOrAfterItWasCancelled() public view {
        for (uint256 p; p < handler.count(); ++p) {
            uint256 acted = handler.acted(p);
            ICoopGovernor.State state = governor.stateOf(handler.ids(p));
            yes(acted <= 1 && !(acted == 1 && handler.wasCancelled(p)), "done twice, or though cancelled");
            yes((acted == 1) == (state == ICoopGovernor.State.Executed), "executed");
            yes(handler.wasCancelled(p) == (state == ICoopGovernor.State.Cancelled), "cancelled");
            if (handler.endedEarly(p)) yes(handler.passes(p), "ended early and did not pass");
        }
    }

    /// @dev The handler gets as far as an execution: invariants of proposals that never pass would say little.
    function test_theHandlerReachesAnExecution() public {
        handler.acclaim(0);
        handler.endEarly(0);
        handler.warp(8 days);
        handler.execute(0);
        handler.execute(0);
        handler.cancel(0);
        handler.castBatch(1, 3);
        same(1, handler.acted(0));
        yes(handler.counted() != 0 && !handler.disagreed(), "nothing counted");
    }

    /// @dev Every field of a sum is that of its own ballots, whatever is replaced by what.
    function testFuzz_replacingInASumIsSubtractingAndAdding(uint256 seed) public pure {
        Tally tally;
        Ballot[8] memory list;
        for (uint256 n; n < 40; ++n) {
            uint256 random = uint256(keccak256(abi.encode(seed, n)));
            Ballot newer = Ballots.pack(random % 3, 1 + (random >> 8) % 7, (random >> 16) % 2 == 0 ? 255 : 9);
            tally = tally.replace(list[(random >> 24) % 8], newer);
            list[(random >> 24) % 8] = newer;
        }
        uint256[6] memory found;
        for (uint256 i; i < 8; ++i) {
            if (list[i].isNone()) continue;
            if (list[i].support() == 1) found[0] += list[i].votes();
            if (list[i].support() == 0) found[1] += list[i].votes();
            if (list[i].support() == 2) found[2] += list[i].votes();
            found[3] += 1;
            if (list[i].isFinal() && list[i].support() == 0) found[4] += list[i].votes();
            if (list[i].isFinal()) found[5] += 1;
        }
        same(found[0], tally.forVotes());
        same(found[1], tally.againstVotes());
        same(found[2], tally.abstainVotes());
        same(found[3], tally.heads());
        same(found[4], tally.finalAgainst());
        same(found[5], tally.finalHeads());
    }

    function testFuzz_lanesOfAWordStandApart(uint256 word, uint24 seat, uint24 other, uint16 value) public pure {
        uint256 changed = word.withLane(seat, value);
        same(value, changed.lane(seat));
        if (seat & 15 != other & 15) same(word.lane(other), changed.lane(other));
        same(word, changed.withLane(seat, word.lane(seat)));
    }

    function testFuzz_ballotDigestIsEip712(bytes32 domain, bytes32 proposal, uint24 seat, uint8 support, uint8 votes, uint8 revision)
        public
        pure
    {
        uint256 head = uint256(seat) << 24 | uint256(support) << 16 | uint256(votes) << 8 | revision;
        bytes32 found = BallotHash.buffer(domain, proposal).digest(head);
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Ballot(bytes32 proposal,uint24 seat,uint8 support,uint8 votes,uint8 revision)"),
                proposal, seat, support, votes, revision
            )
        );
        yes(found == keccak256(abi.encodePacked(hex"1901", domain, structHash)), "digest");
    }

    /// @dev What a seat spent in a season by the books, and the best multiplier it had at an opening in it.
    function seasonOf(uint40 season, uint256 i) private view returns (uint256 spent, uint256 most) {
        for (uint256 p; p < handler.count(); ++p) {
            if (handler.opensAtOf(p) / 91 days != season) continue;
            (, uint8 votes,) = handler.books(p, i);
            spent += uint256(votes) * votes;
            uint256 multiplier = multiplierAt(handler.seatAt(i), handler.opensAtOf(p));
            if (multiplier > most) most = multiplier;
        }
    }

    function multiplierAt(uint24 seat, uint40 time) private view returns (uint256 multiplier) {
        uint24[] memory one = new uint24[](1);
        one[0] = seat;
        multiplier = handler.locks().multipliersAt(one, time, 1)[0];
        if (multiplier > 20_000) multiplier = 20_000;
    }
}
