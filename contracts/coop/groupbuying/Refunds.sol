// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Entries} from "./Entries.sol";
import {EscrowBook} from "./EscrowBook.sol";

/// @title How an order that came to nothing is paid back.
/// @notice Once its deadline has passed without execution, entry by entry, by whoever asks, to each seat's current key: from what
/// stands here, without proof.
abstract contract Refunds is EscrowBook {
    using Entries for mapping(uint256 => uint256);

    event Refunded(bytes32 indexed orderId, uint24 indexed seat, address indexed key, uint256 index, uint256 amount);
    /// @notice An entry of a page could not be paid back and stands as it stood.
    event RefundFailed(bytes32 indexed orderId, uint24 indexed seat, address indexed key, uint256 index, bytes reason);

    error NoSuchOrder(bytes32 orderId);
    error DeadlineNotPassed(uint40 deadline);
    error NothingToRefund(bytes32 orderId, uint256 index);
    error BadPage(uint256 from, uint256 to, uint256 count);

    /// @notice Pays one entry back to the current key of its seat, after the deadline of an order that was not executed.
    /// Anybody may call.
    function refund(bytes32 orderId, uint256 index) external {
        Header memory header = _refundable(orderId);
        (uint24 seat, uint256 amount) = _store().entries[orderId].read(index);
        if (amount == 0) revert NothingToRefund(orderId, index);
        bytes memory failure = _refund(orderId, header, index, seat, amount);
        if (failure.length != 0) _revertWith(failure);
    }

    /// @notice Pays the entries from `from` to before `to` back. Those paid back before are passed over, and one that cannot be
    /// paid does not hold up the others. Anybody may call.
    /// @return paid How many were paid back.
    function refundPage(bytes32 orderId, uint256 from, uint256 to) external returns (uint256 paid) {
        Header memory header = _refundable(orderId);
        if (from >= to || to > header.count) revert BadPage(from, to, header.count);
        for (uint256 index = from; index < to; ++index) {
            (uint24 seat, uint256 amount) = _store().entries[orderId].read(index);
            if (amount == 0) continue;
            bytes memory failure = _refund(orderId, header, index, seat, amount);
            if (failure.length == 0) ++paid;
            else emit RefundFailed(orderId, seat, seats.keyOf(seat), index, failure);
        }
    }

    /// @dev The entry is gone before the payment and back when it fails; answers the failure, empty for none.
    function _refund(bytes32 orderId, Header memory header, uint256 index, uint24 seat, uint256 amount)
        private
        returns (bytes memory)
    {
        EscrowStorage storage store = _store();
        address key = seats.keyOf(seat);
        store.entries[orderId].clear(index);
        header.total -= uint64(amount);
        store.headers[orderId] = header;
        try IERC20(address(token)).transfer(key, amount) {
            emit Refunded(orderId, seat, key, index, amount);
            return "";
        } catch (bytes memory reason) {
            if (reason.length == 0) revert NotEnoughGas(orderId);
            store.entries[orderId].put(index, seat, amount);
            header.total += uint64(amount);
            store.headers[orderId] = header;
            return reason;
        }
    }

    function _refundable(bytes32 orderId) private view returns (Header memory header) {
        header = _store().headers[orderId];
        if (header.deadline == 0) revert NoSuchOrder(orderId);
        if (header.executed) revert AlreadyExecuted(orderId);
        if (block.timestamp <= header.deadline) revert DeadlineNotPassed(header.deadline);
    }
}
