// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice One word per account of Food-USD: balance (64 bits) | spent today (64) | day (24) | daily limit (64) | frozen (1) | a member's (1).
type Account is uint256;

using AccountWord for Account global;

/// @title Reads and changes an account's word.
/// @dev Packing keeps a debit at one storage write, with the freeze and the daily limit checked.
library AccountWord {
    uint256 private constant U64 = type(uint64).max;
    uint256 private constant DAY_SHIFT = 128;
    uint256 private constant LIMIT_SHIFT = 152;
    uint256 private constant FROZEN = 1 << 216;
    uint256 private constant MEMBER = 1 << 217;
    // Spent today and its day lie side by side and change together.
    uint256 private constant SPENT_AND_DAY = uint256(type(uint88).max) << 64;

    function balance(Account self) internal pure returns (uint256) {
        return Account.unwrap(self) & U64;
    }

    function isFrozen(Account self) internal pure returns (bool) {
        return Account.unwrap(self) & FROZEN != 0;
    }

    /// @dev Whether the account is, or was, at the key of a seat.
    function isMember(Account self) internal pure returns (bool) {
        return Account.unwrap(self) & MEMBER != 0;
    }

    /// @dev The account's own daily limit, 0 where the token's default applies.
    function ownLimit(Account self) internal pure returns (uint256) {
        return (Account.unwrap(self) >> LIMIT_SHIFT) & U64;
    }

    /// @dev What left the account on `day` (days since 1970).
    function spentOn(Account self, uint256 day) internal pure returns (uint256) {
        uint256 word = Account.unwrap(self);
        return (word >> DAY_SHIFT) & type(uint24).max == day ? (word >> 64) & U64 : 0;
    }

    /// @dev Adds to the balance. The sum of all balances fits 64 bits, so this cannot overflow.
    function credit(Account self, uint256 amount) internal pure returns (Account) {
        unchecked {
            return Account.wrap(Account.unwrap(self) + amount);
        }
    }

    /// @dev Takes from the balance and counts it for `day`. The caller has checked balance and limit.
    function debit(Account self, uint256 amount, uint256 day, uint256 spent) internal pure returns (Account) {
        uint256 word = Account.unwrap(self) & ~SPENT_AND_DAY;
        unchecked {
            return Account.wrap((word - amount) | (spent + amount) << 64 | day << DAY_SHIFT);
        }
    }

    /// @dev Takes from the balance of an account that has no limit. The caller has checked the balance.
    function debit(Account self, uint256 amount) internal pure returns (Account) {
        unchecked {
            return Account.wrap(Account.unwrap(self) - amount);
        }
    }

    function asMember(Account self) internal pure returns (Account) {
        return Account.wrap(Account.unwrap(self) | MEMBER);
    }

    function withFrozen(Account self, bool frozen) internal pure returns (Account) {
        uint256 word = Account.unwrap(self);
        return Account.wrap(frozen ? word | FROZEN : word & ~FROZEN);
    }

    function withLimit(Account self, uint256 limit) internal pure returns (Account) {
        return Account.wrap((Account.unwrap(self) & ~(U64 << LIMIT_SHIFT)) | limit << LIMIT_SHIFT);
    }
}
