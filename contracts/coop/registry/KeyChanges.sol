// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SeatBook} from "./SeatBook.sol";
import {SeatWords} from "./SeatWords.sol";

/// @title How a seat gets another key.
/// @notice By its old key, after 48 hours; or by two board signatures, after 7 days. The old key can cancel either while it
/// waits, and the new key signs too, so that no seat ends at a key that nobody has. One change waits at a time; a later
/// announcement takes the place of an earlier one.
/// @dev While the board has frozen a seat its old key can announce and complete nothing, but it can still cancel: a freeze and
/// a recovery together would otherwise let two board keys take a seat from somebody who objects.
abstract contract KeyChanges is SeatBook {
    using SeatWords for uint256;

    /// @notice A change that waits; `newKey` is zero when none does.
    struct KeyChange {
        address newKey;
        uint40 effectiveAt;
        uint32 revision;
        bool isRecovery;
    }

    /// @notice How long a change by the old key waits.
    uint256 public constant CHANGE_DELAY = 48 hours;
    /// @notice How long a recovery by the board waits.
    uint256 public constant RECOVERY_DELAY = 7 days;

    bytes32 private constant CHANGE_TYPEHASH =
        keccak256("ChangeKey(uint24 seat,address oldKey,address newKey,uint32 revision,uint40 validUntil)");
    bytes32 private constant RECOVER_TYPEHASH =
        keccak256("RecoverKey(uint24 seat,address oldKey,address newKey,uint32 revision,uint40 validUntil)");
    bytes32 private constant CANCEL_TYPEHASH = keccak256("CancelKeyChange(uint24 seat,uint32 revision,uint40 validUntil)");

    /// @notice The change of a seat's key that waits, and the revision of the last message about it.
    mapping(uint24 seat => KeyChange) public keyChangeOf;

    event KeyChangeAnnounced(
        uint24 indexed seat, address indexed oldKey, address indexed newKey, uint40 effectiveAt, bool isRecovery
    );
    event KeyChangeCancelled(uint24 indexed seat, address indexed newKey, bool wasRecovery);
    event KeyChanged(uint24 indexed seat, address indexed oldKey, address indexed newKey);

    error NotSignedByOldKey(address signer);
    error NotSignedByNewKey(address signer);
    error SeatIsFrozen(uint24 seat);
    error NoKeyChange(uint24 seat);
    error TooEarly(uint40 effectiveAt);

    /// @notice Announces a change of key, signed by the old and the new one.
    /// @param revision One more than that of the seat's last message about its key.
    function announceKeyChange(
        uint24 seat,
        address newKey,
        uint32 revision,
        uint40 validUntil,
        bytes calldata oldSignature,
        bytes calldata newSignature
    ) external {
        uint256 word = _wordOf(seat);
        if (word.isFrozen()) revert SeatIsFrozen(seat);
        address oldKey = word.keyOf();
        bytes32 digest =
            _hashTypedDataV4(keccak256(abi.encode(CHANGE_TYPEHASH, seat, oldKey, newKey, revision, validUntil)));
        if (block.timestamp > validUntil) revert MessageExpired(validUntil);
        (address signer,,) = ECDSA.tryRecoverCalldata(digest, oldSignature);
        if (signer != oldKey) revert NotSignedByOldKey(signer);
        _announce(seat, oldKey, newKey, revision, digest, newSignature, false);
    }

    /// @notice Announces a recovery, signed by two board keys and the new key.
    /// @param signatures The board's, ascending by signer.
    function announceRecovery(
        uint24 seat,
        address newKey,
        uint32 revision,
        uint40 validUntil,
        bytes[] calldata signatures,
        bytes calldata newSignature
    ) external {
        address oldKey = _wordOf(seat).keyOf();
        bytes32 structHash = keccak256(abi.encode(RECOVER_TYPEHASH, seat, oldKey, newKey, revision, validUntil));
        _requireSigned(structHash, validUntil, signatures, threshold);
        _announce(seat, oldKey, newKey, revision, _hashTypedDataV4(structHash), newSignature, true);
    }

    /// @notice Takes back what waits: signed by the seat's key, or, for a recovery, by two board keys.
    /// @param signatures The key's alone, or the board's ascending by signer.
    function cancelKeyChange(uint24 seat, uint32 revision, uint40 validUntil, bytes[] calldata signatures) external {
        KeyChange memory change = keyChangeOf[seat];
        if (change.newKey == address(0)) revert NoKeyChange(seat);
        if (block.timestamp > validUntil) revert MessageExpired(validUntil);
        _requireNext(change.revision, revision);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(CANCEL_TYPEHASH, seat, revision, validUntil)));
        address signer;
        if (signatures.length == 1) (signer,,) = ECDSA.tryRecoverCalldata(digest, signatures[0]);
        bool byBoard = change.isRecovery && _countSigned(digest, signatures) >= threshold;
        if (!byBoard && signer != _words[seat].keyOf()) revert NotSignedByOldKey(signer);
        keyChangeOf[seat] = KeyChange(address(0), 0, revision, false);
        emit KeyChangeCancelled(seat, change.newKey, change.isRecovery);
    }

    /// @notice Completes a change whose time has come. Anybody may call.
    function applyKeyChange(uint24 seat) external {
        KeyChange memory change = keyChangeOf[seat];
        if (change.newKey == address(0)) revert NoKeyChange(seat);
        if (block.timestamp < change.effectiveAt) revert TooEarly(change.effectiveAt);
        uint256 word = _words[seat];
        if (word.isFrozen() && !change.isRecovery) revert SeatIsFrozen(seat);
        _requireFree(change.newKey);
        keyChangeOf[seat] = KeyChange(address(0), 0, change.revision, false);
        _seatByKey[change.newKey] = seat;
        _words[seat] = word.withKey(change.newKey);
        emit KeyChanged(seat, word.keyOf(), change.newKey);
    }

    function _announce(
        uint24 seat,
        address oldKey,
        address newKey,
        uint32 revision,
        bytes32 digest,
        bytes calldata newSignature,
        bool isRecovery
    ) private {
        _requireNext(keyChangeOf[seat].revision, revision);
        _requireFree(newKey);
        (address signer,,) = ECDSA.tryRecoverCalldata(digest, newSignature);
        if (signer != newKey) revert NotSignedByNewKey(signer);
        uint40 effectiveAt = uint40(block.timestamp + (isRecovery ? RECOVERY_DELAY : CHANGE_DELAY));
        keyChangeOf[seat] = KeyChange(newKey, effectiveAt, revision, isRecovery);
        emit KeyChangeAnnounced(seat, oldKey, newKey, effectiveAt, isRecovery);
    }

    /// @dev Exactly the next: a stolen key could else use up all revisions and shut the recovery out.
    function _requireNext(uint32 last, uint32 revision) private pure {
        if (revision != last + 1) revert StaleRevision(last, revision);
    }
}
