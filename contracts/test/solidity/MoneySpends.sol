// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IFoodUSD} from "../../coop/interfaces/IFoodUSD.sol";
import {MoneyBooks} from "./MoneyBooks.sol";

/// @notice Money comes in, and is spent to this book.
abstract contract MoneySpends is MoneyBooks {
    uint256 public constant SUBJECTS = 4;
    bytes32 private constant SPEND_TYPEHASH = keccak256(
        "Spend(address book,bytes32 subject,bytes32 termsHash,uint24 seat,uint64 maxAmount,uint32 revision,uint40 validUntil,uint8 mode)"
    );
    bytes32 private constant MINT_TYPEHASH = keccak256("Mint(uint24 seat,uint64 amount,bytes32 depositRef,uint40 validUntil)");
    bytes32 private constant ATTESTATION_TYPEHASH =
        keccak256("Attestation(uint64 reserve,bytes32 documentHash,uint64 sequence,uint40 takenAt)");

    mapping(uint256 subject => mapping(uint256 i => uint256)) public debits;
    mapping(bytes32 ref => uint256) public mints;
    mapping(uint256 day => uint256) public minted;
    uint64 public sequence;
    bool public grewAboveReserve;
    uint256 public settled;

    function subjectAt(uint256 i) public pure returns (bytes32) {
        return keccak256(abi.encode("subject", i));
    }

    /// @dev What each member signed for each subject: one amount, fixed.
    function amountAt(uint256 subject, uint256 i) public pure returns (uint64) {
        return uint64(50 + subject * 400 + i * 70);
    }

    /// @dev Odd subjects are signed for escrow, the others exact.
    function modeOf(uint256 subject) public pure returns (uint8) {
        return subject % 2 == 0 ? 0 : 2;
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
        uint256 today = block.timestamp / 1 days;
        bool expected = !forged && !isPaused() && amount != 0 && mints[depositRef] == 0
            && supply + amount <= token.attestedReserve() && minted[today] + amount <= ALLOWANCE;
        uint256 okMask;
        try token.mintBatch(items) returns (uint256 mask) {
            okMask = mask;
        } catch {
            expect(true, isPaused());
        }
        if (okMask & 2 != 0) disagreed = true;
        if (!expect(expected, okMask != 0)) return;
        mints[depositRef] += 1;
        minted[today] += amount;
        balance[ownerOf(i)] += amount;
        isMember[ownerOf(i)] = true;
        supply += amount;
        if (token.totalSupply() > token.attestedReserve()) grewAboveReserve = true;
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
        try token.settleSpends(
            subjectAt(subject), bytes32(uint256(7)), payee, modeOf(subject), least, type(uint256).max, items
        ) returns (uint256 okMask, uint256 total) {
            record(subject, members, good, okMask, total);
            if (total < least) disagreed = true;
        } catch {
            // Short or paused: nothing may have changed, which the invariants see.
        }
    }

    function record(uint256 subject, uint256[] memory members, bool[] memory good, uint256 okMask, uint256 total) private {
        uint256 sum;
        for (uint256 n; n < members.length; ++n) {
            uint256 i = members[n];
            uint64 amount = amountAt(subject, i);
            bool expected =
                good[n] && debits[subject][i] == 0 && !isSeatFrozen[i] && mayLeave(ownerOf(i), amount, true);
            if (!expect(expected, okMask >> n & 1 != 0)) continue;
            debits[subject][i] += 1;
            debit(ownerOf(i), amount, true);
            sum += amount;
            settled += 1;
        }
        if (sum != total) disagreed = true;
        balance[payee] += sum;
    }

    function item(uint256 subject, uint256 i, bool good, bool otherSigner) private view returns (bytes memory) {
        uint64 amount = amountAt(subject, i);
        uint256 signedSubject = good || otherSigner ? subject : subject + 1;
        uint256 key = good || !otherSigner ? keyAt(i) : keyAt((i + 1) % MEMBERS);
        bytes32 structHash = keccak256(
            abi.encode(
                SPEND_TYPEHASH,
                address(this),
                subjectAt(signedSubject),
                bytes32(uint256(7)),
                seatAt(i),
                amount,
                uint32(1),
                END,
                modeOf(subject)
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest(structHash));
        return abi.encodePacked(seatAt(i), amount, uint32(1), END, r, bytes32(uint256(s) | uint256(v - 27) << 255));
    }
}
