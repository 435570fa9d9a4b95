// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ISeatRegistry} from "../interfaces/ISeatRegistry.sol";
import {Account} from "./Account.sol";
import {Pausing} from "./Pausing.sol";
import {Reasons} from "./Reasons.sol";

/// @title Accounts of Food-USD: ERC-20, the freeze and the daily limit.
/// @dev What leaves a member's account, in whatever way, counts against its daily limit (days are UTC). Accounts that are not
/// members', such as the clearing account or a contract that keeps an order's money, have no limit.
abstract contract Ledger is IERC20Metadata, IERC20Errors, EIP712, Pausing, Reasons {
    struct Supply {
        uint64 total;
        uint64 reserve;
        uint64 sequence;
        uint40 takenAt;
    }

    uint256 private constant NO_LIMIT = type(uint256).max;

    /// @notice Who holds which seat.
    ISeatRegistry public immutable seats;
    /// @notice What may leave a member's account in a day (UTC) unless it has a limit of its own, in micro-units.
    uint64 public immutable defaultDailyLimit;

    Supply internal _supply;
    mapping(address account => Account) internal _accounts;
    mapping(address owner => mapping(address spender => uint256)) private _allowances;

    /// @notice From now on the account is a member's: the default daily limit applies to it.
    event MemberAccountSet(uint24 indexed seat, address indexed account);

    error AccountIsFrozen(address account);
    error DailyLimitExceeded(address account, uint256 left, uint256 needed);
    error BadLimit();
    error MessageExpired(uint256 validUntil);

    constructor(ISeatRegistry seats_, uint64 defaultDailyLimit_) {
        if (defaultDailyLimit_ == 0) revert BadLimit();
        seats = seats_;
        defaultDailyLimit = defaultDailyLimit_;
    }

    /// @notice What may still leave the account today, in micro-units; the balance apart. 2²⁵⁶ − 1 for an account without limit.
    function leftToday(address account) external view returns (uint256) {
        Account word = _accounts[account];
        uint256 limit = _limitOf(word);
        if (limit == NO_LIMIT) return NO_LIMIT;
        uint256 spent = word.spentOn(block.timestamp / 1 days);
        return spent < limit ? limit - spent : 0;
    }

    /// @notice Whether the account cannot send.
    function isAccountFrozen(address account) external view returns (bool) {
        return _accounts[account].isFrozen();
    }

    /// @notice What may leave the account in a day, in micro-units; 2²⁵⁶ − 1 for an account without limit.
    function dailyLimitOf(address account) external view returns (uint256) {
        return _limitOf(_accounts[account]);
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
        _approve(msg.sender, spender, amount);
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
            if (from == address(0)) revert ERC20InvalidApprover(from);
            unchecked {
                _allowances[from][msg.sender] = allowed - amount;
            }
        }
        _move(from, to, amount);
        return true;
    }

    /// @dev `owner` agreed: it calls, or it signed a permit.
    function _approve(address owner, address spender, uint256 amount) internal {
        if (spender == address(0)) revert ERC20InvalidSpender(spender);
        _allowances[owner][spender] = amount;
        emit Approval(owner, spender, amount);
    }

    /// @dev The only way by which single transfers move money, with pause, freeze and limit. `from` agreed: it calls, gave an
    /// allowance, or signed. The token's own account holds what waits to be redeemed and receives nothing else.
    function _move(address from, address to, uint256 amount) internal {
        _requireNotPaused();
        if (to == address(0) || to == address(this)) revert ERC20InvalidReceiver(to);
        Account account = _accounts[from];
        if (account.isFrozen()) revert AccountIsFrozen(from);
        if (account.balance() < amount) revert ERC20InsufficientBalance(from, account.balance(), amount);
        uint256 limit = _limitOf(account);
        if (limit == NO_LIMIT) {
            _accounts[from] = account.debit(amount);
        } else {
            uint256 today = block.timestamp / 1 days;
            uint256 spent = account.spentOn(today);
            if (spent + amount > limit) revert DailyLimitExceeded(from, spent < limit ? limit - spent : 0, amount);
            _accounts[from] = account.debit(amount, today, spent);
        }
        _accounts[to] = _accounts[to].credit(amount);
        emit Transfer(from, to, amount);
    }

    /// @dev Takes what the seat of this key signed, or says why not. The caller has verified the signature, credits `to` and
    /// has asked for the pause. A seat's account has the default limit even where the ledger has not met it yet.
    function _take(address key, address to, uint256 amount, uint256 today) internal returns (uint256) {
        Account account = _accounts[key];
        if (account.isFrozen()) return SEAT_FROZEN;
        if (account.balance() < amount) return UNFUNDED;
        uint256 spent = account.spentOn(today);
        // Two values of 64 bits.
        unchecked {
            if (spent + amount > _seatLimitOf(account)) return OVER_DAILY_LIMIT;
        }
        _accounts[key] = account.debit(amount, today, spent);
        emit Transfer(key, to, amount);
        return 0;
    }

    /// @dev The registry's words of the seats of a batch, asked in one call. Every batch's items are structs of `bytes` whose first
    /// field is the seat.
    /// @param items Where the array lies in the call's data; what does not lie there reads as 0, and reverts when it is used.
    function _wordsOf(uint256 items, uint256 count) internal view returns (uint256[] memory) {
        // A mask has 256 bits.
        if (count > 256) revert TooManyItems(count);
        uint24[] memory list = new uint24[](count);
        for (uint256 i; i < count; ++i) {
            assembly ("memory-safe") {
                let offset := shl(5, i)
                let seat := calldataload(add(items, calldataload(add(items, offset))))
                mstore(add(add(list, 0x20), offset), and(seat, 0xffffff))
            }
        }
        return seats.wordsOf(list);
    }

    /// @dev Who signed, zero when nobody did. 65 bytes, the lower half of s.
    function _signerOf(bytes32 structHash, bytes calldata signature) internal view returns (address signer) {
        (signer,,) = ECDSA.tryRecoverCalldata(_hashTypedDataV4(structHash), signature);
    }

    /// @dev The word of an account that is at a seat's key.
    function _asMember(Account account, uint24 seat, address key) internal returns (Account) {
        if (account.isMember()) return account;
        emit MemberAccountSet(seat, key);
        return account.asMember();
    }

    function _seatLimitOf(Account account) internal view returns (uint256 limit) {
        limit = account.ownLimit();
        if (limit == 0) limit = defaultDailyLimit;
    }

    function _limitOf(Account account) private view returns (uint256 limit) {
        limit = account.ownLimit();
        if (limit == 0) limit = account.isMember() ? defaultDailyLimit : NO_LIMIT;
    }
}
