// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice An event as the test runner recorded it.
struct Log {
    bytes32[] topics;
    bytes data;
    address emitter;
}

/// @notice The test runner's cheats that these tests use.
interface Vm {
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function addr(uint256 privateKey) external pure returns (address);
    function prank(address sender) external;
    /// @dev The code that makes the contract `File.sol:Contract`.
    function getCode(string calldata artifact) external view returns (bytes memory);
    function warp(uint256 timestamp) external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);
    function assume(bool condition) external pure;
}

/// @notice What every test here needs.
abstract contract TestBase {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    error Unequal(uint256 expected, uint256 found);
    error Untrue(string what);

    /// @dev What is compiled for its own sake is looked up by its name, which is its file's too: with `new` every test would carry
    /// a copy, compiled again in each.
    function deploy(string memory name, bytes memory arguments) internal returns (address made) {
        bytes memory code = bytes.concat(vm.getCode(string.concat(name, ".sol:", name)), arguments);
        assembly ("memory-safe") {
            made := create(0, add(code, 0x20), mload(code))
        }
        yes(made != address(0), name);
    }

    function same(uint256 expected, uint256 found) internal pure {
        if (expected != found) revert Unequal(expected, found);
    }

    function yes(bool condition, string memory what) internal pure {
        if (!condition) revert Untrue(what);
    }
}
