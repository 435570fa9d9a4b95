// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IGroToken} from "../interfaces/IGroToken.sol";
import {SeatWords} from "../registry/SeatWords.sol";
import {GroStore} from "./GroStore.sol";
import {Issuance} from "./Issuance.sol";

/// @title Lots of produce: certified once, minted up to what was certified, recalled when something is wrong.
/// @notice A lot is never deleted. A recall stops transfers and further minting; what is recalled can still be burned.
abstract contract Lots is Issuance {
    using SeatWords for uint256;

    bytes32 private constant CERTIFY_TYPEHASH = keccak256(
        "Certify(bytes32 farm,uint32 harvestDay,uint32 serial,uint64 grams,bytes32 documentHash,uint40 validUntil)"
    );
    bytes32 private constant HARVEST_TYPEHASH =
        keccak256("Harvest(uint256 lot,uint24 seat,uint64 grams,bytes32 ref,uint40 validUntil)");
    bytes32 private constant RECALL_TYPEHASH = keccak256("Recall(uint256 lot,bytes32 caseHash,uint40 validUntil)");

    /// @notice See `IGroToken`.
    function certifyBatch(IGroToken.CertifyItem[] calldata items) external nonReentrant returns (uint256 okMask) {
        _requireBatch(items.length);
        Report memory report;
        for (uint256 i; i < items.length; ++i) _note(report, i, items.length, _certify(items[i]));
        emit ItemsCarried(this.certifyBatch.selector, msg.sender, report.okMask, report.reasons);
        return report.okMask;
    }

    /// @notice See `IGroToken`.
    function harvestBatch(IGroToken.HarvestItem[] calldata items) external nonReentrant returns (uint256 okMask) {
        _requireBatch(items.length);
        uint24[] memory list = new uint24[](items.length);
        for (uint256 i; i < items.length; ++i) list[i] = items[i].seat;
        uint256[] memory words = seats.wordsOf(list);
        Rules memory now_ = _rules();
        Report memory report;
        for (uint256 i; i < items.length; ++i) _note(report, i, items.length, _harvest(items[i], words[i], now_));
        emit ItemsCarried(this.harvestBatch.selector, msg.sender, report.okMask, report.reasons);
        return report.okMask;
    }

    /// @notice Recalls a lot by a message of its certifier, which counts once. Anybody may carry it.
    function recallBySignature(uint256 lot, bytes32 caseHash, uint40 validUntil, bytes calldata signature) external {
        if (block.timestamp > validUntil) revert MessageExpired(validUntil);
        GroTokenStorage storage store = _gro();
        bytes32 structHash = keccak256(abi.encode(RECALL_TYPEHASH, lot, caseHash, validUntil));
        address signer = _signerOf(structHash, signature);
        if (!store.isCertifier[signer] || store.lots[lot].certifier != signer) revert NotTheLotsCertifier(signer);
        // Else the message could undo the end of the recall.
        if (store.used[structHash]) revert RecallUsed(structHash);
        store.used[structHash] = true;
        _setRecalled(lot, true, caseHash, signer);
    }

    function _certify(IGroToken.CertifyItem calldata item) private returns (uint8) {
        if (block.timestamp > item.validUntil) return EXPIRED;
        if (item.grams == 0) return BAD_AMOUNT;
        bytes32 structHash = keccak256(
            abi.encode(
                CERTIFY_TYPEHASH, item.farm, item.harvestDay, item.serial, item.grams, item.documentHash, item.validUntil
            )
        );
        address certifier = _signerOf(structHash, item.signature);
        GroTokenStorage storage store = _gro();
        if (!store.isCertifier[certifier]) return WRONG_SIGNER;
        uint256 lot = _lotId(certifier, item.farm, item.harvestDay, item.serial);
        if (store.lots[lot].certifier != address(0)) return ALREADY_USED;
        store.lots[lot] = Lot(certifier, item.grams, item.harvestDay, 0, false);
        emit LotCertified(lot, certifier, item.farm, item.harvestDay, item.serial, item.grams, item.documentHash);
        return 0;
    }

    function _harvest(IGroToken.HarvestItem calldata item, uint256 word, Rules memory now_) private returns (uint8) {
        GroTokenStorage storage store = _gro();
        Lot memory lot = store.lots[item.lot];
        if (lot.certifier == address(0)) return UNKNOWN_LOT;
        bytes32 nullifier = _harvestNullifier(item.lot, item.ref);
        if (store.used[nullifier]) return ALREADY_USED;
        if (block.timestamp > item.validUntil) return EXPIRED;
        if (item.grams == 0) return BAD_AMOUNT;
        bytes32 structHash =
            keccak256(abi.encode(HARVEST_TYPEHASH, item.lot, item.seat, item.grams, item.ref, item.validUntil));
        if (_signerOf(structHash, item.signature) != lot.certifier || !store.isCertifier[lot.certifier]) return WRONG_SIGNER;
        if (lot.isRecalled) return LOT_RECALLED;
        uint8 refusal = _receivingRefusal(word);
        if (refusal != 0) return refusal;
        if (item.grams > lot.certified - lot.minted) return ABOVE_CERTIFIED;
        DayUse memory before = store.dayUse[lot.certifier];
        uint24 today = uint24(block.timestamp / 1 days);
        uint256 grams = (before.day == today ? uint256(before.grams) : 0) + item.grams;
        if (grams > now_.gramsPerDay || grams > type(uint64).max) return OVER_DAILY_GRAMS;
        Issue memory issue = _book(item.seat, Math.saturatingMul(item.grams, now_.perGram), now_);
        store.used[nullifier] = true;
        store.dayUse[lot.certifier] = DayUse(uint64(grams), today);
        store.lots[item.lot].minted = lot.minted + item.grams;
        if (!_deliverProduce(word.keyOf(), item.lot, item.grams, issue.issued)) {
            store.used[nullifier] = false;
            store.dayUse[lot.certifier] = before;
            store.lots[item.lot].minted = lot.minted;
            _unbook(item.seat, issue);
            return RECEIVER_REFUSED;
        }
        emit ProduceMinted(item.lot, item.seat, item.ref, item.grams, lot.minted, lot.minted + item.grams);
        _emitIssued(item.seat, item.ref, issue);
        return 0;
    }

    /// @dev Produce and GRO come together: one hook, with both there.
    function _deliverProduce(address to, uint256 lot, uint64 grams, uint256 gro) private returns (bool) {
        if (gro == 0) return _deliverOne(address(0), to, lot, grams, "");
        uint256[] memory ids = new uint256[](2);
        uint256[] memory values = new uint256[](2);
        (ids[0], ids[1]) = (lot, GRO);
        (values[0], values[1]) = (grams, gro);
        return _deliver(address(0), to, ids, values, "");
    }

}
