// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

/// @title The brake: nothing moves for three days at most.
/// @notice A guardian pulls it when something is wrong, and it lets go by itself. It can be pulled again only after a rest as
/// long, or when the board has let go of it: a guardian's key in wrong hands cannot shut the building's money in.
abstract contract Pausing is AccessManaged {
    /// @notice How long a pause lasts, and how long at least the rest after it.
    uint256 public constant PAUSE_LENGTH = 3 days;

    /// @notice The end of the last pause in seconds since 1970; 0 when it was ended by `unpause` or there was none.
    uint40 public pausedUntil;

    event PauseSet(address indexed actor, uint40 oldUntil, uint40 newUntil);

    error Paused(uint40 until);
    error PausedBefore(uint40 until);
    error NotPaused();

    /// @notice Stops minting, spends, transfers, requests to redeem and `carry` for `PAUSE_LENGTH`. The guardian's. What was
    /// asked to be redeemed can still be confirmed or restored.
    function pause() external restricted {
        uint40 old = pausedUntil;
        if (old != 0 && block.timestamp < old + PAUSE_LENGTH) revert PausedBefore(old);
        uint40 until = uint40(block.timestamp + PAUSE_LENGTH);
        pausedUntil = until;
        emit PauseSet(msg.sender, old, until);
    }

    /// @notice Ends the pause, or the rest that the guardian must keep after it. The board's.
    function unpause() external restricted {
        uint40 old = pausedUntil;
        if (old == 0) revert NotPaused();
        pausedUntil = 0;
        emit PauseSet(msg.sender, old, 0);
    }

    function _requireNotPaused() internal view {
        uint40 until = pausedUntil;
        if (block.timestamp < until) revert Paused(until);
    }
}
