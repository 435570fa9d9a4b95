// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ISeatRegistry} from "../interfaces/ISeatRegistry.sol";
import {BoardKeys} from "./BoardKeys.sol";
import {SeatWords} from "./SeatWords.sol";

/// @title The seats: issued, frozen, retired, and put right while the founding is open.
abstract contract SeatBook is BoardKeys {
    using SeatWords for uint256;

    /// @notice A seat as it is issued.
    /// @param dwelling A resident's: keyed commitment to the dwelling, never its address; zero for a guest.
    struct NewSeat {
        uint24 seat;
        address key;
        uint8 class;
        bytes32 dwelling;
    }

    /// @notice Votes; two board signatures issue it.
    uint8 public constant RESIDENT = SeatWords.RESIDENT;
    /// @notice A fan or supplier: no vote, lower limits; one board signature issues it.
    uint8 public constant GUEST = SeatWords.GUEST;
    /// @notice Gave the seat back.
    uint8 public constant RETIRED = SeatWords.RETIRED;
    /// @notice How long the founding stays open unless it is sealed.
    uint256 public constant FOUNDING_WINDOW = 7 days;

    bytes32 private constant SEAT_TYPEHASH = keccak256("Seat(uint24 seat,address key,uint8 class,bytes32 dwelling)");
    bytes32 private constant ISSUE_TYPEHASH = keccak256(
        "Issue(Seat[] seats,uint40 validUntil)Seat(uint24 seat,address key,uint8 class,bytes32 dwelling)"
    );
    bytes32 private constant FREEZE_TYPEHASH =
        keccak256("Freeze(uint24 seat,bool frozen,bytes32 caseHash,uint32 revision,uint40 validUntil)");
    bytes32 private constant RETIRE_TYPEHASH = keccak256("Retire(uint24 seat,bytes32 caseHash,uint40 validUntil)");
    bytes32 private constant CORRECT_TYPEHASH =
        keccak256("Correct(uint24 seat,address oldKey,address newKey,uint40 validUntil)");
    bytes32 private constant SEAL_TYPEHASH = keccak256("SealFounding(uint40 validUntil)");

    /// @notice How many residents' seats one dwelling may have.
    uint8 public immutable votingSeatsPerDwelling;
    /// @notice When the founding ends by itself, in seconds since 1970.
    uint40 public immutable foundingEndsAt;
    /// @notice Whether a board key has ended the founding early.
    bool public isSealed;
    /// @notice How many seats have been issued, retired ones included.
    uint24 public seatCount;
    /// @inheritdoc ISeatRegistry
    uint24 public residentCount;

    /// @notice The revision of the last freeze or release of a seat; a message must carry a higher one.
    mapping(uint24 seat => uint32) public freezeRevisionOf;
    /// @notice The commitment to a resident's dwelling.
    mapping(uint24 seat => bytes32) public dwellingOf;
    /// @notice How many residents' seats a dwelling has.
    mapping(bytes32 dwelling => uint256) public votingSeatsIn;
    // The seat that a key holds or held; a former key never serves another seat.
    mapping(address key => uint24) internal _seatByKey;
    // A fixed array costs no hash per seat, which a batch of fifty feels.
    uint256[1 << 24] internal _words;

    event SeatIssued(uint24 indexed seat, address indexed key, uint8 class, bytes32 indexed dwelling);
    event SeatCorrected(uint24 indexed seat, address indexed oldKey, address indexed newKey);
    event SeatFrozen(uint24 indexed seat, bool wasFrozen, bool isFrozen, bytes32 indexed caseHash);
    event SeatRetired(uint24 indexed seat, uint8 oldClass, bytes32 indexed caseHash);
    event FoundingSealed(address indexed by);

    error BadDwellingCap();
    error BadClass(uint8 class);
    error BadDwelling(uint24 seat);
    error DwellingFull(bytes32 dwelling, uint256 votingSeats);
    error NoSuchSeat(uint24 seat);
    error SeatTaken(uint24 seat);
    error SeatIsRetired(uint24 seat);
    error KeyTaken(address key, uint24 seat);
    error FoundingOver();
    error OldKeyDiffers(address current);

    constructor(NewSeat[] memory seats, uint8 votingSeatsPerDwelling_) {
        if (votingSeatsPerDwelling_ == 0) revert BadDwellingCap();
        votingSeatsPerDwelling = votingSeatsPerDwelling_;
        foundingEndsAt = uint40(block.timestamp + FOUNDING_WINDOW);
        for (uint256 i; i < seats.length; ++i) _issue(seats[i]);
    }

    /// @inheritdoc ISeatRegistry
    function wordsOf(uint24[] calldata seats) external view returns (uint256[] memory words) {
        words = new uint256[](seats.length);
        for (uint256 i; i < seats.length; ++i) words[i] = _words[seats[i]];
    }

    /// @inheritdoc ISeatRegistry
    function keyOf(uint24 seat) external view returns (address) {
        return _words[seat].keyOf();
    }

    /// @inheritdoc ISeatRegistry
    function seatOf(address key) external view returns (uint24 seat) {
        seat = _seatByKey[key];
        if (_words[seat].keyOf() != key) seat = 0;
    }

    /// @inheritdoc ISeatRegistry
    function formerSeatOf(address key) external view returns (uint24 seat) {
        seat = _seatByKey[key];
        if (_words[seat].keyOf() == key) seat = 0;
    }

    /// @notice The seat's class: 0 for a seat never issued, else RESIDENT, GUEST or RETIRED.
    function classOf(uint24 seat) external view returns (uint8) {
        return _words[seat].classOf();
    }

    /// @notice Whether the board has frozen the seat: what it signs settles nothing until it is released.
    function isFrozen(uint24 seat) external view returns (bool) {
        return _words[seat].isFrozen();
    }

    /// @notice When the seat was issued, in seconds since 1970; 0 for never.
    function issuedAtOf(uint24 seat) external view returns (uint256) {
        return _words[seat].issuedAt();
    }

    /// @notice Whether seats may still be corrected.
    function isFounding() public view returns (bool) {
        return !isSealed && block.timestamp < foundingEndsAt;
    }

    /// @notice Issues seats, during the founding and after it. All or none.
    /// @param signatures One board signature when all are guests, else the threshold; ascending by signer.
    function issueSeats(NewSeat[] calldata seats, uint40 validUntil, bytes[] calldata signatures) external {
        bytes32[] memory hashes = new bytes32[](seats.length);
        bool guestsOnly = true;
        for (uint256 i; i < seats.length; ++i) {
            NewSeat calldata each = seats[i];
            hashes[i] = keccak256(abi.encode(SEAT_TYPEHASH, each.seat, each.key, each.class, each.dwelling));
            if (each.class != GUEST) guestsOnly = false;
        }
        bytes32 seatsHash = keccak256(abi.encodePacked(hashes));
        _requireSigned(
            keccak256(abi.encode(ISSUE_TYPEHASH, seatsHash, validUntil)), validUntil, signatures, guestsOnly ? 1 : threshold
        );
        for (uint256 i; i < seats.length; ++i) _issue(seats[i]);
    }

    /// @notice Freezes or releases a seat; two board signatures.
    /// @param caseHash A commitment to the case's file, never its text.
    function setFrozen(
        uint24 seat,
        bool frozen,
        bytes32 caseHash,
        uint32 revision,
        uint40 validUntil,
        bytes[] calldata signatures
    ) external {
        bytes32 structHash = keccak256(abi.encode(FREEZE_TYPEHASH, seat, frozen, caseHash, revision, validUntil));
        _requireSigned(structHash, validUntil, signatures, threshold);
        uint256 word = _wordOf(seat);
        uint32 current = freezeRevisionOf[seat];
        if (revision <= current) revert StaleRevision(current, revision);
        freezeRevisionOf[seat] = revision;
        _words[seat] = word.withFrozen(frozen);
        emit SeatFrozen(seat, word.isFrozen(), frozen, caseHash);
    }

    /// @notice Ends a seat for good; two board signatures. It votes and joins no more; its key keeps what it owns, and can
    /// still be changed or recovered.
    function retireSeat(uint24 seat, bytes32 caseHash, uint40 validUntil, bytes[] calldata signatures) external {
        bytes32 structHash = keccak256(abi.encode(RETIRE_TYPEHASH, seat, caseHash, validUntil));
        _requireSigned(structHash, validUntil, signatures, threshold);
        uint256 word = _wordOf(seat);
        uint8 class = word.classOf();
        if (class == RETIRED) revert SeatIsRetired(seat);
        if (class == RESIDENT) {
            --residentCount;
            --votingSeatsIn[dwellingOf[seat]];
        }
        _words[seat] = word.withClass(RETIRED);
        emit SeatRetired(seat, class, caseHash);
    }

    /// @notice Gives a seat another key at once; two board signatures, and only while the founding is open.
    /// @dev The old key does not become a former key: what lies there can not be carried. Else two board keys could take a
    /// founding member's money at once.
    function correctSeat(uint24 seat, address oldKey, address newKey, uint40 validUntil, bytes[] calldata signatures)
        external
    {
        if (!isFounding()) revert FoundingOver();
        bytes32 structHash = keccak256(abi.encode(CORRECT_TYPEHASH, seat, oldKey, newKey, validUntil));
        _requireSigned(structHash, validUntil, signatures, threshold);
        uint256 word = _wordOf(seat);
        if (word.keyOf() != oldKey) revert OldKeyDiffers(word.keyOf());
        _requireFree(newKey);
        delete _seatByKey[oldKey];
        _seatByKey[newKey] = seat;
        _words[seat] = word.withKey(newKey);
        emit SeatCorrected(seat, oldKey, newKey);
    }

    /// @notice Ends the founding for good; any one board key signs.
    function sealFounding(uint40 validUntil, bytes calldata signature) external {
        if (!isFounding()) revert FoundingOver();
        if (block.timestamp > validUntil) revert MessageExpired(validUntil);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(SEAL_TYPEHASH, validUntil)));
        (address signer,,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (!isBoard[signer]) revert NotBoardSigned();
        isSealed = true;
        emit FoundingSealed(signer);
    }

    function _wordOf(uint24 seat) internal view returns (uint256 word) {
        word = _words[seat];
        if (word == 0) revert NoSuchSeat(seat);
    }

    /// @dev A key that serves or served a seat can not serve again: `carry` must have one answer for it. Nor can a contract be one:
    /// what lies in its account would go with the seat's next key, and the freeze and the daily limit would bind it.
    function _requireFree(address key) internal view {
        _requireUsable(key);
        if (_isContract(key)) revert BadKey(key);
        uint24 held = _seatByKey[key];
        if (held != 0) revert KeyTaken(key, held);
    }

    /// @dev A wallet's key stays one where it delegates to code (EIP-7702: 0xef0100 and an address).
    function _isContract(address key) private view returns (bool) {
        bytes memory code = key.code;
        return code.length != 0 && !(code.length == 23 && bytes3(code) == 0xef0100);
    }

    function _issue(NewSeat memory each) private {
        if (each.seat == 0) revert NoSuchSeat(0);
        if (each.class != RESIDENT && each.class != GUEST) revert BadClass(each.class);
        if (_words[each.seat] != 0) revert SeatTaken(each.seat);
        if ((each.dwelling == 0) == (each.class == RESIDENT)) revert BadDwelling(each.seat);
        _requireFree(each.key);
        if (each.class == RESIDENT) {
            uint256 count = ++votingSeatsIn[each.dwelling];
            if (count > votingSeatsPerDwelling) revert DwellingFull(each.dwelling, count - 1);
            dwellingOf[each.seat] = each.dwelling;
            ++residentCount;
        }
        _words[each.seat] = SeatWords.pack(each.key, each.class, block.timestamp);
        _seatByKey[each.key] = each.seat;
        ++seatCount;
        emit SeatIssued(each.seat, each.key, each.class, each.dwelling);
    }
}
