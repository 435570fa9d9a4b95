// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title What the governor asks of the time-locks.
interface ISeatLock {
    /// @notice One multiplier per seat as it stood at a moment that has passed, in ten-thousandths: 10,000 (nothing locked) to
    /// 20,000 (at least `cap` locked for the longest time).
    /// @param time In seconds since 1970; reverts for the future.
    /// @param cap The amount of GRO, in micro-units, from which on more does not count.
    function multipliersAt(uint24[] calldata seats, uint40 time, uint256 cap) external view returns (uint256[] memory);
}
