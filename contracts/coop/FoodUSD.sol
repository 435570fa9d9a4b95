// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Deposits} from "./foodusd/Deposits.sol";
import {Ledger} from "./foodusd/Ledger.sol";
import {Spends} from "./foodusd/Spends.sol";
import {IFoodUSD} from "./interfaces/IFoodUSD.sol";
import {ISeatRegistry} from "./interfaces/ISeatRegistry.sol";

/// @title Food-USD, the building's money.
/// @notice An ERC-20 of 6 decimals that cannot be upgraded. It comes into being only by a minter's signature over a deposit
/// reference, once per reference and never above the reserve that an attestor signed; it moves only by its holder's own
/// transfer or by a spend that the key of the holder's seat signed. No role, and no upgrade of another contract, can debit
/// anybody: the authority here only names minters and attestors.
contract FoodUSD is Deposits, Spends {
    /// @param authority_ The access manager that names minters and attestors.
    /// @param defaultDailyLimit_ In micro-units.
    constructor(
        ISeatRegistry seats_,
        address authority_,
        address[] memory minters,
        address[] memory attestors,
        uint64 defaultDailyLimit_
    )
        EIP712("Food USD", "1")
        Ledger(seats_, defaultDailyLimit_)
        AccessManaged(authority_)
        Deposits(minters, attestors)
    {}

    /// @inheritdoc IFoodUSD
    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domainSeparatorV4();
    }
}
