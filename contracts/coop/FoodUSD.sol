// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Authorizations} from "./foodusd/Authorizations.sol";
import {Deposits} from "./foodusd/Deposits.sol";
import {Ledger} from "./foodusd/Ledger.sol";
import {Officers} from "./foodusd/Officers.sol";
import {Permits} from "./foodusd/Permits.sol";
import {Redemptions} from "./foodusd/Redemptions.sol";
import {SeatAccounts} from "./foodusd/SeatAccounts.sol";
import {SignedTransfers} from "./foodusd/SignedTransfers.sol";
import {Spends} from "./foodusd/Spends.sol";
import {IFoodUSD} from "./interfaces/IFoodUSD.sol";
import {ISeatRegistry} from "./interfaces/ISeatRegistry.sol";

/// @title Food-USD, the building's money.
/// @notice An ERC-20 of 6 decimals that cannot be upgraded. It comes into being only by a minter's signature over a deposit
/// reference, once per reference, within the minter's allowance per day and never above the reserve that an attestor signed. It
/// moves only by its holder's own transfer, by what its holder signed, or from a seat's former key to the seat's current one;
/// and it ends only when its holder asked to redeem it and a minter signed that the bank has paid.
///
/// No role, and no upgrade of another contract, can debit anybody. What the board's keys can do here, with two of them (the
/// registry's threshold):
/// - at once: remove minters and attestors, name and remove the guardian, end a pause; freeze a seat in the registry, so that
///   what its key signs settles nothing, and its account sends nothing once somebody has called `mirror`;
/// - after 7 days: name minters and attestors, or another authority. Minters and attestors of their choice could mint money
///   that no bank holds, a minter's allowance each day, and confirm payouts that never happened of what members asked to redeem;
/// - after 7 days in the registry, unless the seat's old key cancels: give a seat another key, to which `carry` then moves what
///   lies at the old one. An owner who has lost the key comes to the money in this way and in no other.
/// The guardian can stop everything that moves for 3 days, and again only after 3 days' rest or when the board ended it.
contract FoodUSD is Deposits, Redemptions, Spends, SignedTransfers, SeatAccounts, Authorizations {
    /// @param authority_ The access manager that names minters, attestors and the guardian.
    /// @param defaultDailyLimit_ What may leave a member's account in a day, in micro-units.
    /// @param minterDailyAllowance What each of the first minters may mint in a day, in micro-units.
    constructor(
        ISeatRegistry seats_,
        address authority_,
        address[] memory minters,
        address[] memory attestors,
        uint64 defaultDailyLimit_,
        uint64 minterDailyAllowance
    )
        EIP712("Food USD", "1")
        Ledger(seats_, defaultDailyLimit_)
        AccessManaged(authority_)
        Officers(minters, attestors, minterDailyAllowance)
    {}

    /// @notice EIP-712 domain separator of everything that is signed for this token.
    function DOMAIN_SEPARATOR() external view override(IFoodUSD, Permits) returns (bytes32) {
        return _domainSeparatorV4();
    }
}
