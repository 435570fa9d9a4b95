// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title Proposals and votes of the building, as members, carriers and the hub meet them.
interface ICoopGovernor {
    /// @notice A proposal's content. Its EIP-712 struct hash is its id, so that ballots can be signed before it is recorded.
    /// @param proposer A resident's seat.
    /// @param kind 0 text, 1 spending, 2 parameters, 3 roles and upgrades.
    /// @param textHash Commitment to what members read.
    /// @param targets Who is called when it passes; none for text.
    /// @param calls What each target is called with, selector first.
    /// @param opensAt When the building opened it, in seconds since 1970: seats issued later have no vote, and locks count as
    /// they stood then.
    /// @param closesAt When the building closes it: members sign until then.
    /// @param submissionEnd Until when signed ballots can be brought here.
    /// @param salt Tells two proposals of one content apart.
    struct Proposal {
        uint24 proposer;
        uint8 kind;
        bytes32 textHash;
        address[] targets;
        bytes[] calls;
        uint40 opensAt;
        uint40 closesAt;
        uint40 submissionEnd;
        bytes32 salt;
    }

    /// @notice What a proposal is bound to from its recording on, whatever the building's numbers become.
    /// @dev Two words in storage, together with `mark` (1 executed, 2 cancelled) and `endedAt`, which alone change.
    /// @param residents How many residents' seats there were.
    /// @param threshold Share of For among For and Against that it needs, in ten-thousandths.
    /// @param quorum Share of the residents' seats that must vote, in ten-thousandths.
    /// @param leastFor How many seats must vote For.
    /// @param delay Seconds between its end and its execution.
    /// @param lockCap Micro-GRO locked from which on more adds no credits.
    /// @param season Its season's number; `seasonLength` its length.
    /// @param endedAt When it was ended early, 0 when it was not.
    struct Terms {
        uint24 proposer;
        uint8 kind;
        uint24 residents;
        uint16 threshold;
        uint16 quorum;
        uint24 leastFor;
        uint40 delay;
        uint40 opensAt;
        uint40 submissionEnd;
        uint96 lockCap;
        uint40 season;
        uint40 seasonLength;
        uint40 endedAt;
        uint8 mark;
    }

    /// @notice Where a proposal stands. Unknown: not recorded. Open: takes ballots. Waiting: passed, before its time.
    enum State {
        Unknown,
        Open,
        Defeated,
        Waiting,
        Executable,
        Executed,
        Cancelled,
        Expired
    }

    /// @notice Records a proposal. Its proposer calls, or anybody with the proposer's signature.
    /// @param signature The `Proposal` signed by the seat's key (65 bytes); empty when that key calls.
    function record(Proposal calldata content, bytes calldata signature) external returns (bytes32 id);

    /// @notice Counts signed ballots. Bad items are skipped and reported.
    /// @param items Packed ballots, see `BallotItems`.
    /// @return okMask Bit i is set when item i was counted.
    function castBallots(bytes32 id, bytes calldata items) external returns (uint256 okMask);

    /// @notice Counts the caller's own ballot. Reverts where a batch would skip.
    /// @param support 0 Against, 1 For, 2 Abstain.
    /// @param votes 1 to 7; they cost their square in credits.
    /// @param revision Higher than that of the seat's ballot before; 255 is final.
    function cast(bytes32 id, uint8 support, uint8 votes, uint8 revision) external;

    /// @notice Ends a proposal as passed when no ballot that could still come would change that. Anybody may call.
    function endEarly(bytes32 id) external;

    /// @notice Carries out a proposal that passed. Anybody may call, again when it failed.
    function execute(Proposal calldata content) external;

    /// @notice The id of a content.
    function hashProposal(Proposal calldata content) external pure returns (bytes32);

    /// @notice Where the proposal stands now.
    function stateOf(bytes32 id) external view returns (State);

    /// @notice What a recorded proposal is bound to; zeros for one that is not recorded.
    function termsOf(bytes32 id) external view returns (Terms memory);

    /// @notice The sum of the ballots so far, packed as `Tally` says.
    function tallyOf(bytes32 id) external view returns (uint256);

    /// @notice The seat's ballot; `votes` is 0 when there is none.
    function ballotOf(bytes32 id, uint24 seat) external view returns (uint8 support, uint8 votes, uint8 revision);

    /// @notice Sixteen ballots: bits `n * 16` to `n * 16 + 15` are those of seat `wordIndex * 16 + n`, 0 for none. Revision (8 bits),
    /// two zeros, support (2 bits), votes (4 bits).
    function ballotWord(bytes32 id, uint256 wordIndex) external view returns (uint256);

    /// @notice Credits that the seat has spent in a season.
    function creditsSpent(uint40 season, uint40 seasonLength, uint24 seat) external view returns (uint256);

    /// @notice EIP-712 domain separator of everything that is signed for this governor.
    function DOMAIN_SEPARATOR() external view returns (bytes32);
}
