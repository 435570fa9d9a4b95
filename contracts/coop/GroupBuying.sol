// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Escrow} from "./groupbuying/Escrow.sol";
import {Refunds} from "./groupbuying/Refunds.sol";
import {Settlement} from "./groupbuying/Settlement.sol";
import {OrderTerms} from "./groupbuying/Terms.sol";
import {IFoodUSD} from "./interfaces/IFoodUSD.sol";

/// @title Group orders, executed when their target is met.
/// @notice A book: members sign their spends to this address, and it asks the token to take them. In the one form an order's
/// spends are taken together or not at all, and nothing waits here (`Settlement`). In the other they wait here until the target
/// is met (`Escrow`) or, after the deadline, are paid back (`Refunds`). The payee is always the one that all of the order's members signed, and an
/// order that fails leaves the others of its transaction alone.
/// @dev UUPS, ERC-7201 storage. What waits here could be misused by an upgrade, which is announced for 7 days.
contract GroupBuying is Settlement, Escrow, Refunds {
    /// @param token_ The money, and through it the registry of seats.
    constructor(IFoodUSD token_) OrderTerms(token_) {
        _disableInitializers();
    }

    /// @notice Called once, by the proxy's constructor.
    function initialize(address authority) external initializer {
        __AccessManaged_init(authority);
    }
}
