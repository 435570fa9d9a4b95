// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ISeatRegistry} from "../interfaces/ISeatRegistry.sol";

/// @title The board's keys: who they are, how many sign together, and how the board replaces itself.
/// @dev Nobody else can change the board. A rotation takes effect at once, so that two keys can put out a stolen third; it
/// needs the threshold of the new board too, so that no board is named that could not act.
abstract contract BoardKeys is ISeatRegistry, EIP712 {
    bytes32 private constant ROTATE_TYPEHASH =
        keccak256("Rotate(address[] board,uint8 threshold,uint32 revision,uint40 validUntil)");

    /// @inheritdoc ISeatRegistry
    uint8 public threshold;
    /// @notice How often the board has been replaced; a rotation must carry the next number.
    uint32 public boardRevision;
    /// @inheritdoc ISeatRegistry
    mapping(address key => bool) public isBoard;
    address[] private _board;

    event BoardRotated(uint32 indexed revision, address[] oldBoard, address[] newBoard, uint8 oldThreshold, uint8 newThreshold);

    error BoardTooSmall(uint256 keys);
    error BoardTooLarge(uint256 keys);
    error BadThreshold(uint8 threshold, uint256 keys);
    error DuplicateBoardKey(address key);
    error BadKey(address key);
    error NotBoardSigned();
    error NewBoardDidNotSign();
    error MessageExpired(uint40 validUntil);
    error StaleRevision(uint32 current, uint32 given);

    constructor(address[] memory board_, uint8 threshold_) {
        _setBoard(board_, threshold_);
    }

    /// @notice The board's keys.
    function board() external view returns (address[] memory) {
        return _board;
    }

    /// @notice Replaces the whole board. The old board's threshold and the new board's both sign the same message.
    /// @param revision One more than `boardRevision`.
    /// @param signatures The old board's, ascending by signer.
    /// @param newSignatures The new board's, ascending by signer.
    function rotateBoard(
        address[] calldata newBoard,
        uint8 newThreshold,
        uint32 revision,
        uint40 validUntil,
        bytes[] calldata signatures,
        bytes[] calldata newSignatures
    ) external {
        if (revision != boardRevision + 1) revert StaleRevision(boardRevision, revision);
        bytes32 structHash = keccak256(
            abi.encode(ROTATE_TYPEHASH, keccak256(abi.encodePacked(newBoard)), newThreshold, revision, validUntil)
        );
        _requireSigned(structHash, validUntil, signatures, threshold);
        boardRevision = revision;
        _setBoard(newBoard, newThreshold);
        if (_countSigned(_hashTypedDataV4(structHash), newSignatures) < newThreshold) revert NewBoardDidNotSign();
    }

    /// @inheritdoc ISeatRegistry
    function isBoardSigned(bytes32 digest, bytes[] calldata signatures) external view returns (bool) {
        return _countSigned(digest, signatures) >= threshold;
    }

    /// @dev How many different board keys signed; 0 as soon as one signature is no board key's or not in order.
    function _countSigned(bytes32 digest, bytes[] calldata signatures) internal view returns (uint256) {
        address last;
        for (uint256 i; i < signatures.length; ++i) {
            (address signer,,) = ECDSA.tryRecoverCalldata(digest, signatures[i]);
            if (signer <= last || !isBoard[signer]) return 0;
            last = signer;
        }
        return signatures.length;
    }

    function _requireSigned(bytes32 structHash, uint40 validUntil, bytes[] calldata signatures, uint256 needed) internal view {
        if (block.timestamp > validUntil) revert MessageExpired(validUntil);
        if (_countSigned(_hashTypedDataV4(structHash), signatures) < needed) revert NotBoardSigned();
    }

    /// @dev A masked Filecoin id (0xff, eleven zero bytes, the id) is another form of an actor that cannot sign typed data.
    function _requireUsable(address key) internal pure {
        if (key == address(0) || uint160(key) >> 64 == uint160(0xff) << 88) revert BadKey(key);
    }

    function _setBoard(address[] memory newBoard, uint8 newThreshold) private {
        if (newBoard.length < 3) revert BoardTooSmall(newBoard.length);
        if (newBoard.length > 16) revert BoardTooLarge(newBoard.length);
        if (newThreshold < 2 || newThreshold > newBoard.length) revert BadThreshold(newThreshold, newBoard.length);
        address[] memory oldBoard = _board;
        for (uint256 i; i < oldBoard.length; ++i) delete isBoard[oldBoard[i]];
        for (uint256 i; i < newBoard.length; ++i) {
            _requireUsable(newBoard[i]);
            if (isBoard[newBoard[i]]) revert DuplicateBoardKey(newBoard[i]);
            isBoard[newBoard[i]] = true;
        }
        emit BoardRotated(boardRevision, oldBoard, newBoard, threshold, newThreshold);
        _board = newBoard;
        threshold = newThreshold;
    }
}
