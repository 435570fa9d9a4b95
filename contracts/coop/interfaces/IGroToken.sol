// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";

/// @title What carriers and other contracts ask of GRO and of the produce lots.
/// @notice Id 0 is GRO in micro-units; every other id is a lot of certified produce, in grams. Whoever signs an item is not who
/// carries it: bad items of a batch are skipped and reported with a code of `GroReasons`, and only a done item is used up.
interface IGroToken is IERC1155 {
    /// @notice A certifier's signed `Certify`.
    /// @param farm Keyed commitment to where it grew.
    /// @param harvestDay In days since 1970.
    /// @param serial Tells apart the lots of one farm and day.
    /// @param grams The most that can be minted of the lot, ever.
    /// @param documentHash Of the certificate.
    struct CertifyItem {
        bytes32 farm;
        uint32 harvestDay;
        uint32 serial;
        uint64 grams;
        bytes32 documentHash;
        uint40 validUntil;
        bytes signature;
    }

    /// @notice The signed `Harvest` of a lot's certifier: so much of the lot is this seat's.
    /// @param ref Tells it apart from the lot's other harvests; counts once.
    struct HarvestItem {
        uint256 lot;
        uint24 seat;
        uint64 grams;
        bytes32 ref;
        uint40 validUntil;
        bytes signature;
    }

    /// @notice A steward's signed `Shift`: this seat did so many.
    /// @param ref Counts once, whoever signs it.
    struct ShiftItem {
        uint24 seat;
        uint16 shifts;
        bytes32 ref;
        uint40 validUntil;
        bytes signature;
    }

    /// @notice A holder's signed `Consume`.
    /// @param reasonHash Keyed commitment, never the reason's text.
    /// @param nonce Any that the seat has not used for a `Consume` before.
    struct ConsumeItem {
        uint24 seat;
        uint256 lot;
        uint64 grams;
        bytes32 reasonHash;
        uint32 nonce;
        uint40 validUntil;
        bytes signature;
    }

    /// @notice A holder's signed `Transfer`.
    /// @param nonce Any that the seat has not used for a `Transfer` before.
    /// @param data For a contract that receives; its keccak256 is signed.
    struct TransferItem {
        uint24 seat;
        address to;
        uint256 id;
        uint64 amount;
        uint32 nonce;
        uint40 validUntil;
        bytes data;
        bytes signature;
    }

    /// @notice Writes lots down, each once.
    function certifyBatch(CertifyItem[] calldata items) external returns (uint256 okMask);

    /// @notice Mints produce to seats and issues the GRO that the rules give for it.
    function harvestBatch(HarvestItem[] calldata items) external returns (uint256 okMask);

    /// @notice Issues the GRO that the rules give for shifts.
    function shiftBatch(ShiftItem[] calldata items) external returns (uint256 okMask);

    /// @notice Burns produce that holders signed for.
    function consumeBatch(ConsumeItem[] calldata items) external returns (uint256 okMask);

    /// @notice Carries out signed transfers. The operator that receivers see is this contract.
    function transferBatch(TransferItem[] calldata items) external returns (uint256 okMask);

    /// @notice Burns the caller's own produce.
    function consume(uint256 lot, uint64 grams, bytes32 reasonHash) external;

    /// @notice Brings what lies at a seat's former key to the seat's current key, and nowhere else. Anybody may call.
    function carry(address oldKey, uint256[] calldata ids) external;

    /// @notice How much there is: micro-GRO for id 0, grams for a lot.
    function totalSupply(uint256 id) external view returns (uint256);

    /// @notice The id of a lot.
    function lotId(address certifier, bytes32 farm, uint32 harvestDay, uint32 serial) external pure returns (uint256);

    /// @notice Whether the seat has used the nonce for a `Transfer`.
    function isTransferUsed(uint24 seat, uint32 nonce) external view returns (bool);

    /// @notice Whether the seat has used the nonce for a `Consume`.
    function isConsumeUsed(uint24 seat, uint32 nonce) external view returns (bool);

    /// @notice Whether the lot's harvest of this reference was minted.
    function isHarvestUsed(uint256 lot, bytes32 ref) external view returns (bool);

    /// @notice Whether the shifts of this reference were rewarded.
    function isShiftUsed(bytes32 ref) external view returns (bool);
}
