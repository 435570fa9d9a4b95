// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AccessManagedUpgradeable} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ParameterKeys} from "../ParameterKeys.sol";
import {GovernorStorage} from "./GovernorStorage.sol";

/// @title What a proposal of each kind may call.
/// @notice Text calls nothing. Spending transfers Food-USD out of this contract's own account, within the month's cap.
/// Parameters sets numbers. Roles and upgrades call what is on the list. What the first three may call at most stands in this
/// code, so that nothing slips from the slow kind into a faster one; the list can only take it away and give it back.
/// @dev To list a function that itself carries a call (as the access manager's `execute` and `multicall` do) is to list
/// everything that it can reach.
abstract contract CallRules is GovernorStorage, AccessManagedUpgradeable {
    /// @notice A function that proposals of a kind may call.
    struct Allowed {
        uint8 kind;
        address target;
        bytes4 selector;
    }

    /// @notice Calls nothing.
    uint8 public constant TEXT = 0;
    /// @notice Transfers Food-USD.
    uint8 public constant SPENDING = 1;
    /// @notice Sets numbers.
    uint8 public constant PARAMETERS = 2;
    /// @notice Roles and upgrades.
    uint8 public constant ROLES = 3;
    /// @notice The most calls of a proposal.
    uint256 public constant MOST_CALLS = 10;
    /// @notice The most bytes of all its calls: the event of its recording carries them, and events have a limit.
    uint256 public constant MOST_CALL_BYTES = 4096;
    /// @notice How long a month of the spending cap is; the period of a moment is its time divided by it.
    uint256 public constant SPENDING_PERIOD = 30 days;

    /// @dev `set(bytes32,uint256)` of `Parameters`.
    bytes4 private constant SET = bytes4(keccak256("set(bytes32,uint256)"));
    // A selector and two words, as `transfer` and `set` have them.
    uint256 private constant TWO_WORDS = 68;

    event CallAllowed(uint8 indexed kind, address indexed target, bytes4 indexed selector, bool wasAllowed, bool isAllowed);
    event Spent(bytes32 indexed id, uint256 indexed period, uint256 oldTotal, uint256 newTotal);

    error UnknownKind(uint8 kind);
    error ListsDiffer(uint256 targets, uint256 calls);
    error BadCallCount(uint8 kind, uint256 calls);
    error CallsTooLong(uint256 length);
    error CallNotAllowed(uint8 kind, address target, bytes4 selector);
    error BadCallData(uint256 index);
    error OverMonthlySpending(uint256 period, uint256 most, uint256 total);

    /// @notice Lists a function for proposals of a kind, or takes it off. The governor's own, by a vote on roles.
    function setAllowed(uint8 kind, address target, bytes4 selector, bool allowed) external restricted {
        _setAllowed(kind, target, selector, allowed);
    }

    /// @notice Whether proposals of the kind may call the function.
    function isAllowed(uint8 kind, address target, bytes4 selector) public view returns (bool) {
        return _storage().allowed[_callKey(kind, target, selector)];
    }

    /// @notice What proposals spent in a period (time divided by 30 days), in micro-units.
    function spentIn(uint256 period) external view returns (uint256) {
        return _storage().spent[period];
    }

    function _setAllowed(uint8 kind, address target, bytes4 selector, bool allowed) internal {
        if (kind > ROLES) revert UnknownKind(kind);
        bool fits = kind == ROLES || (kind == SPENDING && target == token && selector == IERC20.transfer.selector)
            || (kind == PARAMETERS && target == address(parameters) && selector == SET);
        if (!fits) revert CallNotAllowed(kind, target, selector);
        mapping(uint256 => bool) storage list = _storage().allowed;
        uint256 key = _callKey(kind, target, selector);
        emit CallAllowed(kind, target, selector, list[key], allowed);
        list[key] = allowed;
    }

    /// @dev At the start: the two functions that the kinds in between are for, and the given ones.
    function _allowFirst(Allowed[] calldata list) internal {
        _setAllowed(SPENDING, token, IERC20.transfer.selector, true);
        _setAllowed(PARAMETERS, address(parameters), SET, true);
        for (uint256 i; i < list.length; ++i) _setAllowed(list[i].kind, list[i].target, list[i].selector, true);
    }

    /// @dev Reverts unless the kind may call all of it, now.
    function _checkCalls(Proposal calldata content) internal view {
        uint8 kind = content.kind;
        if (kind > ROLES) revert UnknownKind(kind);
        uint256 count = content.calls.length;
        if (content.targets.length != count) revert ListsDiffer(content.targets.length, count);
        if ((count == 0) != (kind == TEXT) || count > MOST_CALLS) revert BadCallCount(kind, count);
        uint256 length;
        for (uint256 i; i < count; ++i) {
            bytes calldata data = content.calls[i];
            length += data.length;
            if (data.length < 4 || (kind != ROLES && data.length != TWO_WORDS)) revert BadCallData(i);
            if (!isAllowed(kind, content.targets[i], bytes4(data))) {
                revert CallNotAllowed(kind, content.targets[i], bytes4(data));
            }
        }
        if (length > MOST_CALL_BYTES) revert CallsTooLong(length);
    }

    /// @dev Adds what the proposal spends to the month's, before it is spent. The cap is today's.
    function _countSpending(bytes32 id, Proposal calldata content) internal {
        uint256 period = block.timestamp / SPENDING_PERIOD;
        uint256 before = _storage().spent[period];
        uint256 total = before;
        // The second word of a transfer is its amount.
        for (uint256 i; i < content.calls.length; ++i) total += uint256(bytes32(content.calls[i][36:]));
        uint256 most = parameters.get(ParameterKeys.SPENDING_PER_MONTH);
        if (total > most) revert OverMonthlySpending(period, most, total);
        _storage().spent[period] = total;
        emit Spent(id, period, before, total);
    }

    function _callKey(uint8 kind, address target, bytes4 selector) private pure returns (uint256) {
        return uint256(kind) << 192 | uint256(uint160(target)) << 32 | uint32(selector);
    }
}
