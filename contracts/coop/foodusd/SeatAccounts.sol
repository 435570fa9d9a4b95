// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IFoodUSD} from "../interfaces/IFoodUSD.sol";
import {SeatWords} from "../registry/SeatWords.sol";
import {Account} from "./Account.sol";
import {DailyLimits} from "./DailyLimits.sol";

/// @title What the ledger takes over from the registry: who is a member, who is frozen, which key is a seat's now.
/// @notice Anybody may call; the registry alone decides what comes of it.
abstract contract SeatAccounts is IFoodUSD, DailyLimits {
    using SeatWords for uint256;

    event AccountFrozen(uint24 indexed seat, address indexed account, bool was, bool is_);
    /// @notice A seat's former key was emptied into its current one.
    event Carried(uint24 indexed seat, address indexed oldKey, address indexed newKey, uint256 amount);

    error NotAFormerKey(address key);

    /// @inheritdoc IFoodUSD
    function mirror(uint24[] calldata list) external {
        uint256[] memory words = seats.wordsOf(list);
        for (uint256 i; i < list.length; ++i) {
            if (words[i] != 0) _mirror(list[i], words[i]);
        }
    }

    /// @inheritdoc IFoodUSD
    /// @dev The freeze is the registry's at this moment, not the old account's: else anybody could freeze a released seat again
    /// by carrying nothing. A limit of the new account's own stays.
    function carry(address oldKey) external returns (uint256 amount) {
        _requireNotPaused();
        uint24[] memory list = new uint24[](1);
        uint24 seat = seats.formerSeatOf(oldKey);
        if (seat == 0) revert NotAFormerKey(oldKey);
        list[0] = seat;
        uint256 word = seats.wordsOf(list)[0];
        address newKey = word.keyOf();
        Account old = _accounts[oldKey];
        amount = old.balance();
        _accounts[oldKey] = old.debit(amount);
        _accounts[newKey] = _accounts[newKey].credit(amount);
        _mirror(seat, word);
        emit Transfer(oldKey, newKey, amount);
        emit Carried(seat, oldKey, newKey, amount);
        if (old.ownLimit() != 0 && _accounts[newKey].ownLimit() == 0) _setLimit(newKey, old.ownLimit());
    }

    function _mirror(uint24 seat, uint256 word) private {
        address key = word.keyOf();
        bool frozen = word.isFrozen();
        Account account = _accounts[key];
        if (account.isMember() && account.isFrozen() == frozen) return;
        if (account.isFrozen() != frozen) emit AccountFrozen(seat, key, !frozen, frozen);
        _accounts[key] = _asMember(account, seat, key).withFrozen(frozen);
    }
}
