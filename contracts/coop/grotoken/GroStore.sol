// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ISeatRegistry} from "../interfaces/ISeatRegistry.sol";
import {SeatWords} from "../registry/SeatWords.sol";
import {GroReasons} from "./GroReasons.sol";

/// @title How a batch hands something over: see `GroStore._deliver`.
interface IGroDelivery {
    /// @notice Moves, or mints where `from` is zero. The token's own.
    function deliver(address from, address to, uint256[] calldata ids, uint256[] calldata values, bytes calldata data)
        external;
}

/// @title What the parts of the GRO token share: its storage, its messages' domain, the report of a batch.
/// @dev Receivers' hooks run last, with every balance and total already right, and while nothing here can be entered again.
abstract contract GroStore is GroReasons, ReentrancyGuardTransient {
    using SeatWords for uint256;

    /// @notice A lot of produce. Two words.
    struct Lot {
        address certifier;
        uint64 certified;
        uint32 harvestDay;
        uint64 minted;
        bool isRecalled;
    }

    /// @notice Grams that a certifier had minted on a day (days since 1970). One word.
    struct DayUse {
        uint64 grams;
        uint24 day;
    }

    /// @custom:storage-location erc7201:stoop.storage.GroToken
    struct GroTokenStorage {
        mapping(uint256 id => uint256) supply;
        mapping(uint256 lot => Lot) lots;
        mapping(address key => bool) isCertifier;
        mapping(address key => bool) isSteward;
        mapping(address certifier => DayUse) dayUse;
        // Harvests by lot and reference, shifts by reference, recalls by their struct hash.
        mapping(bytes32 nullifier => bool) used;
        mapping(uint256 season => uint256) issuedIn;
        mapping(uint256 season => mapping(uint24 seat => uint256)) issuedTo;
        mapping(uint24 seat => mapping(uint256 wordIndex => uint256)) transferNonces;
        mapping(uint24 seat => mapping(uint256 wordIndex => uint256)) consumeNonces;
    }

    /// @dev What happened to a batch. `reasons` stays empty while every item was done.
    struct Report {
        uint256 okMask;
        bytes reasons;
    }

    // keccak256(abi.encode(uint256(keccak256("stoop.storage.GroToken")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE = 0xa020d53bf9c04c6ee321ef252bcef9aa3afe78bf2fa0b3ce2f8021daa6cd6400;

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    /// @notice The id of GRO; its unit is a millionth.
    uint256 public constant GRO = 0;

    /// @notice Who holds which seat.
    ISeatRegistry public immutable seats;

    /// @notice One batch. `reasons` is empty when every item was done, else one code per item.
    event ItemsCarried(bytes4 indexed batch, address indexed carrier, uint256 okMask, bytes reasons);

    error TooManyItems(uint256 count);
    error NotEnoughGas();
    error OnlyItself(address caller);
    error SeatIsFrozen(uint24 seat);
    error FormerKey(address key, uint24 seat);

    /// @notice GRO was issued. `wanted` is what the rules gave, `issued` what the caps left of it.
    event GroIssued(
        uint24 indexed seat,
        bytes32 indexed ref,
        uint256 indexed season,
        uint256 wanted,
        uint256 issued,
        uint256 oldSeatTotal,
        uint256 oldSeasonTotal
    );
    event ShiftsRewarded(uint24 indexed seat, bytes32 indexed ref, address indexed steward, uint16 shifts);
    event StewardSet(address indexed key, address indexed by, bool was, bool is_);
    event LotCertified(
        uint256 indexed lot,
        address indexed certifier,
        bytes32 indexed farm,
        uint32 harvestDay,
        uint32 serial,
        uint64 grams,
        bytes32 documentHash
    );
    event ProduceMinted(
        uint256 indexed lot, uint24 indexed seat, bytes32 indexed ref, uint64 grams, uint64 oldMinted, uint64 newMinted
    );
    event LotRecalled(uint256 indexed lot, address indexed by, bool was, bool is_, bytes32 indexed caseHash);
    event CertifierSet(address indexed key, address indexed by, bool was, bool is_);

    error BadOfficer(address key);
    error NoSuchLot(uint256 lot);
    error LotIsRecalled(uint256 lot);
    error MessageExpired(uint40 validUntil);
    error RecallUsed(bytes32 structHash);
    error NotTheLotsCertifier(address signer);

    constructor(ISeatRegistry seats_) {
        seats = seats_;
    }

    /// @notice The EIP-712 domain of the signed messages: name "Gro Token", version "1", this chain, this contract.
    function DOMAIN_SEPARATOR() public view returns (bytes32) {
        return
            keccak256(abi.encode(DOMAIN_TYPEHASH, keccak256("Gro Token"), keccak256("1"), block.chainid, address(this)));
    }

    /// @dev The code for which a seat cannot sign here, 0 for none.
    function _signingRefusal(uint256 word) internal pure returns (uint8) {
        if (word.keyOf() == address(0)) return UNKNOWN_SEAT;
        if (word.classOf() == SeatWords.RETIRED) return SEAT_RETIRED;
        if (word.isFrozen()) return SEAT_FROZEN;
        return 0;
    }

    /// @dev The code for which a seat is given nothing new, 0 for none. A frozen one still receives.
    function _receivingRefusal(uint256 word) internal pure returns (uint8) {
        if (word.keyOf() == address(0)) return UNKNOWN_SEAT;
        if (word.classOf() == SeatWords.RETIRED) return SEAT_RETIRED;
        return 0;
    }

    /// @dev Who signed, zero for no valid signature. A high `s` is none.
    function _signerOf(bytes32 structHash, bytes calldata signature) internal view returns (address signer) {
        (signer,,) = ECDSA.tryRecoverCalldata(MessageHashUtils.toTypedDataHash(DOMAIN_SEPARATOR(), structHash), signature);
    }

    function _requireBatch(uint256 count) internal pure {
        if (count > 256) revert TooManyItems(count);
    }

    function _note(Report memory report, uint256 i, uint256 count, uint8 reason) internal pure {
        if (reason == 0) {
            report.okMask |= 1 << i;
        } else {
            if (report.reasons.length == 0) report.reasons = new bytes(count);
            report.reasons[i] = bytes1(reason);
        }
    }

    /// @dev Moves or mints in a call of its own, which a receiver's refusal undoes; false when it refused. What the caller
    /// booked before is right inside the receiver's hook, and is the caller's to take back.
    function _deliver(address from, address to, uint256[] memory ids, uint256[] memory values, bytes memory data)
        internal
        returns (bool)
    {
        try IGroDelivery(address(this)).deliver(from, to, ids, values, data) {
            return true;
        } catch {
            uint256 size;
            assembly {
                size := returndatasize()
            }
            // A refusal always has a reason. Silence is too little gas: were it a skip, estimates would find gas for skipping.
            if (size == 0) revert NotEnoughGas();
            return false;
        }
    }

    function _deliverOne(address from, address to, uint256 id, uint256 value, bytes memory data) internal returns (bool) {
        uint256[] memory ids = new uint256[](1);
        uint256[] memory values = new uint256[](1);
        (ids[0], values[0]) = (id, value);
        return _deliver(from, to, ids, values, data);
    }

    function _gro() internal pure returns (GroTokenStorage storage store) {
        assembly {
            store.slot := STORAGE
        }
    }

    function _setRecalled(uint256 lot, bool recalled, bytes32 caseHash, address by) internal {
        Lot storage entry = _gro().lots[lot];
        if (entry.certifier == address(0)) revert NoSuchLot(lot);
        emit LotRecalled(lot, by, entry.isRecalled, recalled, caseHash);
        entry.isRecalled = recalled;
    }

    function _harvestNullifier(uint256 lot, bytes32 ref) internal pure returns (bytes32) {
        return keccak256(abi.encode(lot, ref));
    }

    /// @dev Hashed with its kind: a steward's reference must not use up a harvest or a recall.
    function _shiftNullifier(bytes32 ref) internal pure returns (bytes32) {
        return keccak256(abi.encode("shift", ref));
    }

    function _lotId(address certifier, bytes32 farm, uint32 harvestDay, uint32 serial) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(certifier, farm, harvestDay, serial)));
    }
}
