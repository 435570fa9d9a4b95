// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {GroToken} from "../../coop/GroToken.sol";
import {SeatLock} from "../../coop/SeatLock.sol";
import {LockWords} from "../../coop/seatlock/LockWords.sol";
import {GroHandler} from "./GroHandler.sol";
import {TestBase} from "./Vm.sol";

/// @notice What stays true of GRO, lots and locks under any sequence of messages, moves, recalls, key changes and time.
contract GroTest is TestBase {
    using LockWords for uint256;

    uint256 private constant START = 1_800_000_000;

    GroHandler private handler;
    GroToken private gro;
    SeatLock private locks;

    function setUp() public {
        vm.warp(START);
        handler = GroHandler(deploy("GroHandler", ""));
        gro = handler.gro();
        locks = handler.locks();
        // Something to do from the first step on.
        for (uint256 i; i < 3; ++i) handler.certify(i, 4_999, false);
        for (uint256 i; i < 4; ++i) handler.shift(i, 6, i, false);
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function invariant_everyActionDoesWhatTheBooksForetell() public view {
        yes(!handler.disagreed(), "an action did what it must not, or not what it must");
    }

    function invariant_supplyIsTheSumOfBalances() public view {
        for (uint256 i; i <= handler.LOTS(); ++i) {
            uint256 id = handler.idAt(i);
            uint256 sum;
            for (uint256 h; h < handler.holderCount(); ++h) {
                address holder = handler.holders(h);
                uint256 balance = gro.balanceOf(holder, id);
                same(handler.balance(holder, id), balance);
                sum += balance;
            }
            same(gro.totalSupply(id), sum);
            same(handler.supply(id), sum);
        }
    }

    function invariant_lotsStayWithinWhatWasCertified() public view {
        for (uint256 i = 1; i <= handler.LOTS(); ++i) {
            GroToken.Lot memory lot = gro.lotOf(handler.lotAt(i));
            same(handler.minted(handler.lotAt(i)), lot.minted);
            same(handler.certified(handler.lotAt(i)), lot.certified);
            yes(lot.minted <= lot.certified, "minted above the certified mass");
            yes(gro.totalSupply(handler.lotAt(i)) <= lot.minted, "more than was minted");
            yes(lot.isRecalled == handler.recalled(handler.lotAt(i)), "recall");
        }
        uint256 today = handler.gramsOn(block.timestamp / 1 days);
        yes(today <= handler.PER_DAY(), "more than a day's grams");
        same(today, gro.gramsToday(vm.addr(0xCE47)));
    }

    function invariant_groStaysWithinTheCapsOfEverySeason() public view {
        uint256 everIssued;
        for (uint256 s; s < handler.seasonCount(); ++s) {
            uint256 season = handler.seasons(s);
            uint256 sum;
            for (uint24 seat = 1; seat <= handler.SEATS(); ++seat) {
                (uint256 total, uint256 toSeat) = gro.issuedIn(season, seat);
                same(handler.issued(season), total);
                same(handler.issuedTo(season, seat), toSeat);
                yes(total <= handler.SEASON_CAP() && toSeat <= handler.SEAT_CAP(), "above a cap");
                sum += toSeat;
            }
            same(handler.issued(season), sum);
            everIssued += sum;
        }
        // GRO is never burned.
        same(everIssued, gro.totalSupply(0));
    }

    function invariant_whatIsLockedIsWhatTheLocksHold() public view {
        uint256 sum;
        for (uint24 seat = 1; seat <= handler.SEATS(); ++seat) {
            GroHandler.Lock memory expected = handler.stateAt(seat, block.timestamp);
            (uint256 amount, uint256 since, uint256 until) = locks.lockOf(seat);
            same(expected.amount, amount);
            same(expected.since, since);
            same(expected.until, until);
            sum += amount;
        }
        same(sum, gro.balanceOf(address(locks), 0));
        for (uint256 i = 1; i <= handler.LOTS(); ++i) same(0, gro.balanceOf(address(locks), handler.lotAt(i)));
    }

    function invariant_multipliersAreThoseOfTheBooksAtAnyMoment() public view {
        uint24[] memory list = new uint24[](4);
        for (uint24 i; i < 4; ++i) list[i] = i + 1;
        for (uint256 n; n < 9; ++n) {
            uint256 random = uint256(keccak256(abi.encode(block.timestamp, n)));
            uint256 time = n == 0 ? block.timestamp : START + random % (block.timestamp - START + 1);
            uint256 cap = 1 + (random >> 128) % 6_000;
            uint256[] memory found = locks.multipliersAt(list, uint40(time), cap);
            for (uint256 i; i < 4; ++i) {
                same(handler.multiplierAt(i + 1, time, cap), found[i]);
                yes(found[i] >= 10_000 && found[i] <= 20_000, "outside 1 to 2");
            }
        }
    }

    /// @dev The lists of who moves what, so that the random steps above are known to come this far.
    function test_aRunThroughReachesEverything() public {
        for (uint256 i; i < 3; ++i) handler.harvest(i, i, 900, i, false);
        handler.consume(0, 1, 300, 1, false);
        handler.transfer(0, 1, 0, 500, 1, false);
        handler.lockUp(0, 1_000, 100);
        handler.lockUp(0, 50, 0);
        handler.lockUp(0, 0, 200);
        handler.donate(0, 5, true);
        handler.recall(0, true);
        handler.move(0, 1, 1, 10, false);
        handler.rekey(0, 0);
        handler.warp(299 days, true);
        handler.withdraw(0);
        yes(!handler.disagreed(), "foretold");
        same(0, gro.balanceOf(address(locks), 0));
        yes(handler.stateAt(1, block.timestamp).since == block.timestamp, "withdrawn");
        yes(gro.totalSupply(handler.lotAt(1)) == 600, "consumed");
        yes(handler.recalled(handler.lotAt(1)), "recalled");
        invariant_multipliersAreThoseOfTheBooksAtAnyMoment();
        invariant_supplyIsTheSumOfBalances();
    }

    function testFuzz_aLocksWordKeepsItsFieldsApart(uint64 amount, uint40 since, uint40 until, uint32 count) public pure {
        uint256 word = LockWords.pack(amount, since, until, count);
        same(amount, word.amountOf());
        same(since, word.sinceOf());
        same(until, word.untilOf());
        same(count, word.countOf());
    }
}
