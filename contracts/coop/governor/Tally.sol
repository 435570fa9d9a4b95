// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Ballot} from "./Ballot.sol";

/// @notice The sum of a proposal's ballots in one word: For u32 | Against u32 | Abstain u32 | heads For u24 | heads u24 | the same
/// of final ballots alone: For u32 | Against u32 | heads For u24 | heads u24, from the lowest bit on.
/// @dev A head is a seat, of which there are fewer than 2^24, with at most 7 votes: no field can overflow into the next.
type Tally is uint256;

using Tallies for Tally global;

/// @title Adding up ballots, and what the sum decides.
library Tallies {
    /// @dev The most votes that one seat can have on a proposal: floor(sqrt(a quarter of 200 credits)).
    uint256 internal constant MOST_VOTES = 7;
    uint256 private constant ALL = 10_000;

    uint256 private constant FOR = 0;
    uint256 private constant AGAINST = 32;
    uint256 private constant ABSTAIN = 64;
    uint256 private constant HEADS_FOR = 96;
    uint256 private constant HEADS = 120;
    uint256 private constant FINAL_FOR = 144;
    uint256 private constant FINAL_AGAINST = 176;
    uint256 private constant FINAL_HEADS_FOR = 208;
    uint256 private constant FINAL_HEADS = 232;

    /// @dev The sum with `newer` in the place of `older`; either may be none.
    function replace(Tally self, Ballot older, Ballot newer) internal pure returns (Tally) {
        // What is taken was added before, field by field.
        unchecked {
            return Tally.wrap(Tally.unwrap(self) - _weigh(older) + _weigh(newer));
        }
    }

    /// @dev Whether For has it: more than Against, the threshold of both, enough seats voting and enough of them For.
    function passes(Tally self, uint256 threshold, uint256 quorum, uint256 leastFor, uint256 residents)
        internal
        pure
        returns (bool)
    {
        return _majority(self.forVotes(), self.againstVotes(), threshold)
            && _turnout(self.heads(), self.headsFor(), quorum, leastFor, residents);
    }

    /// @dev Whether For has it even when every seat without a final ballot ends with all it can cast Against.
    function isDecided(Tally self, uint256 threshold, uint256 quorum, uint256 leastFor, uint256 residents)
        internal
        pure
        returns (bool)
    {
        uint256 heads_ = self.finalHeads();
        // Every ballot's seat was a resident's at the recording: a seat becomes one only by being issued.
        uint256 worst = self.finalAgainst() + MOST_VOTES * (residents - heads_);
        return _majority(self.finalFor(), worst, threshold)
            && _turnout(heads_, self.finalHeadsFor(), quorum, leastFor, residents);
    }

    function forVotes(Tally self) internal pure returns (uint32) {
        return uint32(Tally.unwrap(self) >> FOR);
    }

    function againstVotes(Tally self) internal pure returns (uint32) {
        return uint32(Tally.unwrap(self) >> AGAINST);
    }

    function abstainVotes(Tally self) internal pure returns (uint32) {
        return uint32(Tally.unwrap(self) >> ABSTAIN);
    }

    function headsFor(Tally self) internal pure returns (uint24) {
        return uint24(Tally.unwrap(self) >> HEADS_FOR);
    }

    function heads(Tally self) internal pure returns (uint24) {
        return uint24(Tally.unwrap(self) >> HEADS);
    }

    function finalFor(Tally self) internal pure returns (uint32) {
        return uint32(Tally.unwrap(self) >> FINAL_FOR);
    }

    function finalAgainst(Tally self) internal pure returns (uint32) {
        return uint32(Tally.unwrap(self) >> FINAL_AGAINST);
    }

    function finalHeadsFor(Tally self) internal pure returns (uint24) {
        return uint24(Tally.unwrap(self) >> FINAL_HEADS_FOR);
    }

    function finalHeads(Tally self) internal pure returns (uint24) {
        return uint24(Tally.unwrap(self) >> FINAL_HEADS);
    }

    function _majority(uint256 for_, uint256 against, uint256 threshold) private pure returns (bool) {
        return for_ > against && for_ * ALL >= threshold * (for_ + against);
    }

    function _turnout(uint256 heads_, uint256 headsFor_, uint256 quorum, uint256 leastFor, uint256 residents)
        private
        pure
        returns (bool)
    {
        return heads_ * ALL >= quorum * residents && headsFor_ >= leastFor;
    }

    /// @dev What one ballot adds to the sum; nothing for none.
    function _weigh(Ballot ballot) private pure returns (uint256 weight) {
        if (ballot.isNone()) return 0;
        uint256 support = ballot.support();
        // For stands first and Against second, which is their order in the word and not that of their numbers.
        uint256 field = support == 1 ? FOR : support == 0 ? AGAINST : ABSTAIN;
        weight = ballot.votes() << field | 1 << HEADS;
        if (support == 1) weight |= 1 << HEADS_FOR;
        if (!ballot.isFinal()) return weight;
        weight |= 1 << FINAL_HEADS;
        if (support == 1) weight |= ballot.votes() << FINAL_FOR | 1 << FINAL_HEADS_FOR;
        if (support == 0) weight |= ballot.votes() << FINAL_AGAINST;
    }
}
