// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {ParameterKeys} from "../ParameterKeys.sol";
import {IGroToken} from "../interfaces/IGroToken.sol";
import {SeatWords} from "../registry/SeatWords.sol";
import {GroStore} from "./GroStore.sol";

/// @title How GRO comes into being: by the published rules, for certified grams and for shifts done.
/// @notice What a seat, or the building, would be issued above its cap of the season is not issued, then or later.
abstract contract Issuance is GroStore {
    using SeatWords for uint256;

    bytes32 private constant SHIFT_TYPEHASH =
        keccak256("Shift(uint24 seat,uint16 shifts,bytes32 ref,uint40 validUntil)");

    /// @notice The rules as they stand at a moment.
    /// @param season The moment's time divided by the length of a season.
    struct Rules {
        uint256 perGram;
        uint256 perShift;
        uint256 seatCap;
        uint256 seasonCap;
        uint256 gramsPerDay;
        uint256 season;
    }

    /// @dev What is issued to a seat of what it was to get, and how much was issued before.
    struct Issue {
        uint256 season;
        uint256 wanted;
        uint256 issued;
        uint256 oldSeatTotal;
        uint256 oldSeasonTotal;
    }

    /// @notice The building's numbers.
    IParameters public immutable parameters;

    constructor(IParameters parameters_) {
        parameters = parameters_;
    }

    /// @notice See `IGroToken`.
    function shiftBatch(IGroToken.ShiftItem[] calldata items) external nonReentrant returns (uint256 okMask) {
        _requireBatch(items.length);
        uint24[] memory list = new uint24[](items.length);
        for (uint256 i; i < items.length; ++i) list[i] = items[i].seat;
        uint256[] memory words = seats.wordsOf(list);
        Rules memory now_ = _rules();
        Report memory report;
        for (uint256 i; i < items.length; ++i) _note(report, i, items.length, _shift(items[i], words[i], now_));
        emit ItemsCarried(this.shiftBatch.selector, msg.sender, report.okMask, report.reasons);
        return report.okMask;
    }

    function _rules() internal view returns (Rules memory now_) {
        bytes32[] memory keys = new bytes32[](6);
        keys[0] = ParameterKeys.GRO_PER_GRAM;
        keys[1] = ParameterKeys.GRO_PER_SHIFT;
        keys[2] = ParameterKeys.GRO_SEASON_CAP_PER_SEAT;
        keys[3] = ParameterKeys.GRO_SEASON_CAP;
        keys[4] = ParameterKeys.PRODUCE_GRAMS_PER_DAY;
        keys[5] = ParameterKeys.SEASON_LENGTH;
        uint256[] memory values = parameters.getAll(keys);
        now_ = Rules(values[0], values[1], values[2], values[3], values[4], block.timestamp / values[5]);
    }

    function _shift(IGroToken.ShiftItem calldata item, uint256 word, Rules memory now_) private returns (uint8) {
        GroTokenStorage storage store = _gro();
        bytes32 nullifier = _shiftNullifier(item.ref);
        if (store.used[nullifier]) return ALREADY_USED;
        if (block.timestamp > item.validUntil) return EXPIRED;
        if (item.shifts == 0) return BAD_AMOUNT;
        bytes32 structHash = keccak256(abi.encode(SHIFT_TYPEHASH, item.seat, item.shifts, item.ref, item.validUntil));
        address steward = _signerOf(structHash, item.signature);
        if (!store.isSteward[steward]) return WRONG_SIGNER;
        uint8 refusal = _receivingRefusal(word);
        if (refusal != 0) return refusal;
        Issue memory issue = _book(item.seat, Math.saturatingMul(item.shifts, now_.perShift), now_);
        store.used[nullifier] = true;
        if (issue.issued != 0 && !_deliverOne(address(0), word.keyOf(), GRO, issue.issued, "")) {
            store.used[nullifier] = false;
            _unbook(item.seat, issue);
            return RECEIVER_REFUSED;
        }
        emit ShiftsRewarded(item.seat, item.ref, steward, item.shifts);
        _emitIssued(item.seat, item.ref, issue);
        return 0;
    }

    /// @dev Books what is issued of `wanted`; the caller mints it, or unbooks it.
    function _book(uint24 seat, uint256 wanted, Rules memory now_) internal returns (Issue memory issue) {
        GroTokenStorage storage store = _gro();
        (uint256 total, uint256 toSeat) = (store.issuedIn[now_.season], store.issuedTo[now_.season][seat]);
        uint256 room = Math.min(Math.saturatingSub(now_.seasonCap, total), Math.saturatingSub(now_.seatCap, toSeat));
        issue = Issue(now_.season, wanted, Math.min(wanted, room), toSeat, total);
        if (issue.issued != 0) _setIssued(seat, now_.season, toSeat + issue.issued, total + issue.issued);
    }

    function _unbook(uint24 seat, Issue memory issue) internal {
        if (issue.issued != 0) _setIssued(seat, issue.season, issue.oldSeatTotal, issue.oldSeasonTotal);
    }

    function _emitIssued(uint24 seat, bytes32 ref, Issue memory issue) internal {
        emit GroIssued(
            seat, ref, issue.season, issue.wanted, issue.issued, issue.oldSeatTotal, issue.oldSeasonTotal
        );
    }

    function _setIssued(uint24 seat, uint256 season, uint256 toSeat, uint256 total) private {
        GroTokenStorage storage store = _gro();
        store.issuedIn[season] = total;
        store.issuedTo[season][seat] = toSeat;
    }

}
