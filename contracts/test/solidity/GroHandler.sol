// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IGroToken} from "../../coop/interfaces/IGroToken.sol";
import {GroBooks} from "./GroBooks.sol";

/// @notice Drives the token and the locks with random actions, right and wrong, each of which the books foretell.
contract GroHandler is GroBooks {
    bytes32 private constant CERTIFY_TYPEHASH = keccak256(
        "Certify(bytes32 farm,uint32 harvestDay,uint32 serial,uint64 grams,bytes32 documentHash,uint40 validUntil)"
    );
    bytes32 private constant HARVEST_TYPEHASH =
        keccak256("Harvest(uint256 lot,uint24 seat,uint64 grams,bytes32 ref,uint40 validUntil)");
    bytes32 private constant SHIFT_TYPEHASH = keccak256("Shift(uint24 seat,uint16 shifts,bytes32 ref,uint40 validUntil)");
    bytes32 private constant TRANSFER_TYPEHASH = keccak256(
        "Transfer(uint24 seat,address to,uint256 id,uint64 amount,bytes32 dataHash,uint32 nonce,uint40 validUntil)"
    );
    bytes32 private constant CONSUME_TYPEHASH =
        keccak256("Consume(uint24 seat,uint256 lot,uint64 grams,bytes32 reasonHash,uint32 nonce,uint40 validUntil)");

    struct Lock {
        uint256 amount;
        uint256 since;
        uint256 until;
    }

    /// @notice Every state that a seat's lock was in.
    mapping(uint256 seat => Lock[]) private _states;

    function certify(uint256 which, uint64 grams, bool forged) external {
        uint256 lot = lotAt(which = 1 + which % LOTS);
        grams %= 5_000;
        bytes32 structHash =
            keccak256(abi.encode(CERTIFY_TYPEHASH, bytes32("roof"), uint32(20_000), uint32(which), grams, bytes32(0), END));
        IGroToken.CertifyItem[] memory items = new IGroToken.CertifyItem[](1);
        items[0] = IGroToken.CertifyItem(
            "roof", 20_000, uint32(which), grams, 0, END, signature(forged ? STEWARD : CERTIFIER, structHash)
        );
        bool expected = !forged && grams != 0 && certified[lot] == 0;
        expect(expected, gro.certifyBatch(items) == 1);
        if (expected) certified[lot] = grams;
    }

    /// @dev Twice in one batch: the second never counts.
    function harvest(uint256 which, uint256 seat, uint64 grams, uint256 ref, bool forged) external {
        uint256 lot = lotAt(1 + which % LOTS);
        (seat, grams, ref) = (1 + seat % SEATS, grams % 1_500, ref % 24);
        bytes32 structHash = keccak256(abi.encode(HARVEST_TYPEHASH, lot, uint24(seat), grams, bytes32(ref), END));
        IGroToken.HarvestItem[] memory items = new IGroToken.HarvestItem[](2);
        items[0] = IGroToken.HarvestItem(
            lot, uint24(seat), grams, bytes32(ref), END, signature(forged ? STEWARD : CERTIFIER, structHash)
        );
        items[1] = items[0];
        bytes32 what = keccak256(abi.encode("harvest", lot, ref));
        bool expected = !forged && grams != 0 && !done[what] && !recalled[lot] && minted[lot] + grams <= certified[lot]
            && gramsOn[today()] + grams <= PER_DAY;
        uint256 okMask = gro.harvestBatch(items);
        expect(expected, okMask & 1 != 0);
        expect(false, okMask & 2 != 0);
        if (!expected) return;
        done[what] = true;
        minted[lot] += grams;
        gramsOn[today()] += grams;
        gain(keyOf(seat), lot, grams);
        issue(seat, grams * PER_GRAM);
    }

    function shift(uint256 seat, uint16 shifts, uint256 ref, bool forged) external {
        (seat, shifts, ref) = (1 + seat % SEATS, shifts % 12, ref % 60);
        bytes32 structHash = keccak256(abi.encode(SHIFT_TYPEHASH, uint24(seat), shifts, bytes32(ref), END));
        IGroToken.ShiftItem[] memory items = new IGroToken.ShiftItem[](2);
        items[0] = IGroToken.ShiftItem(
            uint24(seat), shifts, bytes32(ref), END, signature(forged ? CERTIFIER : STEWARD, structHash)
        );
        items[1] = items[0];
        bytes32 what = keccak256(abi.encode("shift", ref));
        bool expected = !forged && shifts != 0 && !done[what];
        uint256 okMask = gro.shiftBatch(items);
        expect(expected, okMask & 1 != 0);
        expect(false, okMask & 2 != 0);
        if (!expected) return;
        done[what] = true;
        issue(seat, shifts * PER_SHIFT);
    }

    function transfer(uint256 seat, uint256 to, uint256 which, uint64 amount, uint32 nonce, bool forged) external {
        (seat, nonce) = (1 + seat % SEATS, 250 + nonce % 30);
        uint256 id = idAt(which);
        address receiver = keyOf(to % (SEATS + 1));
        amount %= 3_000;
        bytes32 structHash = keccak256(
            abi.encode(TRANSFER_TYPEHASH, uint24(seat), receiver, id, amount, keccak256(""), nonce, END)
        );
        IGroToken.TransferItem[] memory items = new IGroToken.TransferItem[](2);
        bytes memory signature_ = signature(forged ? STEWARD : secretOf(seat), structHash);
        items[0] = IGroToken.TransferItem(uint24(seat), receiver, id, amount, nonce, END, "", signature_);
        items[1] = items[0];
        bytes32 what = keccak256(abi.encode("transfer", seat, nonce));
        bool expected = !forged && !done[what] && !recalled[id] && balance[keyOf(seat)][id] >= amount;
        uint256 okMask = gro.transferBatch(items);
        expect(expected, okMask & 1 != 0);
        expect(false, okMask & 2 != 0);
        if (!expected) return;
        done[what] = true;
        moved(keyOf(seat), receiver, id, amount);
    }

    function consume(uint256 seat, uint256 which, uint64 grams, uint32 nonce, bool forged) external {
        (seat, nonce) = (1 + seat % SEATS, 250 + nonce % 30);
        uint256 id = idAt(which);
        grams %= 1_000;
        bytes32 structHash = keccak256(abi.encode(CONSUME_TYPEHASH, uint24(seat), id, grams, bytes32(0), nonce, END));
        IGroToken.ConsumeItem[] memory items = new IGroToken.ConsumeItem[](1);
        items[0] = IGroToken.ConsumeItem(
            uint24(seat), id, grams, 0, nonce, END, signature(forged ? STEWARD : secretOf(seat), structHash)
        );
        bytes32 what = keccak256(abi.encode("consume", seat, nonce));
        bool expected =
            !forged && grams != 0 && certified[id] != 0 && !done[what] && balance[keyOf(seat)][id] >= grams;
        expect(expected, gro.consumeBatch(items) == 1);
        if (!expected) return;
        done[what] = true;
        balance[keyOf(seat)][id] -= grams;
        supply[id] -= grams;
    }

    /// @dev By the holder, or by an operator whom it approved: that one moves lots alone.
    function move(uint256 from, uint256 to, uint256 which, uint256 amount, bool operator) external {
        address holder = keyOf(from % (SEATS + 1));
        address receiver = keyOf(to % (SEATS + 1));
        uint256 id = idAt(which);
        amount %= 4_000;
        if (operator) {
            vm.prank(holder);
            gro.setApprovalForAll(address(this), true);
        } else {
            vm.prank(holder);
        }
        bool expected = balance[holder][id] >= amount && !recalled[id] && !(operator && id == 0);
        try gro.safeTransferFrom(holder, receiver, id, amount, "") {
            expect(expected, true);
            moved(holder, receiver, id, amount);
        } catch {
            expect(expected, false);
        }
    }

    function recall(uint256 which, bool recalled_) external {
        uint256 lot = lotAt(1 + which % LOTS);
        try gro.setRecalled(lot, recalled_, 0) {
            expect(certified[lot] != 0, true);
            recalled[lot] = recalled_;
        } catch {
            expect(certified[lot] != 0, false);
        }
    }

    /// @dev A new key; the old one moves nothing any more, and anybody carries what lies there to the new one.
    function rekey(uint256 seat, uint256 which) external {
        seat = 1 + seat % SEATS;
        address oldKey = rekeyed(seat);
        vm.prank(oldKey);
        try gro.safeTransferFrom(oldKey, keyOf(0), 0, 0, "") {
            disagreed = true;
        } catch {}
        uint256[] memory ids = new uint256[](2);
        (ids[0], ids[1]) = (0, lotAt(1 + which % LOTS));
        gro.carry(oldKey, ids);
        for (uint256 i; i < 2; ++i) moved(oldKey, keyOf(seat), ids[i], balance[oldKey][ids[i]]);
    }

    /// @dev Nobody without a resident's seat, and no lot: neither a gift nor by mistake.
    function donate(uint256 which, uint256 amount, bool byGuest) external {
        address giver = keyOf(byGuest ? SEATS : 0);
        uint256 id = idAt(which);
        vm.prank(giver);
        try gro.safeTransferFrom(giver, address(locks), id, amount % (balance[giver][id] + 1), abi.encode(block.timestamp + 30 days)) {
            disagreed = true;
        } catch {}
    }

    /// @dev `days_` from now, 0 for no end given.
    function lockUp(uint256 seat, uint256 amount, uint256 days_) external {
        seat = 1 + seat % SEATS;
        (amount, days_) = (amount % 3_000, days_ % 800);
        uint256 until = days_ < 5 ? 0 : block.timestamp + days_ * 1 days;
        Lock memory now_ = stateAt(seat, block.timestamp);
        bool runs = now_.until > block.timestamp;
        uint256 end = until == 0 && amount != 0 && runs ? now_.until : until;
        bool expected = seat != SEATS && amount <= balance[keyOf(seat)][0] && amount + now_.amount != 0
            && end <= block.timestamp + 730 days
            && (runs ? (amount == 0 ? end > now_.until : end >= now_.until) : end >= block.timestamp + 7 days);
        vm.prank(keyOf(seat));
        try gro.safeTransferFrom(keyOf(seat), address(locks), 0, amount, abi.encode(uint40(until))) {
            expect(expected, true);
            moved(keyOf(seat), address(locks), 0, amount);
            _states[seat].push(Lock(now_.amount + amount, block.timestamp, end));
        } catch {
            expect(expected, false);
        }
    }

    function withdraw(uint256 seat) external {
        seat = 1 + seat % SEATS;
        Lock memory now_ = stateAt(seat, block.timestamp);
        bool expected = now_.amount != 0 && now_.until <= block.timestamp;
        try locks.withdraw(uint24(seat)) {
            expect(expected, true);
            moved(address(locks), keyOf(seat), 0, now_.amount);
            _states[seat].push(Lock(0, block.timestamp, 0));
        } catch {
            expect(expected, false);
        }
    }

    function warp(uint32 by, bool far) external {
        vm.warp(block.timestamp + by % (far ? 300 days : 30 hours));
    }

    /// @dev The last state at or before the moment: of several in one second the last.
    function stateAt(uint256 seat, uint256 time) public view returns (Lock memory found) {
        Lock[] storage list = _states[seat];
        for (uint256 i; i < list.length && list[i].since <= time; ++i) found = list[i];
    }

    function multiplierAt(uint256 seat, uint256 time, uint256 cap) external view returns (uint256) {
        Lock memory lock = stateAt(seat, time);
        if (lock.until <= time) return 10_000;
        uint256 counted = lock.amount < cap ? lock.amount : cap;
        return 10_000 + 10_000 * counted * (lock.until - time) / (cap * 730 days);
    }
}
