// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Account} from "../../coop/foodusd/Account.sol";
import {SpendBuffer, SpendHash} from "../../coop/foodusd/SpendHash.sol";
import {SpendItems} from "../../coop/foodusd/SpendItems.sol";
import {TestBase} from "./Vm.sol";

/// @notice The hand-packed parts against plain Solidity.
contract PiecesTest is TestBase {
    using SpendItems for bytes;
    using SpendItems for uint256;

    bytes32 private constant SPEND_TYPEHASH = keccak256(
        "Spend(address book,bytes32 subject,bytes32 termsHash,uint24 seat,uint64 maxAmount,uint32 revision,uint40 validUntil,uint8 mode)"
    );

    struct Fields {
        uint64 balance;
        uint64 limit;
        uint64 spent;
        uint64 amount;
        uint24 day;
        bool frozen;
    }

    function testFuzz_accountKeepsItsFieldsApart(Fields memory f, uint64 received) public pure {
        vm.assume(f.amount <= f.balance && uint256(f.spent) + f.amount <= type(uint64).max);
        vm.assume(uint256(f.balance) + received <= type(uint64).max);
        Account account = Account.wrap(0).credit(f.balance).withLimit(f.limit).withFrozen(f.frozen);
        account = account.debit(f.amount, f.day, f.spent);
        same(f.balance - f.amount, account.balance());
        same(f.limit, account.ownLimit());
        same(f.spent + f.amount, account.spentOn(f.day));
        yes(account.isFrozen() == f.frozen, "frozen");
        unchecked {
            same(0, account.spentOn(f.day + uint24(1)));
        }
        account = account.credit(received).withFrozen(!f.frozen).withLimit(7);
        same(uint256(f.balance) - f.amount + received, account.balance());
        same(7, account.ownLimit());
        same(f.spent + f.amount, account.spentOn(f.day));
        yes(account.isFrozen() != f.frozen, "frozen again");
    }

    struct Spend {
        address book;
        bytes32 subject;
        bytes32 termsHash;
        uint24 seat;
        uint64 maxAmount;
        uint32 revision;
        uint40 validUntil;
        uint8 mode;
    }

    function testFuzz_digestIsEip712(bytes32 domain, Spend memory one, Spend memory other) public pure {
        SpendBuffer buffer = SpendHash.buffer(domain, one.book, one.subject, one.termsHash, one.mode);
        // Used for another item in between, as a batch does.
        buffer.digest(other.seat, other.maxAmount, other.revision, other.validUntil);
        bytes32 found = buffer.digest(one.seat, one.maxAmount, one.revision, one.validUntil);
        bytes32 structHash = keccak256(
            abi.encode(
                SPEND_TYPEHASH, one.book, one.subject, one.termsHash, one.seat, one.maxAmount, one.revision, one.validUntil, one.mode
            )
        );
        yes(found == keccak256(abi.encodePacked(hex"1901", domain, structHash)), "digest");
    }

    function testFuzz_signerIsFoundAndItsMirrorIsNot(uint256 key, bytes32 digest) public view {
        key = 1 + key % (0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141 - 1);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        bytes32 vs = bytes32(uint256(s) | uint256(v - 27) << 255);
        yes(SpendHash.signer(digest, r, vs) == vm.addr(key), "signer");
        yes(SpendHash.signer(digest, r, vs ^ bytes32(uint256(1) << 255)) != vm.addr(key), "other parity");
        yes(SpendHash.signer(keccak256(abi.encode(digest)), r, vs) != vm.addr(key), "other digest");
    }

    struct Item {
        uint24 seat;
        uint64 amount;
        uint64 maxAmount;
        uint32 revision;
        uint40 validUntil;
        bytes32 r;
        bytes32 vs;
    }

    function testFuzz_itemsAreReadAsTheyWerePacked(Item[3] memory list) public view {
        bytes memory exact;
        bytes memory atMost;
        bytes memory fixed_;
        uint256 sum;
        for (uint256 i; i < 3; ++i) {
            Item memory each = list[i];
            exact = abi.encodePacked(exact, each.seat, each.amount, each.revision, each.validUntil, each.r, each.vs);
            atMost =
                abi.encodePacked(atMost, each.seat, each.amount, each.maxAmount, each.revision, each.validUntil, each.r, each.vs);
            fixed_ = abi.encodePacked(fixed_, each.seat, each.amount);
            sum += each.amount;
        }
        for (uint256 i; i < 3; ++i) {
            list[i].maxAmount = this.checkRead(atMost, list[i], i, 1);
            list[i].maxAmount = list[i].amount;
            this.checkRead(exact, list[i], i, 0);
        }
        (bytes32 hash, uint256 found) = this.hashAndSum(atMost);
        yes(hash == keccak256(fixed_), "items hash");
        same(sum, found);
    }

    function checkRead(bytes calldata items, Item calldata expected, uint256 i, uint8 mode) external pure returns (uint64) {
        (uint256 size, uint256 count) = items.shape(mode);
        same(3, count);
        uint256 head = items.head(i * size);
        same(expected.seat, head.seatOf());
        same(expected.amount, head.amountOf());
        (uint256 maxAmount, uint256 revision, uint256 validUntil, bytes32 r, bytes32 vs) = items.signedOf(i * size, size);
        same(expected.maxAmount, maxAmount);
        same(expected.revision, revision);
        same(expected.validUntil, validUntil);
        yes(r == expected.r && vs == expected.vs, "signature");
        return expected.maxAmount;
    }

    function hashAndSum(bytes calldata items) external pure returns (bytes32, uint256) {
        (uint256 size, uint256 count) = items.shape(SpendItems.AT_MOST);
        return items.hashAndSum(size, count);
    }
}
