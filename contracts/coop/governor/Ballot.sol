// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice A counted ballot in 16 bits: revision (8) | zero (2) | support (2) | votes (4); 0 is none. Sixteen lie in a word.
type Ballot is uint256;

using Ballots for Ballot global;

/// @title A ballot's fields, and sixteen of anything in a word.
library Ballots {
    uint256 private constant FINAL_REVISION = 255;
    uint256 private constant LANE_MASK = 0xffff;

    function pack(uint256 support_, uint256 votes_, uint256 revision_) internal pure returns (Ballot) {
        return Ballot.wrap(revision_ << 8 | support_ << 4 | votes_);
    }

    function isNone(Ballot self) internal pure returns (bool) {
        return Ballot.unwrap(self) == 0;
    }

    /// @dev A ballot that none can replace.
    function isFinal(Ballot self) internal pure returns (bool) {
        return revision(self) == FINAL_REVISION;
    }

    function revision(Ballot self) internal pure returns (uint256) {
        return Ballot.unwrap(self) >> 8;
    }

    /// @dev 0 Against, 1 For, 2 Abstain.
    function support(Ballot self) internal pure returns (uint256) {
        return Ballot.unwrap(self) >> 4 & 3;
    }

    /// @dev 1 to 7; 0 for none.
    function votes(Ballot self) internal pure returns (uint256) {
        return Ballot.unwrap(self) & 15;
    }

    /// @dev In credits.
    function cost(Ballot self) internal pure returns (uint256) {
        unchecked {
            return votes(self) * votes(self);
        }
    }

    /// @dev The seat's 16 bits of a word.
    function lane(uint256 word, uint256 seat) internal pure returns (uint256) {
        return word >> ((seat & 15) << 4) & LANE_MASK;
    }

    /// @dev The word with the seat's 16 bits replaced.
    function withLane(uint256 word, uint256 seat, uint256 value) internal pure returns (uint256) {
        uint256 shift = (seat & 15) << 4;
        return word & ~(LANE_MASK << shift) | value << shift;
    }
}
