// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {SeatRegistry} from "../../coop/SeatRegistry.sol";
import {SeatsHandler} from "./SeatsHandler.sol";
import {TestBase} from "./Vm.sol";

/// @notice What stays true of the seats under any sequence of the board's and the members' messages.
contract SeatsTest is TestBase {
    SeatsHandler private handler;
    SeatRegistry private registry;

    function setUp() public {
        vm.warp(1_800_000_000);
        handler = SeatsHandler(deploy("SeatsHandler", ""));
        registry = handler.registry();
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function invariant_seatsAreWhatTheBooksSay() public view {
        yes(!handler.disagreed(), "a message did what it must not, or not what it must");
        for (uint256 seat = 1; seat <= handler.SEATS(); ++seat) {
            uint256 index = handler.keyIndexOf(seat);
            address key = index == 0 ? address(0) : vm.addr(handler.keyAt(index));
            yes(registry.keyOf(uint24(seat)) == key, "key");
            same(handler.classOf(seat), registry.classOf(uint24(seat)));
            yes(registry.isFrozen(uint24(seat)) == handler.isFrozen(seat), "frozen");
        }
    }

    function invariant_everyKeyHasOneSeatForEver() public view {
        for (uint256 index = 1; index <= handler.KEYS(); ++index) {
            address key = vm.addr(handler.keyAt(index));
            uint256 ever = handler.seatEverOf(index);
            bool isCurrent = ever != 0 && handler.keyIndexOf(ever) == index;
            same(isCurrent ? ever : 0, registry.seatOf(key));
            same(isCurrent ? 0 : ever, registry.formerSeatOf(key));
        }
    }

    function invariant_residentsAreCountedAndNoDwellingIsOverfull() public view {
        uint256 residents;
        for (uint256 dwelling = 1; dwelling <= handler.DWELLINGS(); ++dwelling) {
            uint256 count = handler.votingIn(dwelling);
            yes(count <= handler.PER_DWELLING(), "a dwelling has too many votes");
            same(count, registry.votingSeatsIn(bytes32(dwelling)));
            residents += count;
        }
        same(residents, registry.residentCount());
    }
}
