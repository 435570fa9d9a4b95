// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {GroupBuying} from "../../coop/GroupBuying.sol";

/// @notice Gives the compiler a place to lay out the book's namespaced storage, which it reports for plain variables only.
contract GroupBuyingLayout {
    GroupBuying.GroupBuyingStorage internal store;
}
