// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {CoopGovernor} from "../../coop/CoopGovernor.sol";
import {ParameterKeys} from "../../coop/ParameterKeys.sol";
import {SeatRegistry} from "../../coop/SeatRegistry.sol";
import {CallRules} from "../../coop/governor/CallRules.sol";
import {ICoopGovernor} from "../../coop/interfaces/ICoopGovernor.sol";
import {IParameters} from "../../coop/interfaces/IParameters.sol";
import {SeatBook} from "../../coop/registry/SeatBook.sol";
import {SettableLocks} from "../contracts/SettableLocks.sol";
import {Coop} from "./Coop.sol";

/// @notice Numbers that never change.
contract FixedParameters is IParameters {
    mapping(bytes32 key => uint256) public get;

    constructor() {
        get[ParameterKeys.VOTE_ROLES_THRESHOLD] = 6_000;
        get[ParameterKeys.VOTE_ROLES_DELAY] = 7 days;
        get[ParameterKeys.VOTE_QUORUM] = 5_000;
        get[ParameterKeys.VOTE_LEAST_FOR] = 2;
        get[ParameterKeys.LOCK_CAP] = 1;
        get[ParameterKeys.SEASON_LENGTH] = 91 days;
        get[ParameterKeys.PROPOSALS_PER_SEASON] = 100;
    }

    function getAll(bytes32[] calldata list) external view returns (uint256[] memory values) {
        values = new uint256[](list.length);
        for (uint256 i; i < list.length; ++i) values[i] = get[list[i]];
    }
}

