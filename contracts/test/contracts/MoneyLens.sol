// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {FoodUSD} from "../../coop/FoodUSD.sol";
import {GroupBuying} from "../../coop/GroupBuying.sol";
import {SeatRegistry} from "../../coop/SeatRegistry.sol";
import {EscrowBook} from "../../coop/groupbuying/EscrowBook.sol";
import {IFoodUSD} from "../../coop/interfaces/IFoodUSD.sol";

/// @notice Everything that the reference model of the money knows, read from the chain in one call.
contract MoneyLens {
    struct Names {
        address[] accounts;
        uint24[] seats;
        bytes32[] subjects;
        bytes32[] orderIds;
        bytes32[] redemptions;
        bytes32[] deposits;
        uint32[] nonces;
        address minter;
    }

    struct AccountView {
        uint256 balance;
        uint256 leftToday;
        uint256 limit;
        bool isFrozen;
        uint256 allowance;
        uint64 raisedTo;
        uint40 raisedAt;
        uint32 limitRevision;
    }

    struct SeatView {
        address key;
        uint8 class;
        bool isFrozen;
        address newKey;
        uint40 changeAt;
        bool[] usedNonces;
    }

    struct SubjectView {
        uint256 used;
        uint64 taken;
    }

    struct EscrowView {
        EscrowBook.Header header;
        uint24[] entrySeats;
        uint256[] entryAmounts;
        bool[] joined;
    }

    struct View {
        uint256 supply;
        uint64 reserve;
        uint64 sequence;
        uint40 pausedUntil;
        uint256 mintedToday;
        AccountView[] accounts;
        SeatView[] seats;
        SubjectView[] subjects;
        EscrowView[] orders;
        IFoodUSD.Redemption[] redemptions;
        bool[] minted;
    }

    function look(FoodUSD token, GroupBuying book, Names calldata names) external view returns (View memory found) {
        found.supply = token.totalSupply();
        found.reserve = token.attestedReserve();
        found.sequence = token.attestationSequence();
        found.pausedUntil = token.pausedUntil();
        (, uint64 minted, uint24 day) = token.minterOf(names.minter);
        found.mintedToday = day == block.timestamp / 1 days ? minted : 0;
        found.accounts = new AccountView[](names.accounts.length);
        for (uint256 i; i < names.accounts.length; ++i) found.accounts[i] = account(token, book, names.accounts[i]);
        found.seats = new SeatView[](names.seats.length);
        for (uint256 i; i < names.seats.length; ++i) found.seats[i] = seat(token, names.seats[i], names.nonces);
        found.subjects = new SubjectView[](names.subjects.length);
        for (uint256 i; i < names.subjects.length; ++i) {
            (uint64 taken,) = book.takenOf(names.subjects[i]);
            found.subjects[i] = SubjectView(token.usedWord(names.subjects[i], 0), taken);
        }
        found.orders = new EscrowView[](names.orderIds.length);
        for (uint256 i; i < names.orderIds.length; ++i) found.orders[i] = order(book, names.orderIds[i], names.seats);
        found.redemptions = new IFoodUSD.Redemption[](names.redemptions.length);
        for (uint256 i; i < names.redemptions.length; ++i) {
            found.redemptions[i] = token.redemptionOf(names.redemptions[i]);
        }
        found.minted = new bool[](names.deposits.length);
        for (uint256 i; i < names.deposits.length; ++i) found.minted[i] = token.isMinted(names.deposits[i]);
    }

    function account(FoodUSD token, GroupBuying book, address who) private view returns (AccountView memory found) {
        found.balance = token.balanceOf(who);
        found.leftToday = token.leftToday(who);
        found.limit = token.dailyLimitOf(who);
        found.isFrozen = token.isAccountFrozen(who);
        found.allowance = token.allowance(who, address(book));
        (found.raisedTo, found.raisedAt, found.limitRevision) = token.limitChangeOf(who);
    }

    function seat(FoodUSD token, uint24 number, uint32[] calldata nonces) private view returns (SeatView memory found) {
        SeatRegistry seats = SeatRegistry(address(token.seats()));
        found.key = seats.keyOf(number);
        found.class = seats.classOf(number);
        found.isFrozen = seats.isFrozen(number);
        (found.newKey, found.changeAt,,) = seats.keyChangeOf(number);
        found.usedNonces = new bool[](nonces.length);
        for (uint256 i; i < nonces.length; ++i) found.usedNonces[i] = token.isTransferUsed(number, nonces[i]);
    }

    function order(GroupBuying book, bytes32 orderId, uint24[] calldata numbers)
        private
        view
        returns (EscrowView memory found)
    {
        found.header = book.escrowOf(orderId);
        found.entrySeats = new uint24[](found.header.count);
        found.entryAmounts = new uint256[](found.header.count);
        for (uint256 i; i < found.header.count; ++i) {
            (found.entrySeats[i], found.entryAmounts[i]) = book.entryOf(orderId, i);
        }
        found.joined = new bool[](numbers.length);
        for (uint256 i; i < numbers.length; ++i) found.joined[i] = book.hasJoined(orderId, numbers[i]);
    }
}
