// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Account} from "./Account.sol";
import {Ledger} from "./Ledger.sol";

/// @title How a member changes the daily limit.
/// @notice Lowered at once and raised after 48 hours, so that a key in wrong hands can take no more than a day's worth each day.
abstract contract DailyLimits is Ledger {
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

    /// @notice The last change of the account's limit; `effectiveAt` is 0 when none waits.
    mapping(address account => LimitChange) public limitChangeOf;

    event DailyLimitSet(address indexed account, uint256 oldLimit, uint256 newLimit);
    event DailyLimitRaiseAnnounced(address indexed account, uint256 oldLimit, uint256 newLimit, uint40 effectiveAt);

    error LimitNotSignedBySeat(uint24 seat);
    error StaleLimitRevision(uint32 current, uint32 given);
    error NothingAnnounced(address account);
    error TooEarly(uint40 effectiveAt);

    /// @notice Changes the daily limit of a seat's account, by a message of the seat's key. Lower counts at once and takes back
    /// an announced raise; higher is announced and counts after `RAISE_DELAY`, see `applyDailyLimit`.
    function setDailyLimit(uint24 seat, uint64 limit, uint32 revision, uint40 validUntil, bytes calldata signature) external {
        if (block.timestamp > validUntil) revert MessageExpired(validUntil);
        if (limit == 0) revert BadLimit();
        bytes32 structHash = keccak256(abi.encode(DAILY_LIMIT_TYPEHASH, seat, limit, revision, validUntil));
        address account = _signerOf(structHash, signature);
        if (account == address(0) || account != seats.keyOf(seat)) revert LimitNotSignedBySeat(seat);
        LimitChange memory change = limitChangeOf[account];
        if (revision <= change.revision) revert StaleLimitRevision(change.revision, revision);
        uint256 current = _seatLimitOf(_accounts[account]);
        if (limit > current) {
            uint40 effectiveAt = uint40(block.timestamp + RAISE_DELAY);
            limitChangeOf[account] = LimitChange(limit, effectiveAt, revision);
            emit DailyLimitRaiseAnnounced(account, current, limit, effectiveAt);
        } else {
            _endChange(account, limit, revision);
        }
    }

    /// @notice Puts an announced raise into force once its time has come. Anybody may call.
    function applyDailyLimit(address account) external {
        LimitChange memory change = limitChangeOf[account];
        if (change.effectiveAt == 0) revert NothingAnnounced(account);
        if (block.timestamp < change.effectiveAt) revert TooEarly(change.effectiveAt);
        _endChange(account, change.raisedTo, change.revision);
    }

    function _endChange(address account, uint256 limit, uint32 revision) private {
        limitChangeOf[account] = LimitChange(0, 0, revision);
        _setLimit(account, limit);
    }

    function _setLimit(address account, uint256 limit) internal {
        Account word = _accounts[account];
        _accounts[account] = word.withLimit(limit);
        emit DailyLimitSet(account, _seatLimitOf(word), limit);
    }
}
