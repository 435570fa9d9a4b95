// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {GroToken} from "../../coop/GroToken.sol";
import {ParameterKeys} from "../../coop/ParameterKeys.sol";
import {Parameters} from "../../coop/Parameters.sol";
import {SeatLock} from "../../coop/SeatLock.sol";
import {SeatRegistry} from "../../coop/SeatRegistry.sol";
import {SeatBook} from "../../coop/registry/SeatBook.sol";
import {Coop} from "./Coop.sol";

/// @notice The token and the locks on a small registry, and books beside them that know nothing of their code.
abstract contract GroBooks is Coop {
    uint256 public constant SEATS = 4;
    uint256 public constant LOTS = 3;
    uint256 public constant PER_GRAM = 7;
    uint256 public constant PER_SHIFT = 900;
    uint256 public constant SEAT_CAP = 20_000;
    uint256 public constant SEASON_CAP = 50_000;
    uint256 public constant PER_DAY = 3_000;
    uint256 public constant SEASON = 28 days;
    uint40 internal constant END = 4_000_000_000;
    uint256 internal constant CERTIFIER = 0xCE47;
    uint256 internal constant STEWARD = 0x57E3;
    bytes32 private constant CHANGE_TYPEHASH =
        keccak256("ChangeKey(uint24 seat,address oldKey,address newKey,uint32 revision,uint40 validUntil)");

    SeatRegistry public registry;
    GroToken public gro;
    SeatLock public locks;

    // The books, by holder: seats 1 to SEATS are held by their current keys, 0 is somebody without a seat.
    mapping(address holder => mapping(uint256 id => uint256)) public balance;
    mapping(uint256 id => uint256) public supply;
    mapping(uint256 lot => uint256) public certified;
    mapping(uint256 lot => uint256) public minted;
    mapping(uint256 lot => bool) public recalled;
    mapping(uint256 season => uint256) public issued;
    mapping(uint256 season => mapping(uint256 seat => uint256)) public issuedTo;
    mapping(uint256 day => uint256) public gramsOn;
    mapping(bytes32 what => bool) public done;
    mapping(uint256 seat => uint256) public generation;
    address[] public holders;
    uint256[] public seasons;
    bool public disagreed;

    constructor() {
        SeatBook.NewSeat[] memory list = new SeatBook.NewSeat[](SEATS);
        for (uint256 seat = 1; seat <= SEATS; ++seat) {
            // The last one is a guest's.
            bool guest = seat == SEATS;
            list[seat - 1] = SeatBook.NewSeat(uint24(seat), keyOf(seat), guest ? 2 : 1, guest ? bytes32(0) : bytes32(seat));
            holders.push(keyOf(seat));
        }
        holders.push(keyOf(0));
        registry = deploySeats(list, 1);
        Parameters.Parameter[] memory numbers = new Parameters.Parameter[](6);
        numbers[0] = number(ParameterKeys.GRO_PER_GRAM, PER_GRAM);
        numbers[1] = number(ParameterKeys.GRO_PER_SHIFT, PER_SHIFT);
        numbers[2] = number(ParameterKeys.GRO_SEASON_CAP_PER_SEAT, SEAT_CAP);
        numbers[3] = number(ParameterKeys.GRO_SEASON_CAP, SEASON_CAP);
        numbers[4] = number(ParameterKeys.PRODUCE_GRAMS_PER_DAY, PER_DAY);
        numbers[5] = number(ParameterKeys.SEASON_LENGTH, SEASON);
        address parameters = deployProxy("Parameters", "", abi.encodeCall(Parameters.initialize, (address(this), numbers)));
        bytes memory call = abi.encodeCall(GroToken.initialize, (address(this), one(CERTIFIER), one(STEWARD)));
        gro = GroToken(deployProxy("GroToken", abi.encode(registry, parameters), call));
        call = abi.encodeCall(SeatLock.initialize, (address(this)));
        locks = SeatLock(deployProxy("SeatLock", abi.encode(registry, gro), call));
        holders.push(address(locks));
    }

    /// @notice The authority of what was deployed: everything to this contract, nothing to others.
    function canCall(address caller, address, bytes4) external view returns (bool immediate, uint32 delay) {
        return (caller == address(this), 0);
    }

    function holderCount() external view returns (uint256) {
        return holders.length;
    }

    function seasonCount() external view returns (uint256) {
        return seasons.length;
    }

    function lotAt(uint256 i) public pure returns (uint256) {
        return uint256(keccak256(abi.encode(vm.addr(CERTIFIER), bytes32("roof"), uint32(20_000), uint32(i))));
    }

    /// @dev GRO, or one of the lots.
    function idAt(uint256 i) public pure returns (uint256) {
        return i % (LOTS + 1) == 0 ? 0 : lotAt(i % (LOTS + 1));
    }

    function secretOf(uint256 seat) public view returns (uint256) {
        return 100 + seat + 10 * generation[seat];
    }

    function keyOf(uint256 seat) public view returns (address) {
        return vm.addr(secretOf(seat));
    }

    function today() internal view returns (uint256) {
        return block.timestamp / 1 days;
    }

    function expect(bool expected, bool found) internal {
        if (expected != found) disagreed = true;
    }

    function gain(address holder, uint256 id, uint256 value) internal {
        balance[holder][id] += value;
        supply[id] += value;
    }

    /// @dev What the rules leave of `wanted`, booked.
    function issue(uint256 seat, uint256 wanted) internal {
        uint256 season = block.timestamp / SEASON;
        if (seasons.length == 0 || seasons[seasons.length - 1] != season) seasons.push(season);
        uint256 room = SEASON_CAP - issued[season];
        uint256 ownRoom = SEAT_CAP - issuedTo[season][seat];
        if (wanted > room) wanted = room;
        if (wanted > ownRoom) wanted = ownRoom;
        issued[season] += wanted;
        issuedTo[season][seat] += wanted;
        gain(keyOf(seat), 0, wanted);
    }

    function moved(address from, address to, uint256 id, uint256 value) internal {
        balance[from][id] -= value;
        balance[to][id] += value;
    }

    /// @dev Gives the seat a new key after 48 hours; what lies at the old one stays there.
    function rekeyed(uint256 seat) internal returns (address oldKey) {
        oldKey = keyOf(seat);
        uint256 oldSecret = secretOf(seat);
        uint32 revision = uint32(++generation[seat]);
        bytes32 structHash =
            keccak256(abi.encode(CHANGE_TYPEHASH, uint24(seat), oldKey, keyOf(seat), revision, END));
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Stoop Seats"),
                keccak256("1"),
                block.chainid,
                address(registry)
            )
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, structHash));
        registry.announceKeyChange(
            uint24(seat), keyOf(seat), revision, END, signed(oldSecret, digest), signed(secretOf(seat), digest)
        );
        vm.warp(block.timestamp + 48 hours);
        registry.applyKeyChange(uint24(seat));
        holders.push(keyOf(seat));
    }

    function signature(uint256 secret, bytes32 structHash) internal view returns (bytes memory) {
        return signed(secret, keccak256(abi.encodePacked(hex"1901", gro.DOMAIN_SEPARATOR(), structHash)));
    }

    function signed(uint256 secret, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, digest);
        return abi.encodePacked(r, s, v);
    }

    function number(bytes32 key, uint256 value) private pure returns (Parameters.Parameter memory) {
        return Parameters.Parameter(key, value, 0, type(uint256).max);
    }
}
