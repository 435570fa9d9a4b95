// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ISeatRegistry} from "../interfaces/ISeatRegistry.sol";
import {Entries} from "./Entries.sol";
import {OrderTerms, Terms} from "./Terms.sol";

/// @notice What the book asks of the token besides spending.
interface ISeatedToken {
    /// @notice Who holds which seat.
    function seats() external view returns (ISeatRegistry);
}

/// @title The orders in escrow: what stands here, and how the payee is paid.
/// @dev An order is known by its subject and its terms together, so that nobody can block a subject with terms of his own. The
/// sums are the book's own, never its balance, so that what others send here changes nothing.
abstract contract EscrowBook is OrderTerms {
    using Entries for mapping(uint256 => uint256);

    /// @notice An order in escrow. One word.
    /// @param total What waits, or what the payee has got once the order is executed, in micro-units.
    /// @param count How many entries were made.
    struct Header {
        uint64 total;
        uint40 deadline;
        uint16 count;
        bool executed;
    }

    /// @custom:storage-location erc7201:stoop.storage.GroupBuyingEscrow
    struct EscrowStorage {
        mapping(bytes32 orderId => Header) headers;
        mapping(bytes32 orderId => mapping(uint256 wordIndex => uint256)) entries;
        mapping(bytes32 orderId => mapping(uint256 wordIndex => uint256)) joined;
    }

    // keccak256(abi.encode(uint256(keccak256("stoop.storage.GroupBuyingEscrow")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE = 0x3935edcced4e86f7fa450f8fb3af10d66343aad33005e2b3ba998e540b4c1800;

    /// @notice Who holds which seat: the token's registry.
    ISeatRegistry public immutable seats;

    event OrderExecuted(bytes32 indexed orderId, bytes32 indexed subject, address indexed payee, uint256 total);
    /// @notice The target is met and the payee could not be paid; `execute` tries again, and after the deadline it is paid back.
    event PaymentFailed(bytes32 indexed orderId, address indexed payee, bytes reason);
    error AlreadyExecuted(bytes32 orderId);
    error TargetNotMet(uint64 target, uint256 total);

    constructor() {
        seats = ISeatedToken(address(token)).seats();
    }

    /// @notice Pays the payee of an order whose target was met but who could not be paid then. Anybody may call, until the deadline.
    function execute(bytes32 subject, Terms calldata terms) external {
        bytes32 orderId = orderIdOf(subject, hashTerms(terms));
        Header memory header = _store().headers[orderId];
        if (header.executed) revert AlreadyExecuted(orderId);
        if (block.timestamp > terms.deadline) revert DeadlinePassed(terms.deadline);
        // An order that nobody joined has no total, and no terms with a target of 0 are ever joined.
        if (header.total == 0 || header.total < terms.target) revert TargetNotMet(terms.target, header.total);
        _pay(orderId, subject, terms, header);
    }

    /// @notice What an order in escrow is known by.
    function orderIdOf(bytes32 subject, bytes32 termsHash) public pure returns (bytes32) {
        return keccak256(abi.encode(subject, termsHash));
    }

    /// @notice An order in escrow; zeros when nobody joined it.
    function escrowOf(bytes32 orderId) external view returns (Header memory) {
        return _store().headers[orderId];
    }

    /// @notice Entry `index` of an order; zeros when it was paid back or never made.
    function entryOf(bytes32 orderId, uint256 index) external view returns (uint24 seat, uint256 amount) {
        return _store().entries[orderId].read(index);
    }

    /// @notice Whether the seat joined this order by itself.
    function hasJoined(bytes32 orderId, uint24 seat) external view returns (bool) {
        return _store().joined[orderId][seat >> 8] >> (seat & 0xff) & 1 != 0;
    }

    function _keep(bytes32 orderId, Header memory header, uint40 deadline, uint256 total) internal {
        header.deadline = deadline;
        // Within a ceiling of 40 bits.
        header.total = uint64(total);
        _store().headers[orderId] = header;
    }

    /// @dev Latched before the payment, and open again when the payment fails: then it can be tried again or paid back.
    function _pay(bytes32 orderId, bytes32 subject, Terms calldata terms, Header memory header) internal {
        header.executed = true;
        _store().headers[orderId] = header;
        try IERC20(address(token)).transfer(terms.payee, header.total) {
            emit OrderExecuted(orderId, subject, terms.payee, header.total);
        } catch (bytes memory reason) {
            if (reason.length == 0) revert NotEnoughGas(subject);
            header.executed = false;
            _store().headers[orderId] = header;
            emit PaymentFailed(orderId, terms.payee, reason);
        }
    }

    function _revertWith(bytes memory reason) internal pure {
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }

    function _store() internal pure returns (EscrowStorage storage store) {
        assembly {
            store.slot := STORAGE
        }
    }
}
