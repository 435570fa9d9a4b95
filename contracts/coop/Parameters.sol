// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AnnouncedUpgrades} from "./AnnouncedUpgrades.sol";
import {IParameters} from "./interfaces/IParameters.sol";

/// @title The numbers that the building's contracts and its hub obey.
/// @notice Members change a value by a vote, within bounds that only a vote on roles can widen. Keys: see `ParameterKeys`.
contract Parameters is IParameters, AnnouncedUpgrades {
    /// @notice A number with the bounds within which `set` can move it.
    struct Parameter {
        bytes32 key;
        uint256 value;
        uint256 least;
        uint256 most;
    }

    /// @dev One entry, without its key.
    struct Entry {
        uint256 value;
        uint256 least;
        uint256 most;
        bool isDeclared;
    }

    /// @custom:storage-location erc7201:stoop.storage.Parameters
    struct ParametersStorage {
        mapping(bytes32 key => Entry) entries;
        bytes32[] keys;
    }

    // keccak256(abi.encode(uint256(keccak256("stoop.storage.Parameters")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE = 0xd6d0bcfcc94f5e69c0089ce104924c1277a8491558234c4e5a04d3a601766400;

    event ParameterDeclared(
        bytes32 indexed key, uint256 oldValue, uint256 newValue, uint256 oldLeast, uint256 least, uint256 oldMost, uint256 most
    );
    event ParameterSet(bytes32 indexed key, uint256 oldValue, uint256 newValue, address indexed by);

    error UnknownParameter(bytes32 key);
    error ParameterOutOfBounds(bytes32 key, uint256 value, uint256 least, uint256 most);

    constructor() {
        _disableInitializers();
    }

    /// @notice Called once, by the proxy's constructor.
    function initialize(address authority, Parameter[] calldata list) external initializer {
        __AccessManaged_init(authority);
        for (uint256 i; i < list.length; ++i) _declare(list[i]);
    }

    /// @notice Declares a number, or gives it other bounds and another value. The admin's and the governor's by a vote on roles.
    function declare(Parameter calldata parameter) external restricted {
        _declare(parameter);
    }

    /// @notice Changes a value within its bounds. The governor's.
    function set(bytes32 key, uint256 value) external restricted {
        Entry storage entry = _entry(key);
        if (value < entry.least || value > entry.most) {
            revert ParameterOutOfBounds(key, value, entry.least, entry.most);
        }
        emit ParameterSet(key, entry.value, value, msg.sender);
        entry.value = value;
    }

    /// @inheritdoc IParameters
    function get(bytes32 key) external view returns (uint256) {
        return _entry(key).value;
    }

    /// @inheritdoc IParameters
    function getAll(bytes32[] calldata list) external view returns (uint256[] memory values) {
        values = new uint256[](list.length);
        for (uint256 i; i < list.length; ++i) values[i] = _entry(list[i]).value;
    }

    /// @notice The bounds of a value.
    function boundsOf(bytes32 key) external view returns (uint256 least, uint256 most) {
        Entry storage entry = _entry(key);
        return (entry.least, entry.most);
    }

    /// @notice Every key that was declared, in that order.
    function keys() external view returns (bytes32[] memory) {
        return _storage().keys;
    }

    function _declare(Parameter calldata parameter) private {
        if (parameter.value < parameter.least || parameter.value > parameter.most) {
            revert ParameterOutOfBounds(parameter.key, parameter.value, parameter.least, parameter.most);
        }
        ParametersStorage storage store = _storage();
        Entry storage entry = store.entries[parameter.key];
        emit ParameterDeclared(
            parameter.key, entry.value, parameter.value, entry.least, parameter.least, entry.most, parameter.most
        );
        if (!entry.isDeclared) store.keys.push(parameter.key);
        store.entries[parameter.key] = Entry(parameter.value, parameter.least, parameter.most, true);
    }

    function _entry(bytes32 key) private view returns (Entry storage entry) {
        entry = _storage().entries[key];
        if (!entry.isDeclared) revert UnknownParameter(key);
    }

    function _storage() private pure returns (ParametersStorage storage store) {
        assembly {
            store.slot := STORAGE
        }
    }
}
