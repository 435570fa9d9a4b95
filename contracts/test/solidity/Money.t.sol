// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {FoodUSD} from "../../coop/FoodUSD.sol";
import {MoneyHandler} from "./MoneyHandler.sol";
import {TestBase} from "./Vm.sol";

/// @notice What stays true of the money under any sequence of deposits, transfers, batches and days.
contract MoneyTest is TestBase {
    MoneyHandler private handler;
    FoodUSD private token;

    function setUp() public {
        vm.warp(1_800_000_000);
        handler = new MoneyHandler();
        token = handler.token();
        handler.attest(30_000);
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function invariant_supplyIsTheSumOfBalances() public view {
        uint256 sum = token.balanceOf(handler.payee());
        for (uint256 i; i < handler.MEMBERS(); ++i) sum += token.balanceOf(vm.addr(handler.keyAt(i)));
        same(token.totalSupply(), sum);
        same(handler.supply(), sum);
    }

    function invariant_balancesAreWhatTheBooksSay() public view {
        for (uint256 i; i < handler.MEMBERS(); ++i) same(handler.balance(i), token.balanceOf(vm.addr(handler.keyAt(i))));
        same(handler.paid(), token.balanceOf(handler.payee()));
        yes(!handler.disagreed(), "an item settled against the books");
    }

    function invariant_mintingStaysWithinTheReserve() public view {
        yes(!handler.grewAboveReserve(), "minted above the reserve");
        for (uint256 ref; ref < 40; ++ref) yes(handler.mints(bytes32(ref)) <= 1, "a deposit minted twice");
    }

    function invariant_eachSeatIsDebitedOncePerSubject() public view {
        for (uint256 subject; subject < handler.SUBJECTS(); ++subject) {
            for (uint256 i; i < handler.MEMBERS(); ++i) {
                uint256 debits = handler.debits(subject, i);
                yes(debits <= 1, "debited twice");
                yes(token.isUsed(handler.subjectAt(subject), handler.seatAt(i)) == (debits == 1), "nullifier");
            }
        }
    }

    function invariant_noDayPassesItsLimit() public view {
        uint256 today = block.timestamp / 1 days;
        for (uint256 i; i < handler.MEMBERS(); ++i) {
            uint256 spent = handler.spent(i, today);
            yes(spent <= handler.LIMIT(), "over the limit");
            same(handler.LIMIT() - spent, token.leftToday(vm.addr(handler.keyAt(i))));
        }
    }

    /// @dev The same list in any order and any cut ends in one state.
    function testFuzz_anyPartitionEndsTheSame(uint256 seed) public {
        for (uint256 i; i < 6; ++i) handler.mint(i, 2_999, i, false);
        for (uint256 round; round < 12; ++round) handler.settle(0, uint256(keccak256(abi.encode(seed, round))), 0);
        for (uint256 round; round < 40; ++round) handler.settle(0, uint256(keccak256(abi.encode("rest", round))), 0);
        uint256 expected;
        for (uint256 i; i < 6; ++i) expected += handler.amountAt(0, i);
        same(expected, token.balanceOf(handler.payee()));
        yes(!handler.disagreed(), "an item settled against the books");
    }
}
