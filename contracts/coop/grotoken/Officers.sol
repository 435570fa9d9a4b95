// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AnnouncedUpgrades} from "../AnnouncedUpgrades.sol";
import {IGroToken} from "../interfaces/IGroToken.sol";
import {GroStore} from "./GroStore.sol";

/// @title Who may certify and attest, what is known of lots and of what was issued.
abstract contract Officers is AnnouncedUpgrades, IGroToken, GroStore {
    /// @notice Recalls a lot, or ends a recall. The operations role's; the lot's certifier may recall, not end it.
    /// @param caseHash A commitment to the case's file, never its text.
    function setRecalled(uint256 lot, bool recalled, bytes32 caseHash) external {
        GroTokenStorage storage store = _gro();
        bool byCertifier = recalled && store.isCertifier[msg.sender] && store.lots[lot].certifier == msg.sender;
        if (!byCertifier) _checkCanCall(msg.sender, msg.data);
        _setRecalled(lot, recalled, caseHash, msg.sender);
    }

    /// @notice What is known of a lot; zeros when there is none.
    function lotOf(uint256 lot) external view returns (Lot memory) {
        return _gro().lots[lot];
    }

    /// @inheritdoc IGroToken
    function lotId(address certifier, bytes32 farm, uint32 harvestDay, uint32 serial) public pure returns (uint256) {
        return _lotId(certifier, farm, harvestDay, serial);
    }

    /// @inheritdoc IGroToken
    function isHarvestUsed(uint256 lot, bytes32 ref) external view returns (bool) {
        return _gro().used[_harvestNullifier(lot, ref)];
    }

    /// @notice Whether this key's `Certify` and `Harvest` count.
    function isCertifier(address key) external view returns (bool) {
        return _gro().isCertifier[key];
    }

    /// @notice Grams that the certifier had minted today (UTC).
    function gramsToday(address certifier) external view returns (uint256) {
        DayUse memory use = _gro().dayUse[certifier];
        return use.day == block.timestamp / 1 days ? use.grams : 0;
    }

    /// @notice Names or removes a certifier. The admin's.
    function setCertifier(address key, bool isOne) external restricted {
        _setCertifier(key, isOne);
    }

    /// @notice Removes a certifier at once; its lots stay. The operations role's.
    function removeCertifier(address key) external restricted {
        _setCertifier(key, false);
    }

    function _setCertifier(address key, bool isOne) internal {
        // Address 0 is what a bad signature recovers to.
        if (key == address(0)) revert BadOfficer(key);
        GroTokenStorage storage store = _gro();
        emit CertifierSet(key, msg.sender, store.isCertifier[key], isOne);
        store.isCertifier[key] = isOne;
    }

    /// @notice Micro-GRO issued in a season, altogether and to a seat.
    function issuedIn(uint256 season, uint24 seat) external view returns (uint256 total, uint256 toSeat) {
        GroTokenStorage storage store = _gro();
        return (store.issuedIn[season], store.issuedTo[season][seat]);
    }

    /// @notice Whether this key's `Shift` counts.
    function isSteward(address key) external view returns (bool) {
        return _gro().isSteward[key];
    }

    /// @inheritdoc IGroToken
    function isShiftUsed(bytes32 ref) external view returns (bool) {
        return _gro().used[_shiftNullifier(ref)];
    }

    /// @notice Names or removes a steward. The admin's.
    function setSteward(address key, bool isOne) external restricted {
        _setSteward(key, isOne);
    }

    /// @notice Removes a steward at once. The operations role's.
    function removeSteward(address key) external restricted {
        _setSteward(key, false);
    }

    function _setSteward(address key, bool isOne) internal {
        // Address 0 is what a bad signature recovers to.
        if (key == address(0)) revert BadOfficer(key);
        GroTokenStorage storage store = _gro();
        emit StewardSet(key, msg.sender, store.isSteward[key], isOne);
        store.isSteward[key] = isOne;
    }
}
