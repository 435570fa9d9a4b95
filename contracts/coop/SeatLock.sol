// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {ERC165, IERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {AnnouncedUpgrades} from "./AnnouncedUpgrades.sol";
import {ISeatLock} from "./interfaces/ISeatLock.sol";
import {ISeatRegistry} from "./interfaces/ISeatRegistry.sol";
import {SeatReads} from "./registry/SeatReads.sol";
import {SeatWords} from "./registry/SeatWords.sol";
import {LockWords} from "./seatlock/LockWords.sol";

/// @title GRO locked for a time, per seat: it makes a seat's season credits up to twice as many.
/// @notice A resident locks by transferring GRO here with `abi.encode(uint40 until)` as data: for 1 week to 2 years. A later
/// transfer adds, a later `until` (also with an amount of 0) extends. After the end anybody may call `withdraw`, which pays
/// the seat's current key. Nobody can end a lock early or pay it elsewhere, by any role.
/// @dev There is no decaying total: a multiplier follows from the seat's own word at a moment. Only what arrives through the
/// hook is accepted, so the GRO here is exactly the sum of the locks.
contract SeatLock is ISeatLock, IERC1155Receiver, ERC165, ReentrancyGuardTransient, AnnouncedUpgrades {
    using LockWords for uint256;
    using SeatReads for ISeatRegistry;
    using SeatWords for uint256;

    /// @custom:storage-location erc7201:stoop.storage.SeatLock
    struct SeatLockStorage {
        // The lock as it stands; its count says how many older words lie in the history.
        mapping(uint24 seat => uint256 word) current;
        mapping(uint24 seat => mapping(uint256 index => uint256 word)) history;
    }

    // keccak256(abi.encode(uint256(keccak256("stoop.storage.SeatLock")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE = 0x2c4b418f5821a3be2dd5013195901f781487244f85d966bff0492186ea37b700;

    /// @notice The shortest time that GRO is locked for.
    uint256 public constant SHORTEST = 7 days;
    /// @notice The longest.
    uint256 public constant LONGEST = 730 days;
    /// @notice A multiplier of one.
    uint256 public constant ONE = 10_000;

    uint256 private constant GRO = 0;

    /// @notice Who holds which seat.
    ISeatRegistry public immutable seats;
    /// @notice The token whose id 0 is locked.
    IERC1155 public immutable gro;

    event LockChanged(
        uint24 indexed seat, address indexed key, uint256 oldAmount, uint256 newAmount, uint256 oldUntil, uint256 newUntil
    );
    event LockWithdrawn(uint24 indexed seat, address indexed key, address indexed by, uint256 amount, uint256 until);

    error OnlyGro(address token, uint256 id);
    error OneTransferAtATime();
    error NotAResidentsKey(address key);
    error BadLockData(uint256 length);
    error BadLockEnd(uint256 until, uint256 earliest, uint256 latest);
    error NothingToLock(uint24 seat);
    error NothingLocked(uint24 seat);
    error StillLocked(uint24 seat, uint256 until);
    error TooMuch(uint256 amount);
    error FutureTime(uint40 time);

    /// @param seats_ Lives in the code, as does `gro_`, so that no upgrade of storage can change it.
    constructor(ISeatRegistry seats_, IERC1155 gro_) {
        seats = seats_;
        gro = gro_;
        _disableInitializers();
    }

    /// @notice Called once, by the proxy's constructor.
    function initialize(address authority) external initializer {
        __AccessManaged_init(authority);
    }

    /// @notice Locks what a resident sends, adds to the lock or extends it.
    /// @param data `abi.encode(uint40 until)`; 0 leaves the end of a running lock as it is.
    function onERC1155Received(address, address from, uint256 id, uint256 value, bytes calldata data)
        external
        returns (bytes4)
    {
        if (msg.sender != address(gro) || id != GRO) revert OnlyGro(msg.sender, id);
        if (data.length != 32) revert BadLockData(data.length);
        _lock(_residentOf(from), from, value, abi.decode(data, (uint40)));
        return IERC1155Receiver.onERC1155Received.selector;
    }

    /// @notice Refuses: each lock comes in a transfer of its own.
    function onERC1155BatchReceived(address, address, uint256[] calldata, uint256[] calldata, bytes calldata)
        external
        pure
        returns (bytes4)
    {
        revert OneTransferAtATime();
    }

    /// @notice Pays out a lock that has ended, to the seat's current key. Anybody may call.
    function withdraw(uint24 seat) external nonReentrant {
        uint256 word = _storage().current[seat];
        uint256 amount = word.amountOf();
        if (amount == 0) revert NothingLocked(seat);
        if (block.timestamp < word.untilOf()) revert StillLocked(seat, word.untilOf());
        address key = seats.keyOf(seat);
        _write(seat, word, 0, 0);
        emit LockWithdrawn(seat, key, msg.sender, amount, word.untilOf());
        gro.safeTransferFrom(address(this), key, GRO, amount, "");
    }

    /// @notice A seat's lock as it stands: micro-GRO, since when it is so, when it ends.
    function lockOf(uint24 seat) external view returns (uint256 amount, uint256 since, uint256 until) {
        uint256 word = _storage().current[seat];
        return (word.amountOf(), word.sinceOf(), word.untilOf());
    }

    /// @notice A seat's lock as it stood at a moment that is not in the future; zeros before its first.
    function lockAt(uint24 seat, uint40 time) external view returns (uint256 amount, uint256 since, uint256 until) {
        if (time > block.timestamp) revert FutureTime(time);
        uint256 word = _wordAt(seat, time);
        return (word.amountOf(), word.sinceOf(), word.untilOf());
    }

    /// @inheritdoc ISeatLock
    /// @dev Later in the same second a multiplier can still rise, never fall. With a cap of 0 locks do not count.
    function multipliersAt(uint24[] calldata list, uint40 time, uint256 cap)
        external
        view
        returns (uint256[] memory multipliers)
    {
        if (time > block.timestamp) revert FutureTime(time);
        multipliers = new uint256[](list.length);
        for (uint256 i; i < list.length; ++i) multipliers[i] = _multiplier(_wordAt(list[i], time), time, cap);
    }

    /// @inheritdoc ERC165
    function supportsInterface(bytes4 interfaceId) public view override(ERC165, IERC165) returns (bool) {
        return interfaceId == type(IERC1155Receiver).interfaceId || super.supportsInterface(interfaceId);
    }

    function _lock(uint24 seat, address key, uint256 value, uint256 until) private {
        uint256 word = _storage().current[seat];
        uint256 oldUntil = word.untilOf();
        uint256 amount = word.amountOf() + value;
        if (amount == 0) revert NothingToLock(seat);
        if (amount > type(uint64).max) revert TooMuch(amount);
        uint256 latest = block.timestamp + LONGEST;
        uint256 earliest;
        if (oldUntil <= block.timestamp) {
            // A new lock, or one that has ended and was not withdrawn: it starts again.
            earliest = block.timestamp + SHORTEST;
        } else {
            if (until == 0 && value != 0) until = oldUntil;
            earliest = value == 0 ? oldUntil + 1 : oldUntil;
        }
        if (until < earliest || until > latest) revert BadLockEnd(until, earliest, latest);
        _write(seat, word, amount, until);
        emit LockChanged(seat, key, word.amountOf(), amount, oldUntil, until);
    }

    /// @dev The old word goes to the history, unless it began in this very second or never was.
    function _write(uint24 seat, uint256 word, uint256 amount, uint256 until) private {
        SeatLockStorage storage store = _storage();
        uint256 count = word.countOf();
        uint256 since = word.sinceOf();
        if (since != 0 && since != block.timestamp) {
            store.history[seat][count] = word;
            ++count;
        }
        store.current[seat] = LockWords.pack(amount, block.timestamp, until, count);
    }

    /// @dev The last word that began at `time` or before; 0 when none did.
    function _wordAt(uint24 seat, uint256 time) private view returns (uint256 word) {
        SeatLockStorage storage store = _storage();
        word = store.current[seat];
        if (word.sinceOf() <= time) return word;
        mapping(uint256 => uint256) storage history = store.history[seat];
        (uint256 low, uint256 high) = (0, word.countOf());
        word = 0;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            uint256 older = history[middle];
            if (older.sinceOf() <= time) {
                word = older;
                low = middle + 1;
            } else {
                high = middle;
            }
        }
    }

    function _multiplier(uint256 word, uint256 time, uint256 cap) private pure returns (uint256) {
        uint256 until = word.untilOf();
        if (until <= time || cap == 0) return ONE;
        uint256 counted = word.amountOf() < cap ? word.amountOf() : cap;
        // Two divisions in a row round as one by the product would, which could overflow.
        return ONE + ONE * counted * (until - time) / LONGEST / cap;
    }

    function _residentOf(address key) private view returns (uint24 seat) {
        uint256 word;
        (seat, word) = seats.byKey(key);
        if (word.classOf() != SeatWords.RESIDENT) revert NotAResidentsKey(key);
    }

    function _storage() private pure returns (SeatLockStorage storage store) {
        assembly {
            store.slot := STORAGE
        }
    }
}
