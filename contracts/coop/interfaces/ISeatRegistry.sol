// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title What other contracts ask the building's registry of seats.
interface ISeatRegistry {
    /// @notice One word per seat, in the order asked; 0 for a seat never issued. See `SeatWords` for its fields.
    /// @dev The bits above the fields are reserved and may be set by a later registry: mask before use.
    function wordsOf(uint24[] calldata seats) external view returns (uint256[] memory words);

    /// @notice The seat's current key, zero for a seat never issued.
    function keyOf(uint24 seat) external view returns (address);

    /// @notice The seat that this key holds now, 0 for none (there is no seat 0).
    function seatOf(address key) external view returns (uint24);

    /// @notice The seat that this key held before it was changed, 0 for none. What lies there belongs to the seat's current key.
    function formerSeatOf(address key) external view returns (uint24);

    /// @notice How many residents' seats there are: issued and not retired.
    function residentCount() external view returns (uint24);

    /// @notice Whether this key sits on the board.
    function isBoard(address key) external view returns (bool);

    /// @notice How many board keys sign together.
    function threshold() external view returns (uint8);

    /// @notice Whether `threshold()` different board keys signed `digest`.
    /// @param signatures 65-byte signatures, ascending by signer.
    function isBoardSigned(bytes32 digest, bytes[] calldata signatures) external view returns (bool);
}
