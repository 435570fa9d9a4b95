// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {FoodUSD} from "../../coop/FoodUSD.sol";
import {SeatRegistry} from "../../coop/SeatRegistry.sol";
import {SeatBook} from "../../coop/registry/SeatBook.sol";
import {TestBase} from "./Vm.sol";

/// @notice Who is who, and the secrets of their keys.
abstract contract MoneyKeys is TestBase {
    uint256 public constant MEMBERS = 6;
    uint64 public constant LIMIT = 2_000;
    uint64 public constant ALLOWANCE = 20_000;
    uint256 internal constant MINTER = 0xA11CE;
    uint256 internal constant ATTESTOR = 0xB0B;
    uint256 internal constant BOARD = 900;

    /// @dev Seats on both sides of a bitmap word's edge.
    function seatAt(uint256 i) public pure returns (uint24) {
        return uint24(253 + i);
    }

    /// @dev The secret of the key that the seat has after so many changes.
    function keyAt(uint256 i, uint256 generation) internal pure returns (uint256) {
        return 100 + i + 1_000 * generation;
    }
}

/// @notice A registry and its money, made apart from the handler, which would not fit the test runner with both inside.
contract MoneyBuilding is MoneyKeys {
    SeatRegistry public immutable seats;
    FoodUSD public immutable token;

    constructor(address authority) {
        address[] memory board = new address[](3);
        SeatBook.NewSeat[] memory list = new SeatBook.NewSeat[](MEMBERS);
        for (uint256 i; i < 3; ++i) board[i] = vm.addr(BOARD + i);
        for (uint256 i; i < MEMBERS; ++i) list[i] = SeatBook.NewSeat(seatAt(i), vm.addr(keyAt(i, 0)), 1, bytes32(i + 1));
        seats = new SeatRegistry(board, 2, list, 1);
        address[] memory minters = new address[](1);
        address[] memory attestors = new address[](1);
        (minters[0], attestors[0]) = (vm.addr(MINTER), vm.addr(ATTESTOR));
        token = new FoodUSD(seats, authority, minters, attestors, LIMIT, ALLOWANCE);
    }
}
