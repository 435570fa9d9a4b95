// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ICoopGovernor} from "../../coop/interfaces/ICoopGovernor.sol";

/// @notice Reads what a model compares in one call.
contract GovernorProbe {
    struct Seen {
        ICoopGovernor.State state;
        uint256 tally;
        uint256[] ballotWords;
        uint256[] credits;
    }

    /// @notice For each proposal: its state, its sum, its first words of ballots, and what the seats spent in its season.
    function look(ICoopGovernor governor, bytes32[] calldata ids, uint256 words, uint24[] calldata seats)
        external
        view
        returns (uint256 time, Seen[] memory seen)
    {
        time = block.timestamp;
        seen = new Seen[](ids.length);
        for (uint256 i; i < ids.length; ++i) {
            seen[i].state = governor.stateOf(ids[i]);
            seen[i].tally = governor.tallyOf(ids[i]);
            seen[i].ballotWords = new uint256[](words);
            for (uint256 n; n < words; ++n) seen[i].ballotWords[n] = governor.ballotWord(ids[i], n);
            ICoopGovernor.Terms memory terms = governor.termsOf(ids[i]);
            seen[i].credits = new uint256[](seats.length);
            for (uint256 n; n < seats.length; ++n) {
                seen[i].credits[n] = governor.creditsSpent(terms.season, terms.seasonLength, seats[n]);
            }
        }
    }
}
