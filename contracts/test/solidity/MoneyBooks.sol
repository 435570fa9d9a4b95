// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {FoodUSD} from "../../coop/FoodUSD.sol";
import {SeatRegistry} from "../../coop/SeatRegistry.sol";
import {SeatBook} from "../../coop/registry/SeatBook.sol";
import {Coop} from "./Coop.sol";

/// @notice Books kept beside the token in the plainest way: what every account holds, spent and may do.
/// It is a book itself: members sign to it.
abstract contract MoneyBooks is Coop {
    uint256 public constant MEMBERS = 6;
    uint64 public constant LIMIT = 2_000;
    uint64 public constant ALLOWANCE = 20_000;
    uint40 internal constant END = 4_000_000_000;

    SeatRegistry public immutable seats;
    FoodUSD public immutable token;
    address public constant payee = address(0xFEED);

    /// @notice Every account that ever was a seat's, then the payee and the token itself.
    address[] public accounts;
    mapping(address account => uint256) public balance;
    mapping(address account => mapping(uint256 day => uint256)) public spent;
    mapping(address account => bool) public isMember;
    mapping(address account => bool) public isFrozen;
    mapping(uint256 i => bool) public isSeatFrozen;
    mapping(uint256 i => uint256) public generation;
    uint256 public supply;
    uint256 public pausedUntil;
    /// @notice Set when the token did what the books do not have, or did not what they have.
    bool public disagreed;

    /// @dev Whoever makes it is the token's authority.
    constructor() {
        SeatBook.NewSeat[] memory list = new SeatBook.NewSeat[](MEMBERS);
        for (uint256 i; i < MEMBERS; ++i) list[i] = SeatBook.NewSeat(seatAt(i), vm.addr(keyAt(i, 0)), 1, bytes32(i + 1));
        seats = deploySeats(list, 1);
        token = deployMoney(seats, msg.sender, LIMIT, ALLOWANCE);
        for (uint256 i; i < MEMBERS; ++i) accounts.push(ownerOf(i));
        accounts.push(payee);
        accounts.push(address(token));
    }

    /// @dev Seats on both sides of a bitmap word's edge.
    function seatAt(uint256 i) public pure returns (uint24) {
        return uint24(253 + i);
    }

    /// @dev The secret of the key that the seat has after so many changes.
    function keyAt(uint256 i, uint256 generation_) internal pure returns (uint256) {
        return 100 + i + 1_000 * generation_;
    }

    /// @dev The secret of the seat's key of today.
    function keyAt(uint256 i) public view returns (uint256) {
        return keyAt(i, generation[i]);
    }

    function ownerOf(uint256 i) public view returns (address) {
        return vm.addr(keyAt(i));
    }

    function accountCount() external view returns (uint256) {
        return accounts.length;
    }

    function isPaused() public view returns (bool) {
        return block.timestamp < pausedUntil;
    }

    /// @dev Whether this much may leave. What a seat signs has the default limit even where the account is none of a member yet.
    function mayLeave(address account, uint256 amount, bool bySeat) internal view returns (bool) {
        if (isPaused() || isFrozen[account] || balance[account] < amount) return false;
        return !(bySeat || isMember[account]) || spent[account][block.timestamp / 1 days] + amount <= LIMIT;
    }

    function debit(address account, uint256 amount, bool bySeat) internal {
        balance[account] -= amount;
        if (bySeat || isMember[account]) spent[account][block.timestamp / 1 days] += amount;
    }

    /// @dev Notes whether the token did what the books expected.
    function expect(bool expected, bool happened) internal returns (bool) {
        if (expected != happened) disagreed = true;
        return happened;
    }

    function boardSignatures(bytes32 digest_) internal pure returns (bytes[] memory list) {
        list = new bytes[](2);
        bool ordered = vm.addr(BOARD) < vm.addr(BOARD + 1);
        list[0] = signed(ordered ? BOARD : BOARD + 1, digest_);
        list[1] = signed(ordered ? BOARD + 1 : BOARD, digest_);
    }

    function registryDigest(bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Stoop Seats"),
                keccak256("1"),
                block.chainid,
                seats
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function digest(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash));
    }

    function signature(uint256 key, bytes32 structHash) internal view returns (bytes memory) {
        return signed(key, digest(structHash));
    }

    function signed(uint256 key, bytes32 digest_) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest_);
        return abi.encodePacked(r, s, v);
    }
}
