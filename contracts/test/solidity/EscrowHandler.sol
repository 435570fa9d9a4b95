// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {FoodUSD} from "../../coop/FoodUSD.sol";
import {GroupBuying} from "../../coop/GroupBuying.sol";
import {SeatRegistry} from "../../coop/SeatRegistry.sol";
import {Order, Terms} from "../../coop/groupbuying/Terms.sol";
import {IFoodUSD} from "../../coop/interfaces/IFoodUSD.sol";
import {SeatBook} from "../../coop/registry/SeatBook.sol";
import {Coop} from "./Coop.sol";

/// @notice Drives orders in escrow with random actions, right and wrong, and keeps its own books beside them.
contract EscrowHandler is Coop {
    uint256 public constant MEMBERS = 6;
    uint256 public constant ORDERS = 5;
    /// @dev Far above what anybody has: the limit has tests of its own.
    uint64 private constant LIMIT = 1_000_000_000;
    uint40 private constant END = 4_000_000_000;
    uint40 private constant START = 1_800_000_000;
    bytes32 private constant SPEND_TYPEHASH = keccak256(
        "Spend(address book,bytes32 subject,bytes32 termsHash,uint24 seat,uint64 maxAmount,uint32 revision,uint40 validUntil,uint8 mode)"
    );
    bytes32 private constant MINT_TYPEHASH = keccak256("Mint(uint24 seat,uint64 amount,bytes32 depositRef,uint40 validUntil)");
    bytes32 private constant ATTESTATION_TYPEHASH =
        keccak256("Attestation(uint64 reserve,bytes32 documentHash,uint64 sequence,uint40 takenAt)");
    bytes32 private constant CHANGE_TYPEHASH =
        keccak256("ChangeKey(uint24 seat,address oldKey,address newKey,uint32 revision,uint40 validUntil)");
    bytes32 private constant FREEZE_TYPEHASH =
        keccak256("Freeze(uint24 seat,bool frozen,bytes32 caseHash,uint32 revision,uint40 validUntil)");

    struct Entry {
        uint256 member;
        uint256 amount;
        bool isBack;
    }

    /// @dev What the books say of an order.
    struct Books {
        uint256 total;
        uint256 paid;
        uint256 refunded;
        bool executed;
        bool isKnown;
        Entry[] entries;
    }

    // No immutables: the runner knows a contract by its code, of which they would change too much.
    SeatRegistry public seats;
    FoodUSD public token;
    GroupBuying public book;

    Books[ORDERS] private _books;
    mapping(address account => uint256) public balance;
    address[] public accounts;
    mapping(bytes32 subject => mapping(uint256 member => uint256)) public debits;
    mapping(uint256 order => mapping(uint256 member => bool)) public joined;
    mapping(uint256 member => uint256) public keyRevision;
    mapping(uint256 member => uint256) public freezes;
    uint256 public gifts;
    uint256 public deposits;
    bool public disagreed;
    // How much of everything a run has met, so that an idle handler shows.
    uint256 public executions;
    uint256 public refunds;

    constructor() {
        SeatBook.NewSeat[] memory list = new SeatBook.NewSeat[](MEMBERS);
        for (uint256 i; i < MEMBERS; ++i) list[i] = SeatBook.NewSeat(seatAt(i), vm.addr(keyOf(i)), 1, bytes32(i + 1));
        seats = deploySeats(list, 1);
        token = deployMoney(seats, address(this), LIMIT, type(uint64).max);
        bytes memory call = abi.encodeCall(GroupBuying.initialize, (address(this)));
        book = GroupBuying(deployProxy("GroupBuying", abi.encode(token), call));
        bytes32 attested = keccak256(abi.encode(ATTESTATION_TYPEHASH, type(uint64).max, bytes32(0), uint64(1), START));
        token.attest(type(uint64).max, 0, 1, START, signature(ATTESTOR, token.DOMAIN_SEPARATOR(), attested));
        for (uint256 i; i < MEMBERS; ++i) {
            adopt(i);
            mint(i, 3_999);
        }
    }

    /// @dev Seats on both sides of a bitmap word's edge.
    function seatAt(uint256 i) public pure returns (uint24) {
        return uint24(253 + i);
    }

    /// @dev The member's key by now.
    function keyOf(uint256 i) public view returns (uint256) {
        return 100 + i + 10 * keyRevision[i];
    }

    /// @dev Two orders contest one subject.
    function subjectAt(uint256 order) public pure returns (bytes32) {
        return keccak256(abi.encode("subject", order == 4 ? 3 : order));
    }

    function termsAt(uint256 order) public pure returns (Terms memory) {
        uint64 target = uint64(500 + order * 700);
        uint40 deadline = uint40(START + 3 days + order * 4 days);
        return Terms(payeeAt(order), address(0), target, target + 600, deadline, bytes32(order));
    }

    function payeeAt(uint256 order) public pure returns (address) {
        return address(uint160(0xFEED00 + order));
    }

    /// @dev What each member signed for each order: one amount, fixed.
    function amountAt(uint256 order, uint256 i) public pure returns (uint64) {
        return uint64(90 + order * 60 + i * 35);
    }

    function orderIdAt(uint256 order) public view returns (bytes32) {
        return book.orderIdOf(subjectAt(order), book.hashTerms(termsAt(order)));
    }

    function booksOf(uint256 order) external view returns (Books memory) {
        return _books[order];
    }

    function accountCount() external view returns (uint256) {
        return accounts.length;
    }

    function mint(uint256 member, uint64 amount) public {
        uint256 i = member % MEMBERS;
        amount = 1 + amount % 4_000;
        bytes32 depositRef = bytes32(++deposits);
        bytes32 structHash = keccak256(abi.encode(MINT_TYPEHASH, seatAt(i), amount, depositRef, END));
        IFoodUSD.MintItem[] memory items = new IFoodUSD.MintItem[](1);
        items[0] = IFoodUSD.MintItem(
            seatAt(i), amount, depositRef, END, signature(MINTER, token.DOMAIN_SEPARATOR(), structHash)
        );
        expect(token.mintBatch(items) == 1);
        balance[vm.addr(keyOf(i))] += amount;
    }

    /// @dev A random list of the order's spends: any order, repeats and forgeries among them, brought by anybody.
    function bring(uint256 order, uint256 seed) external {
        order = order % ORDERS;
        uint256 count = 1 + seed % 7;
        bytes memory items;
        uint256[] memory members = new uint256[](count);
        bool[] memory good = new bool[](count);
        for (uint256 n; n < count; ++n) {
            uint256 random = uint256(keccak256(abi.encode(seed, n)));
            members[n] = random % MEMBERS;
            good[n] = (random >> 32) % 4 != 0;
            items = abi.encodePacked(items, item(order, members[n], good[n], (random >> 64) % 3));
        }
        Order[] memory list = new Order[](1);
        list[0] = Order(subjectAt(order), termsAt(order), 2, items, 0, 0, "");
        vm.prank(address(uint160(seed)));
        uint256 takenMask = book.escrow(list);
        expect((takenMask == 1) == recordBatch(order, members, good));
    }

    function join(uint256 order, uint256 member, uint64 amount) external {
        (order, member, amount) = (order % ORDERS, member % MEMBERS, amount % 1_500);
        Terms memory terms = termsAt(order);
        address key = vm.addr(keyOf(member));
        bool expected = block.timestamp <= terms.deadline && amount != 0 && !joined[order][member]
            && freezes[member] % 2 == 0 && balance[key] >= amount && _books[order].total + amount <= terms.ceiling;
        vm.prank(key);
        try book.join(subjectAt(order), terms, amount) {
            expect(expected);
            joined[order][member] = true;
            take(order, member, amount);
            afterTaking(order);
        } catch {
            expect(!expected);
        }
    }

    function refund(uint256 order, uint256 index) external {
        order = order % ORDERS;
        index = index % 16;
        bool expected = isRefundable(order) && index < _books[order].entries.length && !_books[order].entries[index].isBack;
        try book.refund(orderIdAt(order), index) {
            expect(expected);
            giveBack(order, index);
        } catch {
            expect(!expected);
        }
    }

    function refundPage(uint256 order, uint256 from, uint256 to) external {
        (order, from, to) = (order % ORDERS, from % 16, to % 16);
        bool expected = isRefundable(order) && from < to && to <= _books[order].entries.length;
        try book.refundPage(orderIdAt(order), from, to) returns (uint256 paid) {
            expect(expected);
            for (uint256 index = from; index < to; ++index) {
                if (_books[order].entries[index].isBack) continue;
                giveBack(order, index);
                --paid;
            }
            expect(paid == 0);
        } catch {
            expect(!expected);
        }
    }

    /// @dev Nobody can have an order executed that is not due.
    function execute(uint256 order) external {
        order = order % ORDERS;
        try book.execute(subjectAt(order), termsAt(order)) {
            expect(false);
        } catch {}
    }

    function give(uint256 member, uint64 amount) external {
        address key = vm.addr(keyOf(member % MEMBERS));
        amount = uint64(amount % 300 % (balance[key] + 1));
        vm.prank(key);
        token.transfer(address(book), amount);
        balance[key] -= amount;
        gifts += amount;
    }

    /// @dev The seat gets another key; what lay at the old one stays there.
    function changeKey(uint256 member, bool goOn) external {
        member = member % MEMBERS;
        if (!goOn || keyRevision[member] == 3 || freezes[member] % 2 != 0) return;
        (uint256 oldKey, uint256 newKey) = (keyOf(member), keyOf(member) + 10);
        uint32 revision = uint32(keyRevision[member] + 1);
        bytes32 structHash =
            keccak256(abi.encode(CHANGE_TYPEHASH, seatAt(member), vm.addr(oldKey), vm.addr(newKey), revision, END));
        bytes memory byOld = signature(oldKey, seatDomain(), structHash);
        seats.announceKeyChange(seatAt(member), vm.addr(newKey), revision, END, byOld, signature(newKey, seatDomain(), structHash));
        vm.warp(block.timestamp + 48 hours);
        seats.applyKeyChange(seatAt(member));
        keyRevision[member] += 1;
        adopt(member);
    }

    function freeze(uint256 member) external {
        member = member % MEMBERS;
        bool frozen = ++freezes[member] % 2 != 0;
        uint32 revision = uint32(freezes[member]);
        bytes32 structHash = keccak256(abi.encode(FREEZE_TYPEHASH, seatAt(member), frozen, bytes32(0), revision, END));
        bytes[] memory signatures = new bytes[](2);
        (uint256 low, uint256 high) = vm.addr(BOARD) < vm.addr(BOARD + 1) ? (BOARD, BOARD + 1) : (BOARD + 1, BOARD);
        signatures[0] = signature(uint256(low), seatDomain(), structHash);
        signatures[1] = signature(uint256(high), seatDomain(), structHash);
        seats.setFrozen(seatAt(member), frozen, 0, revision, END, signatures);
    }

    function warp(uint32 by) external {
        vm.warp(block.timestamp + by % 20 hours);
    }

    function recordBatch(uint256 order, uint256[] memory members, bool[] memory good) private returns (bool) {
        Terms memory terms = termsAt(order);
        if (block.timestamp > terms.deadline) return false;
        bool[] memory ok = new bool[](members.length);
        uint256 sum;
        for (uint256 n; n < members.length; ++n) {
            uint256 i = members[n];
            bool seen;
            for (uint256 m; m < n; ++m) if (ok[m] && members[m] == i) seen = true;
            uint64 amount = amountAt(order, i);
            ok[n] = good[n] && !seen && debits[subjectAt(order)][i] == 0 && freezes[i] % 2 == 0
                && balance[vm.addr(keyOf(i))] >= amount;
            if (ok[n]) sum += amount;
        }
        if (sum == 0 || _books[order].total + sum > terms.ceiling) return false;
        for (uint256 n; n < members.length; ++n) {
            if (!ok[n]) continue;
            debits[subjectAt(order)][members[n]] += 1;
            take(order, members[n], amountAt(order, members[n]));
        }
        afterTaking(order);
        return true;
    }

    function take(uint256 order, uint256 member, uint256 amount) private {
        Books storage books = _books[order];
        books.isKnown = true;
        balance[vm.addr(keyOf(member))] -= amount;
        books.total += amount;
        if (books.executed) books.paid += amount;
        else books.entries.push(Entry(member, amount, false));
    }

    function afterTaking(uint256 order) private {
        Books storage books = _books[order];
        if (books.executed || books.total < termsAt(order).target) return;
        books.executed = true;
        books.paid = books.total;
        executions += 1;
    }

    function giveBack(uint256 order, uint256 index) private {
        Entry storage entry = _books[order].entries[index];
        entry.isBack = true;
        _books[order].total -= entry.amount;
        _books[order].refunded += entry.amount;
        balance[vm.addr(keyOf(entry.member))] += entry.amount;
        refunds += 1;
    }

    function isRefundable(uint256 order) private view returns (bool) {
        return _books[order].isKnown && !_books[order].executed && block.timestamp > termsAt(order).deadline;
    }

    function adopt(uint256 member) private {
        address key = vm.addr(keyOf(member));
        accounts.push(key);
        vm.prank(key);
        token.approve(address(book), type(uint256).max);
    }

    /// @dev Good ones, and ones signed by another, for another order, or for a settlement at once.
    function item(uint256 order, uint256 i, bool good, uint256 wrong) private view returns (bytes memory) {
        uint64 amount = amountAt(order, i);
        uint256 key = good || wrong != 0 ? keyOf(i) : keyOf((i + 1) % MEMBERS);
        uint256 signed = good || wrong != 1 ? order : (order + 1) % ORDERS;
        bytes32 structHash = keccak256(
            abi.encode(
                SPEND_TYPEHASH,
                address(book),
                subjectAt(signed),
                book.hashTerms(termsAt(signed)),
                seatAt(i),
                amount,
                uint32(1),
                END,
                uint8(good || wrong != 2 ? 2 : 0)
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest(token.DOMAIN_SEPARATOR(), structHash));
        return abi.encodePacked(seatAt(i), amount, uint32(1), END, r, bytes32(uint256(s) | uint256(v - 27) << 255));
    }

    function expect(bool right) private {
        if (!right) disagreed = true;
    }

    function seatDomain() private view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Stoop Seats"),
                keccak256("1"),
                block.chainid,
                address(seats)
            )
        );
    }

    function digest(bytes32 domain, bytes32 structHash) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function signature(uint256 key, bytes32 domain, bytes32 structHash) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest(domain, structHash));
        return abi.encodePacked(r, s, v);
    }
}
