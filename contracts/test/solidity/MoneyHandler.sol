// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {FoodUSD} from "../../coop/FoodUSD.sol";
import {SeatRegistry} from "../../coop/SeatRegistry.sol";
import {IFoodUSD} from "../../coop/interfaces/IFoodUSD.sol";
import {SeatBook} from "../../coop/registry/SeatBook.sol";
import {TestBase} from "./Vm.sol";

/// @notice Drives the token with random actions and keeps its own books beside it. It is a book itself: members sign to it.
contract MoneyHandler is TestBase {
    uint256 public constant MEMBERS = 6;
    uint256 public constant SUBJECTS = 4;
    uint64 public constant LIMIT = 2_000;
    bytes32 private constant SPEND_TYPEHASH = keccak256(
        "Spend(address book,bytes32 subject,bytes32 termsHash,uint24 seat,uint64 maxAmount,uint32 revision,uint40 validUntil,uint8 mode)"
    );
    bytes32 private constant MINT_TYPEHASH = keccak256("Mint(uint24 seat,uint64 amount,bytes32 depositRef,uint40 validUntil)");
    bytes32 private constant ATTESTATION_TYPEHASH =
        keccak256("Attestation(uint64 reserve,bytes32 documentHash,uint64 sequence,uint40 takenAt)");
    uint256 private constant MINTER = 0xA11CE;
    uint256 private constant ATTESTOR = 0xB0B;
    uint40 private constant END = 4_000_000_000;

    SeatRegistry public immutable seats;
    FoodUSD public immutable token;
    address public immutable payee = address(0xFEED);

    mapping(uint256 seat => uint256) public balance;
    mapping(uint256 subject => mapping(uint256 seat => uint256)) public debits;
    mapping(uint256 seat => mapping(uint256 day => uint256)) public spent;
    mapping(bytes32 ref => uint256) public mints;
    uint256 public supply;
    uint256 public paid;
    uint64 public sequence;
    bool public grewAboveReserve;
    bool public disagreed;
    uint256 public settled;

    constructor() {
        address[] memory board = new address[](3);
        SeatBook.NewSeat[] memory list = new SeatBook.NewSeat[](MEMBERS);
        for (uint256 i; i < 3; ++i) board[i] = vm.addr(900 + i);
        for (uint256 i; i < MEMBERS; ++i) list[i] = SeatBook.NewSeat(seatAt(i), vm.addr(keyAt(i)), 1, bytes32(i + 1));
        seats = new SeatRegistry(board, 2, list, 1);
        address[] memory minters = new address[](1);
        address[] memory attestors = new address[](1);
        minters[0] = vm.addr(MINTER);
        attestors[0] = vm.addr(ATTESTOR);
        token = new FoodUSD(seats, address(this), minters, attestors, LIMIT, type(uint64).max);
    }

    /// @dev Seats on both sides of a bitmap word's edge.
    function seatAt(uint256 i) public pure returns (uint24) {
        return uint24(253 + i);
    }

    function keyAt(uint256 i) public pure returns (uint256) {
        return 100 + i;
    }

    function subjectAt(uint256 i) public pure returns (bytes32) {
        return keccak256(abi.encode("subject", i));
    }

    /// @dev What each member signed for each subject: one amount, fixed.
    function amountAt(uint256 subject, uint256 i) public pure returns (uint64) {
        return uint64(50 + subject * 400 + i * 70);
    }

    function attest(uint64 reserve) external {
        reserve = uint64(reserve % 40_000);
        bytes32 structHash = keccak256(abi.encode(ATTESTATION_TYPEHASH, reserve, bytes32(0), sequence + 1, uint40(block.timestamp)));
        token.attest(reserve, 0, sequence + 1, uint40(block.timestamp), signature(ATTESTOR, structHash));
        sequence += 1;
    }

    function mint(uint256 member, uint64 amount, uint256 ref, bool forged) external {
        uint256 i = member % MEMBERS;
        bytes32 depositRef = bytes32(ref % 40);
        amount = uint64(amount % 3_000);
        bytes32 structHash = keccak256(abi.encode(MINT_TYPEHASH, seatAt(i), amount, depositRef, END));
        IFoodUSD.MintItem[] memory items = new IFoodUSD.MintItem[](2);
        items[0] = IFoodUSD.MintItem(seatAt(i), amount, depositRef, END, signature(forged ? ATTESTOR : MINTER, structHash));
        items[1] = items[0];
        uint256 okMask = token.mintBatch(items);
        if (okMask & 2 != 0) disagreed = true;
        if (okMask == 0) return;
        if (forged) disagreed = true;
        mints[depositRef] += 1;
        balance[i] += amount;
        supply += amount;
        if (token.totalSupply() > token.attestedReserve()) grewAboveReserve = true;
    }

    function transfer(uint256 from, uint256 to, uint64 amount) external {
        (uint256 i, uint256 j) = (from % MEMBERS, to % MEMBERS);
        amount = uint64(amount % 2_500);
        uint256 today = block.timestamp / 1 days;
        bool expected = balance[i] >= amount && spent[i][today] + amount <= LIMIT;
        vm.prank(vm.addr(keyAt(i)));
        try token.transfer(vm.addr(keyAt(j)), amount) {
            if (!expected) disagreed = true;
            balance[i] -= amount;
            balance[j] += amount;
            spent[i][today] += amount;
        } catch {
            if (expected) disagreed = true;
        }
    }

    /// @dev A random list of the subject's spends: any order, repeats, forgeries, other subjects' and short minimums among them.
    function settle(uint256 subject, uint256 seed, uint256 least) external {
        subject = subject % SUBJECTS;
        uint256 count = 1 + seed % 9;
        least = least % 1_500;
        bytes memory items;
        uint256[] memory members = new uint256[](count);
        bool[] memory good = new bool[](count);
        for (uint256 n; n < count; ++n) {
            uint256 random = uint256(keccak256(abi.encode(seed, n)));
            members[n] = random % MEMBERS;
            good[n] = (random >> 32) % 4 != 0;
            items = abi.encodePacked(items, item(subject, members[n], good[n], (random >> 64) % 2 == 0));
        }
        try token.settleSpends(subjectAt(subject), bytes32(uint256(7)), payee, 0, least, type(uint256).max, items) returns (
            uint256 okMask, uint256 total
        ) {
            record(subject, members, good, okMask, total);
            if (total < least) disagreed = true;
        } catch {
            // Short: nothing may have changed, which the invariants see.
        }
    }

    function warp(uint32 by) external {
        vm.warp(block.timestamp + by % 40 hours);
    }

    function record(uint256 subject, uint256[] memory members, bool[] memory good, uint256 okMask, uint256 total) private {
        uint256 today = block.timestamp / 1 days;
        uint256 sum;
        for (uint256 n; n < members.length; ++n) {
            uint256 i = members[n];
            uint64 amount = amountAt(subject, i);
            bool expected =
                good[n] && debits[subject][i] == 0 && balance[i] >= amount && spent[i][today] + amount <= LIMIT;
            if (expected != (okMask >> n & 1 != 0)) disagreed = true;
            if (okMask >> n & 1 == 0) continue;
            debits[subject][i] += 1;
            balance[i] -= amount;
            spent[i][today] += amount;
            sum += amount;
            settled += 1;
        }
        if (sum != total) disagreed = true;
        paid += sum;
    }

    function item(uint256 subject, uint256 i, bool good, bool otherSigner) private view returns (bytes memory) {
        uint64 amount = amountAt(subject, i);
        uint256 signedSubject = good || otherSigner ? subject : subject + 1;
        uint256 key = good || !otherSigner ? keyAt(i) : keyAt(i + 1);
        bytes32 structHash = keccak256(
            abi.encode(
                SPEND_TYPEHASH, address(this), subjectAt(signedSubject), bytes32(uint256(7)), seatAt(i), amount, uint32(1), END, uint8(0)
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest(structHash));
        return abi.encodePacked(seatAt(i), amount, uint32(1), END, r, bytes32(uint256(s) | uint256(v - 27) << 255));
    }

    function digest(bytes32 structHash) private view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash));
    }

    function signature(uint256 key, bytes32 structHash) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest(structHash));
        return abi.encodePacked(r, s, v);
    }
}
