// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ISeatRegistry} from "../interfaces/ISeatRegistry.sol";
import {Account} from "./Account.sol";
import {SeatWords} from "../registry/SeatWords.sol";

/// @title Accounts of Food-USD: ERC-20, the freeze and the daily limit.
/// @dev What leaves an account, by transfer or by spend, counts against its daily limit (days are UTC). A holder lowers the
/// limit at once and raises it after 48 hours, so that a key in wrong hands can take no more than a day's worth each day.
abstract contract Ledger is IERC20Metadata, IERC20Errors, EIP712 {
    using SeatWords for uint256;

    /// @notice How long a raised daily limit stays announced.
    uint256 public constant RAISE_DELAY = 48 hours;

    bytes32 private constant DAILY_LIMIT_TYPEHASH =
        keccak256("DailyLimit(uint24 seat,uint64 limit,uint32 revision,uint40 validUntil)");

    /// @notice A change of an account's daily limit. One word.
    struct LimitChange {
        uint64 raisedTo;
        uint40 effectiveAt;
        uint32 revision;
    }

    struct Supply {
        uint64 total;
        uint64 reserve;
        uint64 sequence;
        uint40 takenAt;
    }

    /// @notice Who holds which seat.
    ISeatRegistry public immutable seats;
    /// @notice What may leave an account in a day (UTC) unless it has a limit of its own, in micro-units.
    uint64 public immutable defaultDailyLimit;

    Supply internal _supply;
    mapping(address account => Account) internal _accounts;
    mapping(address owner => mapping(address spender => uint256)) private _allowances;
    /// @notice The last change of the account's limit; `effectiveAt` is 0 when none waits.
    mapping(address account => LimitChange) public limitChangeOf;

    event AccountFrozen(uint24 indexed seat, address indexed account, bool was, bool is_);
    event DailyLimitSet(address indexed account, uint256 oldLimit, uint256 newLimit);
    event DailyLimitRaiseAnnounced(address indexed account, uint256 oldLimit, uint256 newLimit, uint40 effectiveAt);

    error AccountIsFrozen(address account);
    error DailyLimitExceeded(address account, uint256 left, uint256 needed);
    error LimitNotSignedBySeat(uint24 seat);
    error StaleLimitRevision(uint32 current, uint32 given);
    error BadLimit();
    error MessageExpired(uint40 validUntil);
    error NothingAnnounced(address account);
    error TooEarly(uint40 effectiveAt);

    constructor(ISeatRegistry seats_, uint64 defaultDailyLimit_) {
        if (defaultDailyLimit_ == 0) revert BadLimit();
        seats = seats_;
        defaultDailyLimit = defaultDailyLimit_;
    }

    /// @notice Copies the registry's freeze of seats to their accounts, so that plain transfers obey it. Anybody may call.
    function mirrorFreeze(uint24[] calldata list) external {
        uint256[] memory words = seats.wordsOf(list);
        for (uint256 i; i < list.length; ++i) {
            address key = words[i].keyOf();
            if (key == address(0)) continue;
            bool frozen = words[i].isFrozen();
            Account account = _accounts[key];
            if (account.isFrozen() == frozen) continue;
            _accounts[key] = account.withFrozen(frozen);
            emit AccountFrozen(list[i], key, !frozen, frozen);
        }
    }

    /// @notice What may still leave the account today, in micro-units; the balance apart.
    function leftToday(address account) external view returns (uint256) {
        Account word = _accounts[account];
        uint256 limit = _limitOf(word);
        uint256 spent = word.spentOn(block.timestamp / 1 days);
        return spent < limit ? limit - spent : 0;
    }

    /// @notice Whether the account cannot send.
    function isAccountFrozen(address account) external view returns (bool) {
        return _accounts[account].isFrozen();
    }

    /// @notice What may leave the account in a day, in micro-units.
    function dailyLimitOf(address account) external view returns (uint256) {
        return _limitOf(_accounts[account]);
    }

    /// @notice Changes the daily limit of a seat's account, by a message of the seat's key. Lower counts at once and takes back
    /// an announced raise; higher is announced and counts after `RAISE_DELAY`, see `applyDailyLimit`.
    function setDailyLimit(uint24 seat, uint64 limit, uint32 revision, uint40 validUntil, bytes calldata signature) external {
        if (block.timestamp > validUntil) revert MessageExpired(validUntil);
        if (limit == 0) revert BadLimit();
        bytes32 structHash = keccak256(abi.encode(DAILY_LIMIT_TYPEHASH, seat, limit, revision, validUntil));
        (address account,,) = ECDSA.tryRecoverCalldata(_hashTypedDataV4(structHash), signature);
        if (account == address(0) || account != seats.keyOf(seat)) revert LimitNotSignedBySeat(seat);
        LimitChange memory change = limitChangeOf[account];
        if (revision <= change.revision) revert StaleLimitRevision(change.revision, revision);
        uint256 current = _limitOf(_accounts[account]);
        if (limit > current) {
            uint40 effectiveAt = uint40(block.timestamp + RAISE_DELAY);
            limitChangeOf[account] = LimitChange(limit, effectiveAt, revision);
            emit DailyLimitRaiseAnnounced(account, current, limit, effectiveAt);
        } else {
            limitChangeOf[account] = LimitChange(0, 0, revision);
            _setLimit(account, current, limit);
        }
    }

    /// @notice Puts an announced raise into force once its time has come. Anybody may call.
    function applyDailyLimit(address account) external {
        LimitChange memory change = limitChangeOf[account];
        if (change.effectiveAt == 0) revert NothingAnnounced(account);
        if (block.timestamp < change.effectiveAt) revert TooEarly(change.effectiveAt);
        limitChangeOf[account] = LimitChange(0, 0, change.revision);
        _setLimit(account, _limitOf(_accounts[account]), change.raisedTo);
    }

    function _setLimit(address account, uint256 old, uint256 limit) private {
        _accounts[account] = _accounts[account].withLimit(limit);
        emit DailyLimitSet(account, old, limit);
    }

    function _limitOf(Account account) internal view returns (uint256 limit) {
        limit = account.ownLimit();
        if (limit == 0) limit = defaultDailyLimit;
    }

    function name() external pure returns (string memory) {
        return "Food USD";
    }

    function symbol() external pure returns (string memory) {
        return "FUSD";
    }

    function decimals() external pure returns (uint8) {
        return 6;
    }

    function totalSupply() external view returns (uint256) {
        return _supply.total;
    }

    function balanceOf(address account) external view returns (uint256) {
        return _accounts[account].balance();
    }

    function allowance(address owner, address spender) external view returns (uint256) {
        return _allowances[owner][spender];
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        if (spender == address(0)) revert ERC20InvalidSpender(spender);
        _allowances[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        _move(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 allowed = _allowances[from][msg.sender];
        if (allowed != type(uint256).max) {
            if (allowed < amount) revert ERC20InsufficientAllowance(msg.sender, allowed, amount);
            _allowances[from][msg.sender] = allowed - amount;
        }
        _move(from, to, amount);
        return true;
    }

    function _move(address from, address to, uint256 amount) private {
        if (to == address(0)) revert ERC20InvalidReceiver(to);
        Account account = _accounts[from];
        if (account.isFrozen()) revert AccountIsFrozen(from);
        if (account.balance() < amount) revert ERC20InsufficientBalance(from, account.balance(), amount);
        uint256 today = block.timestamp / 1 days;
        uint256 spent = account.spentOn(today);
        uint256 limit = _limitOf(account);
        if (spent + amount > limit) revert DailyLimitExceeded(from, spent < limit ? limit - spent : 0, amount);
        _accounts[from] = account.debit(amount, today, spent);
        _accounts[to] = _accounts[to].credit(amount);
        emit Transfer(from, to, amount);
    }
}
