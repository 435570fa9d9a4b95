// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Context} from "@openzeppelin/contracts/utils/Context.sol";
import {ISeatRegistry} from "../coop/interfaces/ISeatRegistry.sol";

/// @title The usual way to join a group order, for comparison only: each member sends a transaction.
/// @notice Does what a group order needs and no more: terms, one contribution per seat, the running total, and at the target
/// the payee is paid. Packed as tightly as it can be.
abstract contract JoinBook is Context {
    struct Order {
        address payee;
        uint64 target;
        uint64 ceiling;
        uint64 total;
        uint40 deadline;
        bool executed;
    }

    IERC20 public immutable token;
    ISeatRegistry public immutable seats;
    mapping(uint256 orderId => Order) public orders;
    mapping(uint256 orderId => mapping(uint24 seat => uint64)) public contributions;

    event Joined(uint256 indexed orderId, uint24 indexed seat, uint64 amount);
    event Executed(uint256 indexed orderId, uint64 total);

    error Refused();

    constructor(IERC20 token_, ISeatRegistry seats_) {
        token = token_;
        seats = seats_;
    }

    function open(uint256 orderId, address payee, uint64 target, uint64 ceiling, uint40 deadline) external {
        orders[orderId] = Order(payee, target, ceiling, 0, deadline, false);
    }

    function join(uint256 orderId, uint64 amount) external {
        Order storage order = orders[orderId];
        address member = _msgSender();
        uint24 seat = seats.seatOf(member);
        uint64 total = order.total + amount;
        if (seat == 0 || order.executed || block.timestamp > order.deadline || total > order.ceiling) revert Refused();
        if (contributions[orderId][seat] != 0) revert Refused();
        contributions[orderId][seat] = amount;
        order.total = total;
        if (!token.transferFrom(member, address(this), amount)) revert Refused();
        emit Joined(orderId, seat, amount);
    }

    function execute(uint256 orderId) external {
        Order storage order = orders[orderId];
        if (order.executed || order.total < order.target) revert Refused();
        order.executed = true;
        if (!token.transfer(order.payee, order.total)) revert Refused();
        emit Executed(orderId, order.total);
    }
}

/// @notice Members send for themselves.
contract DirectJoin is JoinBook {
    constructor(IERC20 token_, ISeatRegistry seats_) JoinBook(token_, seats_) {}
}

/// @notice Members sign for OpenZeppelin's forwarder.
contract ForwardedJoin is JoinBook, ERC2771Context {
    constructor(IERC20 token_, ISeatRegistry seats_, address forwarder) JoinBook(token_, seats_) ERC2771Context(forwarder) {}

    function _msgSender() internal view override(Context, ERC2771Context) returns (address) {
        return ERC2771Context._msgSender();
    }

    function _msgData() internal view override(Context, ERC2771Context) returns (bytes calldata) {
        return ERC2771Context._msgData();
    }

    function _contextSuffixLength() internal view override(Context, ERC2771Context) returns (uint256) {
        return ERC2771Context._contextSuffixLength();
    }
}
