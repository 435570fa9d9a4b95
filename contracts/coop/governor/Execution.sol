// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ICoopGovernor} from "../interfaces/ICoopGovernor.sol";
import {Proposals} from "./Proposals.sol";

/// @title Carrying out what passed, and the guardian who can stop it for a while.
/// @notice Anybody carries out a proposal that passed, between its delay and 90 days later. All of its calls succeed or none is
/// made, and then it can be tried again. The guardian can only cancel, and only until `guardianUntil`, which a vote on roles can
/// move to at most a year ahead.
abstract contract Execution is Proposals, ReentrancyGuardTransient {
    /// @notice The longest time for which a guardian is named.
    uint256 public constant GUARDIAN_TERM = 365 days;

    event ProposalExecuted(bytes32 indexed id, address indexed carrier);
    event ProposalCancelled(bytes32 indexed id, address indexed guardian, State oldState, bytes32 indexed caseHash);
    event GuardianUntilSet(uint40 oldUntil, uint40 newUntil, address indexed by);

    error NotExecutable(bytes32 id, State state);
    error NotCancellable(bytes32 id, State state);
    error NotAContract(address target);
    error CallFailed(uint256 index);
    error GuardianExpired(uint40 until);
    error GuardianTooLong(uint40 until, uint256 latest);

    /// @inheritdoc ICoopGovernor
    function execute(Proposal calldata content) external nonReentrant {
        bytes32 id = hashProposal(content);
        State state = stateOf(id);
        if (state != State.Executable) revert NotExecutable(id, state);
        // Marked before the calls; a call that fails takes the mark back with everything else.
        _storage().records[id].terms.mark = EXECUTED;
        // The list may have become shorter since.
        _checkCalls(content);
        if (content.kind == SPENDING) _countSpending(id, content);
        for (uint256 i; i < content.calls.length; ++i) _call(i, content.targets[i], content.calls[i]);
        emit ProposalExecuted(id, msg.sender);
    }

    /// @notice Cancels a proposal for good, before it is carried out. The guardian's, while there is one.
    /// @param caseHash A commitment to the reasons, never their text.
    function cancel(bytes32 id, bytes32 caseHash) external restricted {
        uint40 until = _storage().guardianUntil;
        if (block.timestamp > until) revert GuardianExpired(until);
        State state = stateOf(id);
        if (state != State.Open && state != State.Waiting && state != State.Executable) revert NotCancellable(id, state);
        _storage().records[id].terms.mark = CANCELLED;
        emit ProposalCancelled(id, msg.sender, state, caseHash);
    }

    /// @notice Until when the guardian can cancel, at most a year ahead. The governor's own, by a vote on roles.
    function setGuardianUntil(uint40 until) external restricted {
        _setGuardianUntil(until);
    }

    /// @notice Until when the guardian can cancel, in seconds since 1970.
    function guardianUntil() external view returns (uint40) {
        return _storage().guardianUntil;
    }

    function _setGuardianUntil(uint40 until) internal {
        uint256 latest = block.timestamp + GUARDIAN_TERM;
        if (until > latest) revert GuardianTooLong(until, latest);
        emit GuardianUntilSet(_storage().guardianUntil, until, msg.sender);
        _storage().guardianUntil = until;
    }

    function _call(uint256 index, address target, bytes calldata data) private {
        if (target.code.length == 0) revert NotAContract(target);
        (bool ok, bytes memory answer) = target.call(data);
        if (ok) return;
        if (answer.length == 0) revert CallFailed(index);
        assembly ("memory-safe") {
            revert(add(answer, 0x20), mload(answer))
        }
    }
}
