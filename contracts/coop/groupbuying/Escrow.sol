// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SpendItems} from "../foodusd/SpendItems.sol";
import {SeatWords} from "../registry/SeatWords.sol";
import {Entries} from "./Entries.sol";
import {EscrowBook} from "./EscrowBook.sol";
import {Order, Terms} from "./Terms.sol";

/// @title Orders whose money waits in this book until the target is met.
/// @notice Members join by a signed spend that anybody may bring, or by themselves. Reaching the target pays the payee in the same
/// call; whoever joins after that, up to the ceiling and the deadline, pays straight on.
abstract contract Escrow is EscrowBook {
    using Entries for mapping(uint256 => uint256);
    using SeatWords for uint256;

    /// @dev Bytes of a spend into escrow, as in exact mode.
    uint256 private constant ITEM = 84;

    /// @notice Signed spends were taken: into escrow from entry `firstIndex` on, or straight to the payee of an executed order.
    event OrderJoined(
        bytes32 indexed orderId,
        bytes32 indexed subject,
        bytes32 indexed termsHash,
        uint256 okMask,
        uint256 firstIndex,
        uint256 oldTotal,
        uint256 newTotal
    );
    /// @notice A member joined by himself, as entry `index` or, in an executed order, straight to the payee.
    event JoinedDirectly(
        bytes32 indexed orderId,
        bytes32 indexed subject,
        uint24 indexed seat,
        address key,
        uint256 index,
        uint256 oldTotal,
        uint256 newTotal
    );
    error BadPayee(address payee);
    error BadAmount(uint64 amount);
    error AboveCeiling(uint64 ceiling, uint256 total);
    error TooManyEntries(uint256 count);
    error NotASeat(address key);
    error SeatIsFrozen(uint24 seat);
    error SeatIsRetired(uint24 seat);
    error JoinedBefore(bytes32 orderId, uint24 seat);

    /// @notice Brings signed spends into escrow, of several orders. Anybody may call; each order is taken or skipped and reported by
    /// itself, and so is each spend within it.
    /// @return takenMask Bit i is set when order i took something.
    function escrow(Order[] calldata orders) external returns (uint256 takenMask) {
        _requireMask(orders.length);
        for (uint256 i; i < orders.length; ++i) {
            if (_escrow(orders[i])) takenMask |= 1 << i;
        }
    }

    /// @notice Joins by the seat's key itself, once per order, through the allowance that it gave to this book.
    /// @return index The entry made, or the number of entries when the order was executed before and the amount went straight on.
    function join(bytes32 subject, Terms calldata terms, uint64 amount) external returns (uint256 index) {
        bytes32 orderId = orderIdOf(subject, hashTerms(terms));
        Header memory header = _store().headers[orderId];
        bytes memory refusal = _escrowRefusal(terms);
        if (refusal.length != 0) _revertWith(refusal);
        uint24 seat = _joiningSeat();
        if (amount == 0) revert BadAmount(amount);
        uint256 newTotal = uint256(header.total) + amount;
        if (newTotal > terms.ceiling) revert AboveCeiling(terms.ceiling, newTotal);
        uint256 bit = 1 << (seat & 0xff);
        if (_store().joined[orderId][seat >> 8] & bit != 0) revert JoinedBefore(orderId, seat);
        _store().joined[orderId][seat >> 8] |= bit;
        index = header.count;
        if (!header.executed) {
            if (index == type(uint16).max) revert TooManyEntries(index);
            _store().entries[orderId].put(index, seat, amount);
            ++header.count;
        }
        emit JoinedDirectly(orderId, subject, seat, msg.sender, index, header.total, newTotal);
        address to = header.executed ? terms.payee : address(this);
        _keep(orderId, header, terms.deadline, newTotal);
        // The token says true or reverts.
        IERC20(address(token)).transferFrom(msg.sender, to, amount);
        if (!header.executed && newTotal >= terms.target) _pay(orderId, subject, terms, header);
    }

    function _escrow(Order calldata order) private returns (bool) {
        bytes32 termsHash = hashTerms(order.terms);
        bytes32 orderId = orderIdOf(order.subject, termsHash);
        Header memory header = _store().headers[orderId];
        bytes memory refusal = order.mode == SpendItems.ESCROW
            ? _escrowRefusal(order.terms)
            : abi.encodeWithSelector(SpendItems.UnknownMode.selector, order.mode);
        uint256 mostEntries = header.count + order.items.length / ITEM;
        if (refusal.length == 0 && mostEntries > type(uint16).max) {
            refusal = abi.encodeWithSelector(TooManyEntries.selector, mostEntries);
        }
        if (refusal.length != 0) {
            _skip(order.subject, termsHash, refusal);
            return false;
        }
        address to = header.executed ? order.terms.payee : address(this);
        uint256 most = order.terms.ceiling - header.total;
        try token.settleSpends(order.subject, termsHash, to, SpendItems.ESCROW, 1, most, order.items) returns (
            uint256 okMask, uint256 total
        ) {
            uint256 newTotal = header.total + total;
            emit OrderJoined(orderId, order.subject, termsHash, okMask, header.count, header.total, newTotal);
            if (!header.executed) {
                header.count = uint16(_store().entries[orderId].append(header.count, order.items, ITEM, okMask));
            }
            _keep(orderId, header, order.terms.deadline, newTotal);
            if (!header.executed && newTotal >= order.terms.target) _pay(orderId, order.subject, order.terms, header);
            return true;
        } catch (bytes memory reason) {
            _skip(order.subject, termsHash, reason);
            return false;
        }
    }

    /// @dev The caller's seat, if it may join.
    function _joiningSeat() private view returns (uint24 seat) {
        seat = seats.seatOf(msg.sender);
        if (seat == 0) revert NotASeat(msg.sender);
        uint24[] memory list = new uint24[](1);
        list[0] = seat;
        uint256 word = seats.wordsOf(list)[0];
        if (word.isFrozen()) revert SeatIsFrozen(seat);
        if (word.classOf() == SeatWords.RETIRED) revert SeatIsRetired(seat);
    }

    /// @dev The error for which no order is escrowed under these terms now, empty for none. The payee is one who can be paid, and
    /// the ceiling keeps every amount within an entry.
    function _escrowRefusal(Terms calldata terms) private view returns (bytes memory) {
        if (terms.payee == address(0) || terms.payee == address(this) || terms.payee == address(token)) {
            return abi.encodeWithSelector(BadPayee.selector, terms.payee);
        }
        if (terms.ceiling > Entries.MAX_AMOUNT) {
            return abi.encodeWithSelector(BadTerms.selector, terms.target, terms.ceiling);
        }
        return _termsRefusal(terms);
    }
}
