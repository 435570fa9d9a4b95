// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title The building's numbers, as contracts and the hub read them.
interface IParameters {
    /// @notice The value of a key of `ParameterKeys`. Reverts for a key that was never declared.
    function get(bytes32 key) external view returns (uint256 value);

    /// @notice Several values in one call.
    function getAll(bytes32[] calldata list) external view returns (uint256[] memory values);
}
