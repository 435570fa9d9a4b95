// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IFoodUSD} from "../interfaces/IFoodUSD.sol";
import {Ledger} from "./Ledger.sol";
import {Reasons} from "./Reasons.sol";

/// @title How Food-USD comes into being.
/// @notice A minter signs a deposit, once per bank reference; an attestor signs what lies in the bank; nothing is minted above
/// it. Minters, attestors and those who carry their messages are different keys.
abstract contract Deposits is IFoodUSD, Ledger, Reasons, AccessManaged {
    bytes32 private constant MINT_TYPEHASH =
        keccak256("Mint(uint24 seat,uint64 amount,bytes32 depositRef,uint40 validUntil)");
    bytes32 private constant ATTESTATION_TYPEHASH =
        keccak256("Attestation(uint64 reserve,bytes32 documentHash,uint64 sequence,uint40 takenAt)");

    /// @inheritdoc IFoodUSD
    mapping(bytes32 depositRef => bool) public isMinted;
    /// @notice Whether this key's `Mint` counts.
    mapping(address key => bool) public isMinter;
    /// @notice Whether this key's `Attestation` counts.
    mapping(address key => bool) public isAttestor;

    event DepositMinted(uint24 indexed seat, bytes32 indexed depositRef, address indexed minter, uint64 amount);
    /// @notice One batch of deposits. `reasons` is empty when every item was minted, else one code per item.
    event DepositsMinted(address indexed carrier, uint256 okMask, bytes reasons);
    event ReserveAttested(
        address indexed attestor, uint64 indexed sequence, uint64 oldReserve, uint64 newReserve, bytes32 documentHash, uint40 takenAt
    );
    event MinterSet(address indexed key, bool was, bool is_);
    event AttestorSet(address indexed key, bool was, bool is_);

    error TooManyItems(uint256 count);
    error CarrierIsOfficer(address carrier);
    error RolesOverlap(address key);
    error NotAnAttestor(address signer);
    error StaleAttestation(uint64 current, uint64 given);
    error AttestationFromFuture(uint40 takenAt);

    constructor(address[] memory minters, address[] memory attestors) {
        for (uint256 i; i < minters.length; ++i) _setMinter(minters[i], true);
        for (uint256 i; i < attestors.length; ++i) _setAttestor(attestors[i], true);
    }

    /// @inheritdoc IFoodUSD
    function mintBatch(MintItem[] calldata items) external returns (uint256 okMask) {
        if (items.length > 256) revert TooManyItems(items.length);
        _requireNoOfficer(msg.sender);
        bytes memory reasons;
        for (uint256 i; i < items.length; ++i) {
            uint8 reason = _mint(items[i]);
            if (reason == 0) {
                okMask |= 1 << i;
            } else {
                if (reasons.length == 0) reasons = new bytes(items.length);
                reasons[i] = bytes1(reason);
            }
        }
        emit DepositsMinted(msg.sender, okMask, reasons);
    }

    function _mint(MintItem calldata item) private returns (uint8) {
        if (isMinted[item.depositRef]) return ALREADY_USED;
        if (block.timestamp > item.validUntil) return EXPIRED;
        if (item.amount == 0) return BAD_AMOUNT;
        bytes32 structHash =
            keccak256(abi.encode(MINT_TYPEHASH, item.seat, item.amount, item.depositRef, item.validUntil));
        (address minter,,) = ECDSA.tryRecoverCalldata(_hashTypedDataV4(structHash), item.signature);
        if (!isMinter[minter]) return WRONG_SIGNER;
        address key = seats.keyOf(item.seat);
        if (key == address(0)) return UNKNOWN_SEAT;
        Supply memory supply = _supply;
        if (uint256(supply.total) + item.amount > supply.reserve) return ABOVE_RESERVE;
        isMinted[item.depositRef] = true;
        _supply.total = supply.total + item.amount;
        _accounts[key] = _accounts[key].credit(item.amount);
        emit Transfer(address(0), key, item.amount);
        emit DepositMinted(item.seat, item.depositRef, minter, item.amount);
        return 0;
    }

    /// @inheritdoc IFoodUSD
    /// @dev A reserve below the supply is recorded as it is: the truth must be sayable. Minting then rests.
    function attest(uint64 reserve, bytes32 documentHash, uint64 sequence, uint40 takenAt, bytes calldata signature) external {
        _requireNoOfficer(msg.sender);
        bytes32 structHash = keccak256(abi.encode(ATTESTATION_TYPEHASH, reserve, documentHash, sequence, takenAt));
        (address signer,,) = ECDSA.tryRecoverCalldata(_hashTypedDataV4(structHash), signature);
        if (!isAttestor[signer]) revert NotAnAttestor(signer);
        Supply memory supply = _supply;
        if (sequence <= supply.sequence) revert StaleAttestation(supply.sequence, sequence);
        if (takenAt > block.timestamp) revert AttestationFromFuture(takenAt);
        _supply = Supply(supply.total, reserve, sequence, takenAt);
        emit ReserveAttested(signer, sequence, supply.reserve, reserve, documentHash, takenAt);
    }

    /// @inheritdoc IFoodUSD
    function attestedReserve() external view returns (uint64) {
        return _supply.reserve;
    }

    /// @inheritdoc IFoodUSD
    function attestationSequence() external view returns (uint64) {
        return _supply.sequence;
    }

    /// @notice When the reserve was last taken, in seconds since 1970.
    function attestationTakenAt() external view returns (uint40) {
        return _supply.takenAt;
    }

    /// @notice Names or removes a minter. The authority's, with its delay.
    function setMinter(address key, bool isOne) external restricted {
        _setMinter(key, isOne);
    }

    /// @notice Names or removes an attestor. The authority's, with its delay.
    function setAttestor(address key, bool isOne) external restricted {
        _setAttestor(key, isOne);
    }

    function _setMinter(address key, bool isOne) private {
        if (isOne && (key == address(0) || isAttestor[key])) revert RolesOverlap(key);
        emit MinterSet(key, isMinter[key], isOne);
        isMinter[key] = isOne;
    }

    function _setAttestor(address key, bool isOne) private {
        if (isOne && (key == address(0) || isMinter[key])) revert RolesOverlap(key);
        emit AttestorSet(key, isAttestor[key], isOne);
        isAttestor[key] = isOne;
    }

    /// @dev Who carries messages here must not be one who signs them.
    function _requireNoOfficer(address carrier) private view {
        if (isMinter[carrier] || isAttestor[carrier]) revert CarrierIsOfficer(carrier);
    }
}