/// @notice Drives the governor with random proposals and ballots, right and wrong, and keeps its own books beside it. It is what
/// the proposals call, and lets everybody do what only the guardian may.
contract GovernorHandler is Coop {
    struct Book {
        uint8 support;
        uint8 votes;
        uint8 revision;
    }

    uint256 public constant SEATS = 6;
    uint256 public constant MOST_PROPOSALS = 12;
    bytes32 private constant BALLOT_TYPEHASH =
        keccak256("Ballot(bytes32 proposal,uint24 seat,uint8 support,uint8 votes,uint8 revision)");

    // Not immutable: the runner knows a handler by its code, in which many addresses would stand.
    SeatRegistry public seats;
    SettableLocks public locks;
    CoopGovernor public governor;

    ICoopGovernor.Proposal[] private _contents;
    bytes32[] public ids;
    mapping(uint256 proposal => mapping(uint256 i => Book)) public books;
    mapping(uint256 proposal => uint256) public acted;
    mapping(uint256 proposal => bool) public wasCancelled;
    mapping(uint256 proposal => bool) public endedEarly;
    bool public disagreed;
    uint256 public counted;

    constructor() {
        SeatBook.NewSeat[] memory list = new SeatBook.NewSeat[](SEATS);
        for (uint256 i; i < SEATS; ++i) list[i] = SeatBook.NewSeat(seatAt(i), vm.addr(keyAt(i)), 1, bytes32(i + 1));
        seats = deploySeats(list, 1);
        locks = SettableLocks(deploy("SettableLocks", ""));
        CallRules.Allowed[] memory allowed = new CallRules.Allowed[](1);
        allowed[0] = CallRules.Allowed(3, address(this), this.act.selector);
        bytes memory parts = abi.encode(seats, locks, new FixedParameters(), address(0xF00D));
        bytes memory call = abi.encodeCall(CoopGovernor.initialize, (address(this), allowed));
        governor = CoopGovernor(deployProxy("CoopGovernor", parts, call));
    }

    /// @dev Seats on both sides of a word's edge.
    function seatAt(uint256 i) public pure returns (uint24) {
        return uint24(13 + i);
    }

    function keyAt(uint256 i) public pure returns (uint256) {
        return 100 + i;
    }

    function count() external view returns (uint256) {
        return ids.length;
    }

    function opensAtOf(uint256 proposal) external view returns (uint40) {
        return _contents[proposal].opensAt;
    }

    /// @dev The access manager's question: everybody may, at once.
    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (true, 0);
    }

    /// @dev What a proposal does.
    function act(uint256 proposal) external {
        if (msg.sender != address(governor)) revert Untrue("acted for another");
        acted[proposal] += 1;
        // From within, nothing can be carried out again.
        try governor.execute(_contents[proposal]) {
            disagreed = true;
        } catch {}
    }

    function propose(uint256 seed) external {
        if (ids.length == MOST_PROPOSALS) return;
        ICoopGovernor.Proposal memory content;
        uint256 i = seed % SEATS;
        content.proposer = seatAt(i);
        content.kind = 3;
        content.targets = new address[](1);
        content.calls = new bytes[](1);
        (content.targets[0], content.calls[0]) = (address(this), abi.encodeCall(this.act, (ids.length)));
        content.opensAt = uint40(block.timestamp - 1 - (seed >> 8) % 40 days);
        content.closesAt = content.opensAt + 3 days;
        content.submissionEnd = content.closesAt + 45 days;
        content.salt = bytes32(seed);
        vm.prank(vm.addr(keyAt(i)));
        try governor.record(content, "") returns (bytes32 id) {
            _contents.push(content);
            ids.push(id);
        } catch {
            // Opened before the seats were issued and ended by now, or just now for the second time: nothing else refuses it.
            if (block.timestamp + 3 days <= content.submissionEnd && governor.stateOf(governor.hashProposal(content)) == ICoopGovernor.State.Unknown) {
                disagreed = true;
            }
        }
    }

    function lock(uint256 i, uint256 multiplier) external {
        locks.set(seatAt(i % SEATS), 10_000 + multiplier % 12_000);
    }

    /// @dev A batch of any seats, numbers and revisions, forgeries among them.
    function castBatch(uint256 proposal, uint256 seed) external {
        if (ids.length == 0) return;
        proposal = proposal % ids.length;
        uint256 length = 1 + seed % 10;
        bytes memory items;
        uint256[] memory picks = new uint256[](length);
        for (uint256 n; n < length; ++n) {
            picks[n] = uint256(keccak256(abi.encode(seed, n)));
            items = abi.encodePacked(items, itemOf(proposal, picks[n]));
        }
        try governor.castBallots(ids[proposal], items) returns (uint256 okMask) {
            for (uint256 n; n < length; ++n) {
                if (okMask >> n & 1 == 0) continue;
                if (isForged(picks[n])) disagreed = true;
                enter(proposal, picks[n]);
            }
        } catch {
            if (governor.stateOf(ids[proposal]) == ICoopGovernor.State.Open) disagreed = true;
        }
    }

    function castDirectly(uint256 proposal, uint256 pick) external {
        if (ids.length == 0) return;
        proposal = proposal % ids.length;
        (uint8 support, uint8 votes, uint8 revision) = ballotOf(pick);
        vm.prank(vm.addr(keyAt(pick % SEATS)));
        try governor.cast(ids[proposal], support, votes, revision) {
            enter(proposal, pick);
        } catch {}
    }

    /// @dev Everybody For, finally: else hardly any would pass.
    function acclaim(uint256 proposal) external {
        if (ids.length == 0) return;
        proposal = proposal % ids.length;
        for (uint256 i; i < SEATS; ++i) {
            vm.prank(vm.addr(keyAt(i)));
            try governor.cast(ids[proposal], 1, 3, 255) {
                books[proposal][i] = Book(1, 3, 255);
            } catch {}
        }
    }

    function endEarly(uint256 proposal) external {
        if (ids.length == 0) return;
        proposal = proposal % ids.length;
        try governor.endEarly(ids[proposal]) {
            if (endedEarly[proposal]) disagreed = true;
            endedEarly[proposal] = true;
        } catch {}
    }

    function execute(uint256 proposal) external {
        if (ids.length == 0) return;
        proposal = proposal % ids.length;
        uint256 before = acted[proposal];
        try governor.execute(_contents[proposal]) {
            if (acted[proposal] != before + 1 || !passes(proposal)) disagreed = true;
            if (block.timestamp < _contents[proposal].submissionEnd && !endedEarly[proposal]) disagreed = true;
        } catch {
            if (acted[proposal] != before) disagreed = true;
        }
    }

    function cancel(uint256 proposal) external {
        if (ids.length == 0) return;
        proposal = proposal % ids.length;
        try governor.cancel(ids[proposal], 0) {
            if (wasCancelled[proposal] || acted[proposal] != 0) disagreed = true;
            wasCancelled[proposal] = true;
        } catch {}
    }

    function warp(uint32 by) external {
        vm.warp(block.timestamp + 1 + by % 20 days);
    }

    /// @dev By the rule, from the books.
    function passes(uint256 proposal) public view returns (bool) {
        uint256[3] memory votes;
        uint256[3] memory heads;
        for (uint256 i; i < SEATS; ++i) {
            Book memory book = books[proposal][i];
            if (book.votes == 0) continue;
            votes[book.support] += book.votes;
            heads[book.support] += 1;
        }
        return votes[1] > votes[0] && votes[1] * 10 >= (votes[0] + votes[1]) * 6 && heads[0] + heads[1] + heads[2] >= SEATS / 2
            && heads[1] >= 2;
    }

    function enter(uint256 proposal, uint256 pick) private {
        (uint8 support, uint8 votes, uint8 revision) = ballotOf(pick);
        Book memory older = books[proposal][pick % SEATS];
        if (support > 2 || votes == 0 || (older.votes != 0 && revision <= older.revision)) disagreed = true;
        books[proposal][pick % SEATS] = Book(support, votes, revision);
        counted += 1;
    }

    function ballotOf(uint256 pick) private pure returns (uint8 support, uint8 votes, uint8 revision) {
        support = uint8((pick >> 16) % 13);
        support = support == 12 ? 3 : support % 3;
        votes = uint8((pick >> 32) % 10);
        revision = (pick >> 48) % 12 == 0 ? 255 : uint8((pick >> 56) % 20);
    }

    function isForged(uint256 pick) private pure returns (bool) {
        return (pick >> 64) % 8 == 0;
    }

    function itemOf(uint256 proposal, uint256 pick) private view returns (bytes memory) {
        (uint8 support, uint8 votes, uint8 revision) = ballotOf(pick);
        uint24 seat = seatAt(pick % SEATS);
        bytes32 structHash = keccak256(abi.encode(BALLOT_TYPEHASH, ids[proposal], seat, support, votes, revision));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", governor.DOMAIN_SEPARATOR(), structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(isForged(pick) ? 666 : keyAt(pick % SEATS), digest);
        return abi.encodePacked(seat, support, votes, revision, r, bytes32(uint256(s) | uint256(v - 27) << 255));
    }
}
