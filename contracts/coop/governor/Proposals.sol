// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {ICoopGovernor} from "../interfaces/ICoopGovernor.sol";
import {ParameterKeys} from "../ParameterKeys.sol";
import {SeatWords} from "../registry/SeatWords.sol";
import {CallRules} from "./CallRules.sol";
import {Tally} from "./Tally.sol";

/// @title Proposals: recorded once, bound to the building's numbers of that moment.
/// @dev Numbers beyond sense are clamped, not refused: a mistake in them must not keep members from voting to mend it.
abstract contract Proposals is CallRules {
    using SeatWords for uint256;

    /// @notice The shortest vote.
    uint256 public constant SHORTEST_VOTE = 3 days;
    /// @notice How long after its close ballots can be brought at least: a building can be without a connection for long.
    uint256 public constant SUBMISSION_TIME = 45 days;
    /// @notice The longest time between a proposal's opening and the end of its submission.
    uint256 public constant LONGEST_SPAN = 180 days;
    /// @notice How long a passed proposal can be carried out.
    uint256 public constant EXECUTION_WINDOW = 90 days;
    /// @notice The least delay of a proposal on roles and upgrades, whatever the building's numbers say.
    uint256 public constant SHORTEST_ROLES_DELAY = 7 days;

    uint256 private constant LONGEST_DELAY = 365 days;
    uint256 private constant LONGEST_SEASON = 3650 days;
    uint256 private constant ALL = 10_000;

    bytes32 private constant PROPOSAL_TYPEHASH = keccak256(
        "Proposal(uint24 proposer,uint8 kind,bytes32 textHash,address[] targets,bytes[] calls,uint40 opensAt,uint40 closesAt,uint40 submissionEnd,bytes32 salt)"
    );

    /// @notice A proposal was recorded, and what it is bound to. `call` is the call of `record` that did it: whoever carries the
    /// proposal out finds its content there.
    event ProposalRecorded(bytes32 indexed id, uint24 indexed proposer, address indexed carrier, Terms terms, bytes call);
    /// @notice A proposal's result can not change any more; it counts as ended from now on.
    event ProposalEndedEarly(bytes32 indexed id, address indexed carrier, uint40 oldEnd, uint40 newEnd, uint256 tally);

    error AlreadyRecorded(bytes32 id);
    error NotOpenYet(uint40 opensAt);
    error VoteTooShort(uint40 opensAt, uint40 closesAt);
    error SubmissionTooShort(uint40 closesAt, uint40 submissionEnd);
    error SpanTooLong(uint40 opensAt, uint40 submissionEnd);
    error RecordedTooLate(uint40 submissionEnd);
    error NotAResident(uint24 seat);
    error SeatIsFrozen(uint24 seat);
    error NotSignedByProposer(address key, address signer);
    error TooManyProposals(uint24 seat, uint256 most);
    error NotDecided(bytes32 id);
    error NotOpen(bytes32 id, State state);

    /// @inheritdoc ICoopGovernor
    function record(Proposal calldata content, bytes calldata signature) external returns (bytes32 id) {
        id = hashProposal(content);
        Record storage record_ = _storage().records[id];
        if (record_.terms.submissionEnd != 0) revert AlreadyRecorded(id);
        _checkTimes(content);
        _checkProposer(content.proposer, id, signature);
        _checkCalls(content);
        Terms memory terms = _bind(content);
        record_.terms = terms;
        emit ProposalRecorded(id, content.proposer, msg.sender, terms, msg.data);
    }

    /// @inheritdoc ICoopGovernor
    function endEarly(bytes32 id) external {
        Record storage record_ = _open(id);
        Terms memory terms = record_.terms;
        Tally tally = record_.tally;
        if (!tally.isDecided(terms.threshold, terms.quorum, terms.leastFor, terms.residents)) revert NotDecided(id);
        record_.terms.endedAt = uint40(block.timestamp);
        emit ProposalEndedEarly(id, msg.sender, terms.submissionEnd, uint40(block.timestamp), Tally.unwrap(tally));
    }

    /// @inheritdoc ICoopGovernor
    function stateOf(bytes32 id) public view returns (State) {
        Record storage record_ = _storage().records[id];
        Terms memory terms = record_.terms;
        if (terms.submissionEnd == 0) return State.Unknown;
        if (terms.mark == EXECUTED) return State.Executed;
        if (terms.mark == CANCELLED) return State.Cancelled;
        uint256 end = terms.endedAt;
        if (end == 0) {
            end = terms.submissionEnd;
            if (block.timestamp < end) return State.Open;
            if (!record_.tally.passes(terms.threshold, terms.quorum, terms.leastFor, terms.residents)) {
                return State.Defeated;
            }
        }
        uint256 eta = end + terms.delay;
        if (block.timestamp < eta) return State.Waiting;
        return block.timestamp <= eta + EXECUTION_WINDOW ? State.Executable : State.Expired;
    }

    /// @inheritdoc ICoopGovernor
    function termsOf(bytes32 id) external view returns (Terms memory) {
        return _storage().records[id].terms;
    }

    /// @inheritdoc ICoopGovernor
    function tallyOf(bytes32 id) external view returns (uint256) {
        return Tally.unwrap(_storage().records[id].tally);
    }

    /// @inheritdoc ICoopGovernor
    function hashProposal(Proposal calldata content) public pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](content.calls.length);
        for (uint256 i; i < hashes.length; ++i) hashes[i] = keccak256(content.calls[i]);
        return keccak256(
            abi.encode(
                PROPOSAL_TYPEHASH,
                content.proposer,
                content.kind,
                content.textHash,
                keccak256(abi.encodePacked(content.targets)),
                keccak256(abi.encodePacked(hashes)),
                content.opensAt,
                content.closesAt,
                content.submissionEnd,
                content.salt
            )
        );
    }

    /// @dev The record of a proposal that takes ballots now.
    function _open(bytes32 id) internal view returns (Record storage) {
        State state = stateOf(id);
        if (state == State.Unknown) revert NotRecorded(id);
        if (state != State.Open) revert NotOpen(id, state);
        return _storage().records[id];
    }

    function _checkTimes(Proposal calldata content) private view {
        (uint256 opensAt, uint256 closesAt, uint256 end) = (content.opensAt, content.closesAt, content.submissionEnd);
        // A moment that has passed: what was locked then can not change any more.
        if (opensAt >= block.timestamp) revert NotOpenYet(content.opensAt);
        if (closesAt < opensAt + SHORTEST_VOTE) revert VoteTooShort(content.opensAt, content.closesAt);
        if (end < closesAt + SUBMISSION_TIME) revert SubmissionTooShort(content.closesAt, content.submissionEnd);
        // An opening of long ago would leave newer seats without a vote.
        if (end > opensAt + LONGEST_SPAN) revert SpanTooLong(content.opensAt, content.submissionEnd);
        // Nobody could answer what is recorded in the last minute together with the ballots of a few.
        if (end < block.timestamp + SHORTEST_VOTE) revert RecordedTooLate(content.submissionEnd);
    }

    function _checkProposer(uint24 seat, bytes32 id, bytes calldata signature) private view {
        uint24[] memory one = new uint24[](1);
        one[0] = seat;
        uint256 word = seats.wordsOf(one)[0];
        if (word.classOf() != SeatWords.RESIDENT) revert NotAResident(seat);
        if (word.isFrozen()) revert SeatIsFrozen(seat);
        address key = word.keyOf();
        if (msg.sender == key) return;
        bytes32 digest = MessageHashUtils.toTypedDataHash(DOMAIN_SEPARATOR(), id);
        (address signer,,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (signer != key) revert NotSignedByProposer(key, signer);
    }

    function _bind(Proposal calldata content) private returns (Terms memory terms) {
        uint256[] memory values = parameters.getAll(_keysOf(content.kind));
        uint256 residents = seats.residentCount();
        uint256 seasonLength = _clamp(values[5], 1 days, LONGEST_SEASON);
        _useQuota(content.proposer, seasonLength, values[6]);
        terms.proposer = content.proposer;
        terms.kind = content.kind;
        terms.residents = uint24(residents);
        terms.threshold = uint16(_clamp(values[0], 0, ALL));
        terms.quorum = uint16(_clamp(values[2], 0, ALL));
        terms.leastFor = uint24(_clamp(values[3], 0, residents));
        terms.delay = uint40(_clamp(values[1], content.kind == ROLES ? SHORTEST_ROLES_DELAY : 0, LONGEST_DELAY));
        terms.opensAt = content.opensAt;
        terms.submissionEnd = content.submissionEnd;
        terms.lockCap = uint96(_clamp(values[4], 1, type(uint96).max));
        terms.season = uint40(content.opensAt / seasonLength);
        terms.seasonLength = uint40(seasonLength);
    }

    /// @dev Counted by the moment of recording: an older opening would reach into another season's quota.
    function _useQuota(uint24 seat, uint256 seasonLength, uint256 most) private {
        Quota memory quota = _storage().quotas[seat];
        uint40 season = uint40(block.timestamp / seasonLength);
        if (quota.season != season || quota.seasonLength != seasonLength) quota = Quota(season, uint40(seasonLength), 0);
        if (quota.count >= _clamp(most, 0, type(uint16).max)) revert TooManyProposals(seat, most);
        quota.count += 1;
        _storage().quotas[seat] = quota;
    }

    function _keysOf(uint8 kind) private pure returns (bytes32[] memory keys) {
        keys = new bytes32[](7);
        if (kind == TEXT) {
            (keys[0], keys[1]) = (ParameterKeys.VOTE_TEXT_THRESHOLD, ParameterKeys.VOTE_TEXT_DELAY);
        } else if (kind == SPENDING) {
            (keys[0], keys[1]) = (ParameterKeys.VOTE_SPENDING_THRESHOLD, ParameterKeys.VOTE_SPENDING_DELAY);
        } else if (kind == PARAMETERS) {
            (keys[0], keys[1]) = (ParameterKeys.VOTE_PARAMETERS_THRESHOLD, ParameterKeys.VOTE_PARAMETERS_DELAY);
        } else {
            (keys[0], keys[1]) = (ParameterKeys.VOTE_ROLES_THRESHOLD, ParameterKeys.VOTE_ROLES_DELAY);
        }
        (keys[2], keys[3], keys[4]) = (ParameterKeys.VOTE_QUORUM, ParameterKeys.VOTE_LEAST_FOR, ParameterKeys.LOCK_CAP);
        (keys[5], keys[6]) = (ParameterKeys.SEASON_LENGTH, ParameterKeys.PROPOSALS_PER_SEASON);
    }

    function _clamp(uint256 value, uint256 least, uint256 most) private pure returns (uint256) {
        return value < least ? least : value > most ? most : value;
    }
}
