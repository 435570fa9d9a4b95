// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISeatLock} from "../../coop/interfaces/ISeatLock.sol";

/// @notice Time-locks whose multipliers a test sets. Each counts from a moment on, as a real lock's history does.
contract SettableLocks is ISeatLock {
    struct Step {
        uint40 from;
        uint256 multiplier;
    }

    mapping(uint24 seat => Step[]) private _steps;
    uint256 public leftOut;
    bool public isBroken;

    error AskedTooEarly(uint40 time);
    error Broken();

    /// @notice From now on, as a lock made in this block counts.
    function set(uint24 seat, uint256 multiplier) external {
        _steps[seat].push(Step(uint40(block.timestamp), multiplier));
    }

    /// @notice Leaves answers out, as no honest time-locks would.
    function leaveOut(uint256 count) external {
        leftOut = count;
    }

    function setBroken(bool broken) external {
        isBroken = broken;
    }

    function multipliersAt(uint24[] calldata seats, uint40 time, uint256) external view returns (uint256[] memory list) {
        if (isBroken) revert Broken();
        if (time >= block.timestamp) revert AskedTooEarly(time);
        list = new uint256[](seats.length - leftOut);
        for (uint256 i; i < list.length; ++i) {
            list[i] = 10_000;
            Step[] storage steps = _steps[seats[i]];
            for (uint256 n; n < steps.length && steps[n].from <= time; ++n) list[i] = steps[n].multiplier;
        }
    }
}
