// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AnnouncedUpgrades} from "../../coop/AnnouncedUpgrades.sol";
import {Parameters} from "../../coop/Parameters.sol";
import {GovernorStorage} from "../../coop/governor/GovernorStorage.sol";
import {SeatLock} from "../../coop/SeatLock.sol";
import {EscrowBook} from "../../coop/groupbuying/EscrowBook.sol";
import {Settlement} from "../../coop/groupbuying/Settlement.sol";
import {GroStore} from "../../coop/grotoken/GroStore.sol";

/// @notice Gives the compiler a place to lay out namespaced storage, which it reports for plain variables only. One variable
/// per namespace, named as the namespace ends.
contract StorageLayouts {
    AnnouncedUpgrades.AnnouncedUpgradesStorage internal announcedUpgrades;
    GovernorStorage.CoopGovernorStorage internal coopGovernor;
    GroStore.GroTokenStorage internal groToken;
    Settlement.GroupBuyingStorage internal groupBuying;
    EscrowBook.EscrowStorage internal groupBuyingEscrow;
    Parameters.ParametersStorage internal parameters;
    SeatLock.SeatLockStorage internal seatLock;
}
