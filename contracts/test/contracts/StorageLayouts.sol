// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AnnouncedUpgrades} from "../../coop/AnnouncedUpgrades.sol";
import {GroupBuying} from "../../coop/GroupBuying.sol";
import {Parameters} from "../../coop/Parameters.sol";

/// @notice Gives the compiler a place to lay out namespaced storage, which it reports for plain variables only. One variable
/// per namespace, named as the namespace ends.
contract StorageLayouts {
    AnnouncedUpgrades.AnnouncedUpgradesStorage internal announcedUpgrades;
    GroupBuying.GroupBuyingStorage internal groupBuying;
    Parameters.ParametersStorage internal parameters;
}
