// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ICoopGovernor} from "../interfaces/ICoopGovernor.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {ISeatLock} from "../interfaces/ISeatLock.sol";
import {ISeatRegistry} from "../interfaces/ISeatRegistry.sol";
import {Tally} from "./Tally.sol";

/// @title What the governor keeps, and whom it asks.
/// @dev Whom it asks stands in the code, so that no storage can change it.
abstract contract GovernorStorage is ICoopGovernor {
    /// @dev A proposal is recorded when its `submissionEnd` is not 0.
    struct Record {
        Terms terms;
        Tally tally;
    }

    /// @dev How many proposals a seat recorded in the season of its last one.
    struct Quota {
        uint40 season;
        uint40 seasonLength;
        uint16 count;
    }

    /// @custom:storage-location erc7201:stoop.storage.CoopGovernor
    struct CoopGovernorStorage {
        mapping(bytes32 id => Record) records;
        // Sixteen ballots in a word. A fixed array costs no hash per word.
        mapping(bytes32 id => uint256[1 << 20]) ballots;
        // Sixteen seats' spent credits in a word, by season.
        mapping(uint256 seasonKey => uint256[1 << 20]) credits;
        mapping(uint24 seat => Quota) quotas;
        mapping(uint256 callKey => bool) allowed;
        mapping(uint256 period => uint256) spent;
        uint40 guardianUntil;
    }

    // keccak256(abi.encode(uint256(keccak256("stoop.storage.CoopGovernor")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE = 0xcc55ba2cd79fe21a3dbd360a3140b67a838abdf6a18f893fe659a257ad780300;

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    uint8 internal constant EXECUTED = 1;
    uint8 internal constant CANCELLED = 2;

    /// @notice The registry that says who votes.
    ISeatRegistry public immutable seats;
    /// @notice The time-locks that give more credits.
    ISeatLock public immutable locks;
    /// @notice The building's numbers.
    IParameters public immutable parameters;
    /// @notice The building's money, of which this contract's own account is the treasury that members vote about.
    address public immutable token;

    error NotRecorded(bytes32 id);

    constructor(ISeatRegistry seats_, ISeatLock locks_, IParameters parameters_, address token_) {
        (seats, locks, parameters, token) = (seats_, locks_, parameters_, token_);
    }

    /// @inheritdoc ICoopGovernor
    /// @dev Made anew each time: the proxy's address, not this code's, and the chain as it is, should it ever be split.
    function DOMAIN_SEPARATOR() public view returns (bytes32) {
        return
            keccak256(abi.encode(DOMAIN_TYPEHASH, keccak256("Stoop Votes"), keccak256("1"), block.chainid, address(this)));
    }

    function _storage() internal pure returns (CoopGovernorStorage storage store) {
        assembly {
            store.slot := STORAGE
        }
    }

    /// @dev Both together, so that another length of the season starts other budgets instead of meeting old ones.
    function _seasonKey(uint256 season, uint256 seasonLength) internal pure returns (uint256) {
        return seasonLength << 40 | season;
    }
}
