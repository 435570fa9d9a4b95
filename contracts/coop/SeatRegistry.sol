// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ISeatRegistry} from "./interfaces/ISeatRegistry.sol";

/// @title One person, one seat.
/// @notice Every limit, nullifier and vote of the building is keyed to a seat, never to an address. The registry cannot be
/// upgraded and has no owner: everything happens by signatures of the board's keys, which anybody may carry here.
///
/// What board keys can do: two (the threshold) issue resident seats, and freeze or release any seat; one issues guest seats;
/// one seals the founding. While the founding is open (at most 7 days after deployment) two may also give a seat another
/// key at once, to put a mistake right. After it nobody can change a seat's key here.
/// What nobody can do: issue a seat twice, give one key two seats, move anybody's money.
contract SeatRegistry is ISeatRegistry, EIP712 {
    /// @notice A seat as it is issued.
    struct FoundingSeat {
        uint24 seat;
        address key;
        uint8 class;
    }

    /// @notice Votes; two board signatures issue it.
    uint8 public constant RESIDENT = 1;
    /// @notice A fan or supplier: no vote, lower limits; one board signature issues it.
    uint8 public constant GUEST = 2;
    /// @notice How long the founding stays open unless it is sealed.
    uint256 public constant FOUNDING_WINDOW = 7 days;

    bytes32 private constant SEAT_TYPEHASH = keccak256("Seat(uint24 seat,address key,uint8 class)");
    bytes32 private constant ISSUE_TYPEHASH =
        keccak256("Issue(Seat[] seats,uint40 validUntil)Seat(uint24 seat,address key,uint8 class)");
    bytes32 private constant FREEZE_TYPEHASH =
        keccak256("Freeze(uint24 seat,bool frozen,bytes32 caseHash,uint32 revision,uint40 validUntil)");
    bytes32 private constant CORRECT_TYPEHASH =
        keccak256("Correct(uint24 seat,address oldKey,address newKey,uint40 validUntil)");
    bytes32 private constant SEAL_TYPEHASH = keccak256("SealFounding(uint40 validUntil)");

    uint256 private constant KEY_MASK = type(uint160).max;
    uint256 private constant FROZEN_BIT = 1 << 168;

    /// @inheritdoc ISeatRegistry
    uint8 public immutable threshold;
    /// @notice When the founding ends by itself, in seconds since 1970.
    uint40 public immutable foundingEndsAt;
    /// @notice Whether a board key has ended the founding early.
    bool public isSealed;
    /// @notice How many seats have been issued.
    uint24 public seatCount;

    /// @inheritdoc ISeatRegistry
    mapping(address key => bool) public isBoard;
    /// @inheritdoc ISeatRegistry
    mapping(address key => uint24) public seatOf;
    /// @notice The revision of the last freeze or release of a seat; a message must carry a higher one.
    mapping(uint24 seat => uint32) public freezeRevisionOf;
    // A fixed array costs no hash per seat, which a batch of fifty feels.
    uint256[1 << 24] private _words;

    event BoardMember(address indexed key);
    event SeatIssued(uint24 indexed seat, address indexed key, uint8 class);
    event SeatCorrected(uint24 indexed seat, address indexed oldKey, address indexed newKey);
    event SeatFrozen(uint24 indexed seat, bool wasFrozen, bool isFrozen, bytes32 indexed caseHash);
    event FoundingSealed(address indexed by);

    error BoardTooSmall(uint256 keys);
    error BadThreshold(uint8 threshold, uint256 keys);
    error DuplicateBoardKey(address key);
    error BadKey(address key);
    error BadClass(uint8 class);
    error NoSuchSeat(uint24 seat);
    error SeatTaken(uint24 seat);
    error KeyTaken(address key, uint24 seat);
    error NotBoardSigned();
    error MessageExpired(uint40 validUntil);
    error StaleRevision(uint32 current, uint32 given);
    error FoundingOver();
    error OldKeyDiffers(address current);

    /// @param board At least three different keys.
    /// @param threshold_ How many of them sign together, at least two.
    /// @param seats The founding seats.
    constructor(address[] memory board, uint8 threshold_, FoundingSeat[] memory seats) EIP712("Stoop Seats", "1") {
        if (board.length < 3) revert BoardTooSmall(board.length);
        if (threshold_ < 2 || threshold_ > board.length) revert BadThreshold(threshold_, board.length);
        for (uint256 i; i < board.length; ++i) {
            address key = board[i];
            _requireUsable(key);
            if (isBoard[key]) revert DuplicateBoardKey(key);
            isBoard[key] = true;
            emit BoardMember(key);
        }
        threshold = threshold_;
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
        return address(uint160(_words[seat]));
    }

    /// @notice The seat's class: 0 for a seat never issued, else RESIDENT or GUEST.
    function classOf(uint24 seat) external view returns (uint8) {
        return uint8(_words[seat] >> 160);
    }

    /// @notice Whether the board has frozen the seat: what it signs settles nothing until it is released.
    function isFrozen(uint24 seat) external view returns (bool) {
        return _words[seat] & FROZEN_BIT != 0;
    }

    /// @notice Whether seats may still be corrected.
    function isFounding() public view returns (bool) {
        return !isSealed && block.timestamp < foundingEndsAt;
    }

    /// @notice Issues seats, during the founding and after it. All or none.
    /// @param signatures One board signature when all are guests, else the threshold; ascending by signer.
    function issueSeats(FoundingSeat[] calldata seats, uint40 validUntil, bytes[] calldata signatures) external {
        bytes32[] memory hashes = new bytes32[](seats.length);
        bool guestsOnly = true;
        for (uint256 i; i < seats.length; ++i) {
            FoundingSeat calldata each = seats[i];
            hashes[i] = keccak256(abi.encode(SEAT_TYPEHASH, each.seat, each.key, each.class));
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
        _words[seat] = frozen ? word | FROZEN_BIT : word & ~FROZEN_BIT;
        emit SeatFrozen(seat, word & FROZEN_BIT != 0, frozen, caseHash);
    }

    /// @notice Gives a seat another key at once; two board signatures, and only while the founding is open.
    function correctSeat(uint24 seat, address oldKey, address newKey, uint40 validUntil, bytes[] calldata signatures)
        external
    {
        if (!isFounding()) revert FoundingOver();
        bytes32 structHash = keccak256(abi.encode(CORRECT_TYPEHASH, seat, oldKey, newKey, validUntil));
        _requireSigned(structHash, validUntil, signatures, threshold);
        uint256 word = _wordOf(seat);
        if (address(uint160(word)) != oldKey) revert OldKeyDiffers(address(uint160(word)));
        _requireFree(newKey);
        delete seatOf[oldKey];
        seatOf[newKey] = seat;
        _words[seat] = (word & ~KEY_MASK) | uint160(newKey);
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

    /// @inheritdoc ISeatRegistry
    function isBoardSigned(bytes32 digest, bytes[] calldata signatures) external view returns (bool) {
        return _countSigned(digest, signatures) >= threshold;
    }

    /// @dev How many different board keys signed; 0 as soon as one signature is no board key's or not in order.
    function _countSigned(bytes32 digest, bytes[] calldata signatures) private view returns (uint256) {
        address last;
        for (uint256 i; i < signatures.length; ++i) {
            (address signer,,) = ECDSA.tryRecoverCalldata(digest, signatures[i]);
            if (signer <= last || !isBoard[signer]) return 0;
            last = signer;
        }
        return signatures.length;
    }

    function _requireSigned(bytes32 structHash, uint40 validUntil, bytes[] calldata signatures, uint256 needed) private view {
        if (block.timestamp > validUntil) revert MessageExpired(validUntil);
        if (_countSigned(_hashTypedDataV4(structHash), signatures) < needed) revert NotBoardSigned();
    }

    function _issue(FoundingSeat memory each) private {
        if (each.seat == 0) revert NoSuchSeat(0);
        if (each.class != RESIDENT && each.class != GUEST) revert BadClass(each.class);
        if (_words[each.seat] != 0) revert SeatTaken(each.seat);
        _requireFree(each.key);
        _words[each.seat] = uint160(each.key) | uint256(each.class) << 160;
        seatOf[each.key] = each.seat;
        ++seatCount;
        emit SeatIssued(each.seat, each.key, each.class);
    }

    function _wordOf(uint24 seat) private view returns (uint256 word) {
        word = _words[seat];
        if (word == 0) revert NoSuchSeat(seat);
    }

    function _requireFree(address key) private view {
        _requireUsable(key);
        uint24 held = seatOf[key];
        if (held != 0) revert KeyTaken(key, held);
    }

    /// @dev A masked Filecoin id (0xff, eleven zero bytes, the id) is another form of an actor that cannot sign typed data.
    function _requireUsable(address key) private pure {
        if (key == address(0) || uint160(key) >> 64 == uint160(0xff) << 88) revert BadKey(key);
    }
}
