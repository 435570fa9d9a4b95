// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IFoodUSD} from "../interfaces/IFoodUSD.sol";
import {Ledger} from "./Ledger.sol";

/// @title Who signs for the bank: minters say what came in and went out, attestors what lies there.
/// @notice Both are named by the authority after its delay and removed at once. They and those who carry their messages are
/// different keys.
abstract contract Officers is IFoodUSD, Ledger {
    bytes32 private constant ATTESTATION_TYPEHASH =
        keccak256("Attestation(uint64 reserve,bytes32 documentHash,uint64 sequence,uint40 takenAt)");

    /// @notice A minter's allowance and what was minted by it on `day` (days since 1970). One word.
    struct Minter {
        uint64 dailyAllowance;
        uint64 minted;
        uint24 day;
    }

    /// @notice The minter's allowance per day (UTC); 0 for a key that is none. What it minted on its last day stands beside.
    mapping(address key => Minter) public minterOf;
    /// @notice Whether this key's `Attestation` counts.
    mapping(address key => bool) public isAttestor;

    event ReserveAttested(
        address indexed attestor, uint64 indexed sequence, uint64 oldReserve, uint64 newReserve, bytes32 documentHash, uint40 takenAt
    );
    event MinterSet(address indexed actor, address indexed key, uint64 oldDailyAllowance, uint64 newDailyAllowance);
    event AttestorSet(address indexed actor, address indexed key, bool was, bool is_);

    error CarrierIsOfficer(address carrier);
    error RolesOverlap(address key);
    error NotAnAttestor(address signer);
    error StaleAttestation(uint64 current, uint64 given);
    error AttestationFromFuture(uint40 takenAt);

    constructor(address[] memory minters, address[] memory attestors, uint64 minterDailyAllowance) {
        if (minterDailyAllowance == 0) revert BadLimit();
        for (uint256 i; i < minters.length; ++i) _setMinter(minters[i], minterDailyAllowance);
        for (uint256 i; i < attestors.length; ++i) _setAttestor(attestors[i], true);
    }

    /// @inheritdoc IFoodUSD
    /// @dev A reserve below the supply is recorded as it is: the truth must be sayable. Minting then rests.
    function attest(uint64 reserve, bytes32 documentHash, uint64 sequence, uint40 takenAt, bytes calldata signature) external {
        _requireNoOfficer(msg.sender);
        bytes32 structHash = keccak256(abi.encode(ATTESTATION_TYPEHASH, reserve, documentHash, sequence, takenAt));
        address signer = _signerOf(structHash, signature);
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

    /// @inheritdoc IFoodUSD
    function isMinter(address key) public view returns (bool) {
        return minterOf[key].dailyAllowance != 0;
    }

    /// @notice Names a minter, or changes its allowance per day (UTC) in micro-units; 0 removes it. The authority's, with its
    /// delay.
    function setMinter(address key, uint64 dailyAllowance) external restricted {
        _setMinter(key, dailyAllowance);
    }

    /// @notice Removes a minter at once; what it signed and nobody carried yet counts no more.
    function removeMinter(address key) external restricted {
        _setMinter(key, 0);
    }

    /// @notice Names or removes an attestor. The authority's, with its delay.
    function setAttestor(address key, bool isOne) external restricted {
        _setAttestor(key, isOne);
    }

    /// @notice Removes an attestor at once. The reserve that it attested stays until another attests one.
    function removeAttestor(address key) external restricted {
        _setAttestor(key, false);
    }

    function _setMinter(address key, uint64 dailyAllowance) private {
        if (dailyAllowance != 0 && (key == address(0) || isAttestor[key])) revert RolesOverlap(key);
        emit MinterSet(msg.sender, key, minterOf[key].dailyAllowance, dailyAllowance);
        minterOf[key].dailyAllowance = dailyAllowance;
    }

    function _setAttestor(address key, bool isOne) private {
        if (isOne && (key == address(0) || isMinter(key))) revert RolesOverlap(key);
        emit AttestorSet(msg.sender, key, isAttestor[key], isOne);
        isAttestor[key] = isOne;
    }

    /// @dev Who carries messages here must not be one who signs them.
    function _requireNoOfficer(address carrier) internal view {
        if (isMinter(carrier) || isAttestor[carrier]) revert CarrierIsOfficer(carrier);
    }
}
