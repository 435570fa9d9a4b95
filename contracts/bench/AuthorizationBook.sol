// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ISeatRegistry} from "../coop/interfaces/ISeatRegistry.sol";

/// @title OpenZeppelin's ERC-20 with ERC-3009, for comparison only.
contract AuthorizationToken is ERC3009 {
    constructor() ERC20("Authorization", "AUTH") EIP712("Authorization", "1") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @title The other usual way to join a group order by signature, for comparison only: a loop of ERC-3009 authorizations, and a
/// slot for each member's part, without which nobody could be paid back.
contract AuthorizationBook {
    struct Order {
        uint64 total;
        uint64 ceiling;
        uint40 deadline;
    }

    struct Authorization {
        address from;
        uint256 value;
        uint256 validBefore;
        bytes32 nonce;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    AuthorizationToken public immutable token;
    ISeatRegistry public immutable seats;
    mapping(uint256 orderId => Order) public orders;
    mapping(uint256 orderId => mapping(uint24 seat => uint64)) public contributions;

    event Joined(uint256 indexed orderId, uint24 indexed seat, uint256 amount);

    error Refused();

    constructor(AuthorizationToken token_, ISeatRegistry seats_) {
        token = token_;
        seats = seats_;
    }

    function open(uint256 orderId, uint64 ceiling, uint40 deadline) external {
        orders[orderId] = Order(0, ceiling, deadline);
    }

    function joinAll(uint256 orderId, Authorization[] calldata list) external {
        Order memory order = orders[orderId];
        if (block.timestamp > order.deadline) revert Refused();
        for (uint256 i; i < list.length; ++i) {
            Authorization calldata each = list[i];
            uint24 seat = seats.seatOf(each.from);
            if (seat == 0 || contributions[orderId][seat] != 0) revert Refused();
            contributions[orderId][seat] = uint64(each.value);
            order.total += uint64(each.value);
            token.receiveWithAuthorization(
                each.from, address(this), each.value, 0, each.validBefore, each.nonce, each.v, each.r, each.s
            );
            emit Joined(orderId, seat, each.value);
        }
        if (order.total > order.ceiling) revert Refused();
        orders[orderId] = order;
    }
}
