// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AccessManagedUpgradeable} from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagedUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// @title An upgradeable contract whose upgrades everybody sees coming.
/// @notice The upgrader announces an implementation; 7 days later, and for 30 days, it can be put in its place. Neither the
/// upgrader nor a shorter delay elsewhere can hasten that: it stands in this code.
abstract contract AnnouncedUpgrades is AccessManagedUpgradeable, UUPSUpgradeable {
    /// @custom:storage-location erc7201:stoop.storage.AnnouncedUpgrades
    struct AnnouncedUpgradesStorage {
        address implementation;
        uint40 effectiveAt;
    }

    // keccak256(abi.encode(uint256(keccak256("stoop.storage.AnnouncedUpgrades")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE = 0x24e0733c8492492e5f3c81499d653368b7182acc2dd4f56bfc8acb5a89acbe00;

    /// @notice How long an upgrade stays announced before it can be carried out.
    uint256 public constant UPGRADE_DELAY = 7 days;
    /// @notice How long it can be carried out after that.
    uint256 public constant UPGRADE_WINDOW = 30 days;

    event UpgradeAnnounced(address indexed oldImplementation, address indexed implementation, uint40 effectiveAt);
    event UpgradeWithdrawn(address indexed implementation);

    error NotAnImplementation(address implementation);
    error UpgradeNotAnnounced(address implementation);
    error UpgradeTooEarly(uint40 effectiveAt);
    error UpgradeTooLate(uint256 expiredAt);

    /// @notice Announces an implementation; it takes the place of one announced before. The upgrader role's.
    function announceUpgrade(address implementation) external restricted {
        if (implementation.code.length == 0) revert NotAnImplementation(implementation);
        AnnouncedUpgradesStorage storage store = _upgrades();
        uint40 effectiveAt = uint40(block.timestamp + UPGRADE_DELAY);
        emit UpgradeAnnounced(store.implementation, implementation, effectiveAt);
        (store.implementation, store.effectiveAt) = (implementation, effectiveAt);
    }

    /// @notice Takes an announcement back. The operations role's.
    function withdrawUpgrade() external restricted {
        AnnouncedUpgradesStorage storage store = _upgrades();
        if (store.implementation == address(0)) revert UpgradeNotAnnounced(address(0));
        emit UpgradeWithdrawn(store.implementation);
        (store.implementation, store.effectiveAt) = (address(0), 0);
    }

    /// @notice The implementation that is announced and from when on it can be put in place; zeros when none is.
    function announcedUpgrade() external view returns (address implementation, uint40 effectiveAt) {
        AnnouncedUpgradesStorage storage store = _upgrades();
        return (store.implementation, store.effectiveAt);
    }

    /// @dev The upgrader role's, after the announcement. Used up by the upgrade.
    function _authorizeUpgrade(address implementation) internal override restricted {
        AnnouncedUpgradesStorage storage store = _upgrades();
        if (store.implementation != implementation) revert UpgradeNotAnnounced(implementation);
        uint40 effectiveAt = store.effectiveAt;
        if (block.timestamp < effectiveAt) revert UpgradeTooEarly(effectiveAt);
        if (block.timestamp > effectiveAt + UPGRADE_WINDOW) revert UpgradeTooLate(effectiveAt + UPGRADE_WINDOW);
        (store.implementation, store.effectiveAt) = (address(0), 0);
    }

    function _upgrades() private pure returns (AnnouncedUpgradesStorage storage store) {
        assembly {
            store.slot := STORAGE
        }
    }
}
