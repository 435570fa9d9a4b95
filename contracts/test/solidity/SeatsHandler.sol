// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {SeatRegistry} from "../../coop/SeatRegistry.sol";
import {SeatBook} from "../../coop/registry/SeatBook.sol";
import {Coop} from "./Coop.sol";

/// @notice Drives the registry with random messages, right and wrong, and keeps its own books beside it.
contract SeatsHandler is Coop {
    uint256 public constant SEATS = 6;
    uint256 public constant KEYS = 16;
    uint256 public constant DWELLINGS = 3;
    uint8 public constant PER_DWELLING = 2;
    uint40 private constant END = 4_000_000_000;
    bytes32 private constant SEAT_TYPEHASH = keccak256("Seat(uint24 seat,address key,uint8 class,bytes32 dwelling)");
    bytes32 private constant ISSUE_TYPEHASH = keccak256(
        "Issue(Seat[] seats,uint40 validUntil)Seat(uint24 seat,address key,uint8 class,bytes32 dwelling)"
    );
    bytes32 private constant RETIRE_TYPEHASH = keccak256("Retire(uint24 seat,bytes32 caseHash,uint40 validUntil)");
    bytes32 private constant FREEZE_TYPEHASH =
        keccak256("Freeze(uint24 seat,bool frozen,bytes32 caseHash,uint32 revision,uint40 validUntil)");
    bytes32 private constant CHANGE_TYPEHASH =
        keccak256("ChangeKey(uint24 seat,address oldKey,address newKey,uint32 revision,uint40 validUntil)");
    bytes32 private constant RECOVER_TYPEHASH =
        keccak256("RecoverKey(uint24 seat,address oldKey,address newKey,uint32 revision,uint40 validUntil)");
    bytes32 private constant CANCEL_TYPEHASH = keccak256("CancelKeyChange(uint24 seat,uint32 revision,uint40 validUntil)");

    SeatRegistry public immutable registry;

    // The books: 0 for a key or seat that was never used.
    mapping(uint256 seat => uint256) public keyIndexOf;
    mapping(uint256 seat => uint8) public classOf;
    mapping(uint256 seat => uint256) public dwellingOf;
    mapping(uint256 seat => bool) public isFrozen;
    mapping(uint256 keyIndex => uint256) public seatEverOf;
    mapping(uint256 seat => uint256) public waitingKeyOf;
    mapping(uint256 seat => uint256) public waitingUntil;
    mapping(uint256 seat => bool) public waitingRecovery;
    mapping(uint256 seat => uint32) public revisionOf;
    mapping(uint256 seat => uint32) public freezeRevisionOf;
    bool public disagreed;
    uint256 public changed;

    constructor() {
        SeatBook.NewSeat[] memory founding = new SeatBook.NewSeat[](3);
        for (uint256 seat = 1; seat <= 3; ++seat) {
            founding[seat - 1] = SeatBook.NewSeat(uint24(seat), vm.addr(keyAt(seat)), 1, bytes32(seat));
            (keyIndexOf[seat], classOf[seat], dwellingOf[seat], seatEverOf[seat]) = (seat, 1, seat, seat);
        }
        registry = deploySeats(founding, PER_DWELLING);
    }

    function keyAt(uint256 index) public pure returns (uint256) {
        return 100 + index;
    }

    /// @dev Residents' seats per dwelling, counted in the books.
    function votingIn(uint256 dwelling) public view returns (uint256 count) {
        for (uint256 seat = 1; seat <= SEATS; ++seat) {
            if (classOf[seat] == 1 && dwellingOf[seat] == dwelling) ++count;
        }
    }

    function issue(uint256 seat, uint256 keyIndex, bool guest, uint256 dwelling, uint256 signers) external {
        (seat, keyIndex, dwelling, signers) = (1 + seat % SEATS, 1 + keyIndex % KEYS, 1 + dwelling % DWELLINGS, signers % 3);
        SeatBook.NewSeat[] memory list = new SeatBook.NewSeat[](1);
        list[0] = SeatBook.NewSeat(uint24(seat), vm.addr(keyAt(keyIndex)), guest ? 2 : 1, guest ? bytes32(0) : bytes32(dwelling));
        bytes32[] memory hashes = new bytes32[](1);
        hashes[0] = keccak256(abi.encode(SEAT_TYPEHASH, list[0].seat, list[0].key, list[0].class, list[0].dwelling));
        bytes32 structHash = keccak256(abi.encode(ISSUE_TYPEHASH, keccak256(abi.encodePacked(hashes)), END));
        bool expected = signers >= (guest ? 1 : 2) && classOf[seat] == 0 && seatEverOf[keyIndex] == 0
            && (guest || votingIn(dwelling) < PER_DWELLING);
        try registry.issueSeats(list, END, boardSignatures(structHash, signers)) {
            if (!expected) disagreed = true;
            keyIndexOf[seat] = keyIndex;
            classOf[seat] = guest ? 2 : 1;
            dwellingOf[seat] = guest ? 0 : dwelling;
            seatEverOf[keyIndex] = seat;
        } catch {
            if (expected) disagreed = true;
        }
    }

    function retire(uint256 seat, uint256 signers) external {
        (seat, signers) = (1 + seat % SEATS, signers % 3);
        bytes32 structHash = keccak256(abi.encode(RETIRE_TYPEHASH, uint24(seat), bytes32(0), END));
        bool expected = signers == 2 && (classOf[seat] == 1 || classOf[seat] == 2);
        try registry.retireSeat(uint24(seat), 0, END, boardSignatures(structHash, signers)) {
            if (!expected) disagreed = true;
            classOf[seat] = 3;
        } catch {
            if (expected) disagreed = true;
        }
    }

    function freeze(uint256 seat, bool frozen) external {
        seat = 1 + seat % SEATS;
        uint32 revision = freezeRevisionOf[seat] + 1;
        bytes32 structHash = keccak256(abi.encode(FREEZE_TYPEHASH, uint24(seat), frozen, bytes32(0), revision, END));
        bool expected = classOf[seat] != 0;
        try registry.setFrozen(uint24(seat), frozen, 0, revision, END, boardSignatures(structHash, 2)) {
            if (!expected) disagreed = true;
            freezeRevisionOf[seat] = revision;
            isFrozen[seat] = frozen;
        } catch {
            if (expected) disagreed = true;
        }
    }

    /// @dev `signer` is the old key's index, mostly the right one.
    function change(uint256 seat, uint256 keyIndex, uint256 signer) external {
        (seat, keyIndex) = (1 + seat % SEATS, 1 + keyIndex % KEYS);
        uint256 oldIndex = signer % 4 == 0 ? 1 + signer % KEYS : keyIndexOf[seat];
        uint32 revision = revisionOf[seat] + 1;
        bytes32 hash = keyHash(CHANGE_TYPEHASH, seat, keyIndex, revision);
        bool expected = classOf[seat] != 0 && !isFrozen[seat] && oldIndex == keyIndexOf[seat] && seatEverOf[keyIndex] == 0;
        try registry.announceKeyChange(
            uint24(seat),
            vm.addr(keyAt(keyIndex)),
            revision,
            END,
            signature(keyAt(oldIndex), hash),
            signature(keyAt(keyIndex), hash)
        ) {
            if (!expected) disagreed = true;
            announced(seat, keyIndex, revision, false);
        } catch {
            if (expected) disagreed = true;
        }
    }

    function recover(uint256 seat, uint256 keyIndex, uint256 signers) external {
        (seat, keyIndex, signers) = (1 + seat % SEATS, 1 + keyIndex % KEYS, signers % 4 == 0 ? 1 : 2);
        uint32 revision = revisionOf[seat] + 1;
        bytes32 hash = keyHash(RECOVER_TYPEHASH, seat, keyIndex, revision);
        bool expected = classOf[seat] != 0 && signers == 2 && seatEverOf[keyIndex] == 0;
        try registry.announceRecovery(
            uint24(seat),
            vm.addr(keyAt(keyIndex)),
            revision,
            END,
            boardSignatures(hash, signers),
            signature(keyAt(keyIndex), hash)
        ) {
            if (!expected) disagreed = true;
            announced(seat, keyIndex, revision, true);
        } catch {
            if (expected) disagreed = true;
        }
    }

    function cancel(uint256 seat, bool byBoard) external {
        seat = 1 + seat % SEATS;
        uint32 revision = revisionOf[seat] + 1;
        bytes32 hash = keccak256(abi.encode(CANCEL_TYPEHASH, uint24(seat), revision, END));
        bytes[] memory signatures = byBoard ? boardSignatures(hash, 2) : new bytes[](1);
        if (!byBoard) signatures[0] = signature(keyAt(keyIndexOf[seat]), hash);
        bool expected = waitingKeyOf[seat] != 0 && (!byBoard || waitingRecovery[seat]);
        try registry.cancelKeyChange(uint24(seat), revision, END, signatures) {
            if (!expected) disagreed = true;
            revisionOf[seat] = revision;
            waitingKeyOf[seat] = 0;
        } catch {
            if (expected) disagreed = true;
        }
    }

    function apply_(uint256 seat, uint32 wait) external {
        seat = 1 + seat % SEATS;
        vm.warp(block.timestamp + wait % 8 days);
        uint256 keyIndex = waitingKeyOf[seat];
        bool expected = keyIndex != 0 && block.timestamp >= waitingUntil[seat] && seatEverOf[keyIndex] == 0
            && (waitingRecovery[seat] || !isFrozen[seat]);
        try registry.applyKeyChange(uint24(seat)) {
            if (!expected) disagreed = true;
            keyIndexOf[seat] = keyIndex;
            seatEverOf[keyIndex] = seat;
            waitingKeyOf[seat] = 0;
            ++changed;
        } catch {
            if (expected) disagreed = true;
        }
    }

    function announced(uint256 seat, uint256 keyIndex, uint32 revision, bool isRecovery) private {
        revisionOf[seat] = revision;
        waitingKeyOf[seat] = keyIndex;
        waitingUntil[seat] = block.timestamp + (isRecovery ? 7 days : 48 hours);
        waitingRecovery[seat] = isRecovery;
    }

    function keyHash(bytes32 typehash, uint256 seat, uint256 keyIndex, uint32 revision) private view returns (bytes32) {
        address oldKey = keyIndexOf[seat] == 0 ? address(0) : vm.addr(keyAt(keyIndexOf[seat]));
        return keccak256(abi.encode(typehash, uint24(seat), oldKey, vm.addr(keyAt(keyIndex)), revision, END));
    }

    /// @dev `count` board keys' signatures, ascending by signer.
    function boardSignatures(bytes32 structHash, uint256 count) private view returns (bytes[] memory list) {
        list = new bytes[](count);
        uint256[2] memory keys = [BOARD, BOARD + 1];
        if (vm.addr(keys[0]) > vm.addr(keys[1])) (keys[0], keys[1]) = (keys[1], keys[0]);
        for (uint256 i; i < count; ++i) list[i] = signature(keys[i], structHash);
    }

    function signature(uint256 key, bytes32 structHash) private view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Stoop Seats"),
                keccak256("1"),
                block.chainid,
                address(registry)
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, structHash)));
        return abi.encodePacked(r, s, v);
    }
}
