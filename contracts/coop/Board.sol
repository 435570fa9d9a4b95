// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ISeatRegistry} from "./interfaces/ISeatRegistry.sol";

/// @title The board as one account.
/// @notice Calls what the registry's threshold of board keys signed, once per message. It holds the roles of the access
/// manager, so that one board key alone can do nothing there; the delays are the manager's.
contract Board is EIP712 {
    bytes32 private constant CALL_TYPEHASH =
        keccak256("Call(address target,bytes data,bytes32 salt,uint40 validUntil)");

    /// @notice Who says which keys are the board's.
    ISeatRegistry public immutable seats;
    /// @notice Messages that were carried out.
    mapping(bytes32 digest => bool) public isDone;

    event Called(address indexed target, bytes4 indexed selector, bytes32 indexed digest, bytes data);

    error MessageExpired(uint40 validUntil);
    error AlreadyDone(bytes32 digest);
    error NotBoardSigned();
    error NotAContract(address target);

    constructor(ISeatRegistry seats_) EIP712("Stoop Board", "1") {
        seats = seats_;
    }

    /// @notice Carries out one call. Anybody may bring it; a call that fails changes nothing and can be brought again.
    /// @param signatures The threshold's, ascending by signer.
    function execute(
        address target,
        bytes calldata data,
        bytes32 salt,
        uint40 validUntil,
        bytes[] calldata signatures
    ) external returns (bytes memory result) {
        if (block.timestamp > validUntil) revert MessageExpired(validUntil);
        bytes32 digest =
            _hashTypedDataV4(keccak256(abi.encode(CALL_TYPEHASH, target, keccak256(data), salt, validUntil)));
        if (isDone[digest]) revert AlreadyDone(digest);
        if (!seats.isBoardSigned(digest, signatures)) revert NotBoardSigned();
        if (target.code.length == 0) revert NotAContract(target);
        isDone[digest] = true;
        emit Called(target, bytes4(data), digest, data);
        bool ok;
        (ok, result) = target.call(data);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(result, 0x20), mload(result))
            }
        }
    }
}
