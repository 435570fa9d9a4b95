// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IFoodUSD} from "../../coop/interfaces/IFoodUSD.sol";
import {MoneyBooks} from "./MoneyBooks.sol";
import {MoneyMoves} from "./MoneyMoves.sol";
import {MoneySpends} from "./MoneySpends.sol";

/// @notice Drives the token with random actions and keeps its own books beside it: what came before, and money goes back to the
/// bank, seats change their keys, freeze and thaw, the brake is pulled, and time passes.
contract MoneyHandler is MoneySpends, MoneyMoves {
    uint256 public constant REFS = 24;
    bytes32 private constant REDEEM_TYPEHASH =
        keccak256("Redeem(uint24 seat,uint64 amount,bytes32 redemptionRef,uint40 validUntil)");
    bytes32 private constant PAYOUT_TYPEHASH =
        keccak256("Payout(bytes32 redemptionRef,bytes32 documentHash,uint40 validUntil)");
    bytes32 private constant RESTORE_TYPEHASH =
        keccak256("Restore(bytes32 redemptionRef,bytes32 caseHash,uint40 validUntil)");
    bytes32 private constant CHANGE_TYPEHASH =
        keccak256("ChangeKey(uint24 seat,address oldKey,address newKey,uint32 revision,uint40 validUntil)");
    bytes32 private constant FREEZE_TYPEHASH =
        keccak256("Freeze(uint24 seat,bool frozen,bytes32 caseHash,uint32 revision,uint40 validUntil)");

    struct Pending {
        uint256 i;
        uint256 amount;
        uint256 since;
        IFoodUSD.RedemptionState state;
    }

    mapping(uint256 ref => Pending) public redemptions;
    mapping(uint256 i => uint32) private _freezes;
    uint256 public ended;
    uint256 public carried;

    function redeem(uint256 member, uint64 amount, uint256 ref, bool forged) external {
        uint256 i = member % MEMBERS;
        ref = ref % REFS;
        amount = uint64(amount % 2_500);
        bytes32 structHash = keccak256(abi.encode(REDEEM_TYPEHASH, seatAt(i), amount, bytes32(ref), END));
        IFoodUSD.RedeemItem[] memory items = new IFoodUSD.RedeemItem[](2);
        bytes memory proof = signature(forged ? keyAt((i + 1) % MEMBERS) : keyAt(i), structHash);
        items[0] = IFoodUSD.RedeemItem(seatAt(i), amount, bytes32(ref), END, proof);
        items[1] = items[0];
        bool expected = !forged && amount != 0 && redemptions[ref].since == 0 && !isSeatFrozen[i]
            && mayLeave(ownerOf(i), amount, true);
        uint256 okMask;
        try token.requestRedemptions(items) returns (uint256 mask) {
            okMask = mask;
        } catch {
            expect(true, isPaused());
        }
        if (okMask & 2 != 0) disagreed = true;
        if (!expect(expected, okMask != 0)) return;
        debit(ownerOf(i), amount, true);
        balance[address(token)] += amount;
        redemptions[ref] = Pending(i, amount, block.timestamp, IFoodUSD.RedemptionState.PENDING);
    }

    function confirm(uint256 ref, bool forged) external {
        ref = ref % REFS;
        bytes memory proof = signature(forged ? ATTESTOR : MINTER, keccak256(abi.encode(PAYOUT_TYPEHASH, ref, 0, END)));
        bool expected = !forged && isPending(ref);
        try token.confirmRedemption(bytes32(ref), 0, END, proof) {
            if (!expect(expected, true)) return;
            supply -= end(ref, IFoodUSD.RedemptionState.PAID);
        } catch {
            expect(expected, false);
        }
    }

    function restore(uint256 ref, bool forged) external {
        ref = ref % REFS;
        bytes memory proof = signature(forged ? ATTESTOR : MINTER, keccak256(abi.encode(RESTORE_TYPEHASH, ref, 0, END)));
        bool expected = !forged && isPending(ref);
        try token.restoreRedemption(bytes32(ref), 0, END, proof) {
            if (expect(expected, true)) giveBack(ref);
        } catch {
            expect(expected, false);
        }
    }

    function restoreLate(uint256 ref) external {
        ref = ref % REFS;
        bool expected = isPending(ref) && block.timestamp >= redemptions[ref].since + 30 days;
        try token.restoreLateRedemption(bytes32(ref)) {
            if (expect(expected, true)) giveBack(ref);
        } catch {
            expect(expected, false);
        }
    }

    /// @dev By the old key and the new one, with the 48 hours that it takes.
    function changeKey(uint256 member) external {
        uint256 i = member % MEMBERS;
        if (isSeatFrozen[i] || generation[i] == 3) return;
        uint256 oldKey = keyAt(i);
        uint32 revision = uint32(++generation[i]);
        bytes32 structHash =
            keccak256(abi.encode(CHANGE_TYPEHASH, seatAt(i), vm.addr(oldKey), ownerOf(i), revision, END));
        bytes32 digest_ = registryDigest(structHash);
        seats.announceKeyChange(seatAt(i), ownerOf(i), revision, END, signed(oldKey, digest_), signed(keyAt(i), digest_));
        vm.warp(block.timestamp + 48 hours);
        seats.applyKeyChange(seatAt(i));
        accounts.push(ownerOf(i));
    }

    /// @dev Of any account whatever: only a seat's former key is emptied, and only into the seat's key.
    function carry(uint256 which) external {
        address account = accounts[which % accounts.length];
        (bool isFormer, uint256 i) = formerOf(account);
        bool expected = isFormer && !isPaused();
        try token.carry(account) returns (uint256 amount) {
            if (!expect(expected, true)) return;
            if (amount != balance[account]) disagreed = true;
            balance[account] = 0;
            balance[ownerOf(i)] += amount;
            isMember[ownerOf(i)] = true;
            isFrozen[ownerOf(i)] = isSeatFrozen[i];
            carried += amount;
        } catch {
            expect(expected, false);
        }
    }

    function freeze(uint256 member, bool frozen, bool mirrored) external {
        uint256 i = member % MEMBERS;
        uint32 revision = ++_freezes[i];
        bytes32 structHash = keccak256(abi.encode(FREEZE_TYPEHASH, seatAt(i), frozen, bytes32(0), revision, END));
        seats.setFrozen(seatAt(i), frozen, 0, revision, END, boardSignatures(registryDigest(structHash)));
        isSeatFrozen[i] = frozen;
        if (mirrored) mirror(i);
    }

    function mirror(uint256 member) public {
        uint24[] memory list = new uint24[](1);
        list[0] = seatAt(member % MEMBERS);
        token.mirror(list);
        address owner = ownerOf(member % MEMBERS);
        isMember[owner] = true;
        isFrozen[owner] = isSeatFrozen[member % MEMBERS];
    }

    /// @dev Seldom, or little else would happen.
    function pause(uint8 chance) external {
        if (chance % 4 != 0) return;
        bool expected = pausedUntil == 0 || block.timestamp >= pausedUntil + 3 days;
        try token.pause() {
            if (expect(expected, true)) pausedUntil = block.timestamp + 3 days;
        } catch {
            expect(expected, false);
        }
    }

    function unpause() external {
        try token.unpause() {
            expect(pausedUntil != 0, true);
            pausedUntil = 0;
        } catch {
            expect(pausedUntil != 0, false);
        }
    }

    function warp(uint32 by) external {
        vm.warp(block.timestamp + by % 40 hours);
    }

    /// @dev Long enough for a redemption that nobody ends.
    function wait(uint8 chance) external {
        if (chance % 8 == 0) vm.warp(block.timestamp + 30 days);
    }

    function isPending(uint256 ref) public view returns (bool) {
        return redemptions[ref].state == IFoodUSD.RedemptionState.PENDING;
    }

    function giveBack(uint256 ref) private {
        balance[ownerOf(redemptions[ref].i)] += end(ref, IFoodUSD.RedemptionState.RESTORED);
    }

    function end(uint256 ref, IFoodUSD.RedemptionState state) private returns (uint256 amount) {
        amount = redemptions[ref].amount;
        balance[address(token)] -= amount;
        redemptions[ref].state = state;
        ended += 1;
    }

    function formerOf(address account) private view returns (bool, uint256) {
        for (uint256 i; i < MEMBERS; ++i) {
            for (uint256 g; g < generation[i]; ++g) {
                if (vm.addr(keyAt(i, g)) == account) return (true, i);
            }
        }
        return (false, 0);
    }
}
