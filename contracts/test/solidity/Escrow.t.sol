// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {FoodUSD} from "../../coop/FoodUSD.sol";
import {GroupBuying} from "../../coop/GroupBuying.sol";
import {EscrowBook} from "../../coop/groupbuying/EscrowBook.sol";
import {EscrowHandler} from "./EscrowHandler.sol";
import {TestBase} from "./Vm.sol";

/// @notice What stays true of orders in escrow under any sequence of joins, refunds, gifts, key changes, freezes and days.
contract EscrowTest is TestBase {
    EscrowHandler private handler;
    FoodUSD private token;
    GroupBuying private book;

    function setUp() public {
        vm.warp(1_800_000_000);
        handler = EscrowHandler(deploy("EscrowHandler", ""));
        token = handler.token();
        book = handler.book();
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function invariant_everyCallDoesWhatTheBooksSay() public view {
        yes(!handler.disagreed(), "a call did what it must not, or not what it must");
        for (uint256 i; i < handler.accountCount(); ++i) {
            address account = handler.accounts(i);
            same(handler.balance(account), token.balanceOf(account));
        }
    }

    function invariant_entriesAreTheTotal() public view {
        for (uint256 order; order < handler.ORDERS(); ++order) {
            bytes32 orderId = handler.orderIdAt(order);
            EscrowHandler.Books memory books = handler.booksOf(order);
            EscrowBook.Header memory header = book.escrowOf(orderId);
            same(books.total, header.total);
            same(books.entries.length, header.count);
            uint256 sum;
            for (uint256 index; index < header.count; ++index) {
                (uint24 seat, uint256 amount) = book.entryOf(orderId, index);
                EscrowHandler.Entry memory entry = books.entries[index];
                same(entry.isBack ? 0 : entry.amount, amount);
                same(entry.isBack ? 0 : handler.seatAt(entry.member), seat);
                sum += amount;
            }
            if (!header.executed) same(header.total, sum);
        }
    }

    function invariant_theBookHoldsWhatWaits() public view {
        uint256 waiting;
        for (uint256 order; order < handler.ORDERS(); ++order) {
            EscrowBook.Header memory header = book.escrowOf(handler.orderIdAt(order));
            if (!header.executed) waiting += header.total;
        }
        same(waiting + handler.gifts(), token.balanceOf(address(book)));
    }

    function invariant_anOrderIsExecutedOrPaidBackNeverBoth() public view {
        for (uint256 order; order < handler.ORDERS(); ++order) {
            EscrowHandler.Books memory books = handler.booksOf(order);
            EscrowBook.Header memory header = book.escrowOf(handler.orderIdAt(order));
            yes(header.executed == books.executed, "executed");
            yes(!books.executed || books.refunded == 0, "executed and paid back");
            same(books.executed ? books.total : 0, books.paid);
            same(books.paid, token.balanceOf(handler.payeeAt(order)));
        }
    }

    function invariant_eachSeatIsDebitedOncePerSubjectAndJoinsOncePerOrder() public view {
        for (uint256 order; order < handler.ORDERS(); ++order) {
            for (uint256 i; i < handler.MEMBERS(); ++i) {
                uint256 debits = handler.debits(handler.subjectAt(order), i);
                yes(debits <= 1, "debited twice");
                yes(token.isUsed(handler.subjectAt(order), handler.seatAt(i)) == (debits == 1), "nullifier");
                yes(book.hasJoined(handler.orderIdAt(order), handler.seatAt(i)) == handler.joined(order, i), "joined");
            }
        }
    }

    /// @dev A short story that must lead to executions and refunds: a handler that does nothing proves nothing.
    function test_theHandlerGetsSomewhere() public {
        for (uint256 round; round < 12; ++round) handler.bring(round % 5, uint256(keccak256(abi.encode(round))));
        for (uint256 i; i < 6; ++i) handler.join(4, i, 150);
        handler.join(0, 1, 490);
        handler.join(0, 2, 490);
        for (uint256 day; day < 40; ++day) handler.warp(19 hours + 30 minutes);
        for (uint256 order; order < 5; ++order) {
            for (uint256 index; index < 12; ++index) handler.refund(order, index);
        }
        yes(handler.executions() > 0, "nothing was executed");
        yes(handler.refunds() > 0, "nothing was paid back");
        yes(!handler.disagreed(), "a call did what it must not, or not what it must");
    }
}
