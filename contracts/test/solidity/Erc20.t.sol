// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {FoodUSD} from "../../coop/FoodUSD.sol";
import {IFoodUSD} from "../../coop/interfaces/IFoodUSD.sol";
import {SeatBook} from "../../coop/registry/SeatBook.sol";
import {PlainToken} from "../../bench/PlainToken.sol";
import {Coop} from "./Coop.sol";
import {Log} from "./Vm.sol";

/// @notice Food-USD beside OpenZeppelin's ERC-20: whatever is asked of both, they answer, change and say the same.
contract Erc20Test is Coop {
    uint256 private constant ACCOUNTS = 5;
    uint256 private constant STEPS = 24;
    uint40 private constant END = 4_000_000_000;
    bytes32 private constant MINT_TYPEHASH = keccak256("Mint(uint24 seat,uint64 amount,bytes32 depositRef,uint40 validUntil)");
    bytes32 private constant ATTESTATION_TYPEHASH =
        keccak256("Attestation(uint64 reserve,bytes32 documentHash,uint64 sequence,uint40 takenAt)");

    FoodUSD private token;
    PlainToken private plain;
    address[] private accounts;
    uint256 private calls;
    uint256 private successes;

    /// @dev Two members, whose limit no amount here reaches, and three accounts without a seat.
    function setUp() public {
        vm.warp(1_800_000_000);
        SeatBook.NewSeat[] memory list = new SeatBook.NewSeat[](2);
        for (uint256 i; i < ACCOUNTS; ++i) accounts.push(vm.addr(100 + i));
        for (uint24 i; i < 2; ++i) list[i] = SeatBook.NewSeat(i + 1, accounts[i], 1, bytes32(uint256(i + 1)));
        token = deployMoney(deploySeats(list, 1), address(this), type(uint64).max, type(uint64).max);
        uint64[2] memory amounts = [uint64(1_000_000), 2 ** 57];
        bytes32 structHash = keccak256(abi.encode(ATTESTATION_TYPEHASH, type(uint64).max, bytes32(0), 1, END / 4));
        token.attest(type(uint64).max, 0, 1, END / 4, signature(ATTESTOR, structHash));
        IFoodUSD.MintItem[] memory items = new IFoodUSD.MintItem[](2);
        for (uint24 i; i < 2; ++i) {
            structHash = keccak256(abi.encode(MINT_TYPEHASH, i + 1, amounts[i], bytes32(uint256(i)), END));
            items[i] = IFoodUSD.MintItem(i + 1, amounts[i], bytes32(uint256(i)), END, signature(MINTER, structHash));
        }
        same(3, token.mintBatch(items));
        vm.prank(accounts[1]);
        token.transfer(accounts[2], 500_000);
        plain = PlainToken(deploy("PlainToken", ""));
        for (uint256 i; i < ACCOUNTS; ++i) plain.mint(accounts[i], token.balanceOf(accounts[i]));
        compare();
    }

    /// @dev Random sequences of everything that ERC-20 lets an account do.
    function testFuzz_answersAsOpenZeppelinsDoes(uint256 seed) public {
        for (uint256 step; step < STEPS; ++step) act(uint256(keccak256(abi.encode(seed, step))));
    }

    /// @dev The same, until transfers, approvals and their refusals have surely all occurred.
    function test_itIsNotAllRefusals() public {
        for (uint256 step; step < 400; ++step) act(uint256(keccak256(abi.encode("long", step))));
        yes(successes > 100 && calls - successes > 50, "one-sided");
    }

    function act(uint256 random) private {
        address caller = accounts[random % ACCOUNTS];
        address from = any(random >> 16);
        address to = any(random >> 32);
        uint256 amount = amountOf(random >> 48, from == address(0) ? caller : from);
        uint256 what = (random >> 8) % 6;
        bytes memory call_ = what == 0
            ? abi.encodeCall(IERC20.approve, (to, amount))
            : what < 3 ? abi.encodeCall(IERC20.transfer, (to, amount)) : abi.encodeCall(IERC20.transferFrom, (from, to, amount));
        if (what == 5 && from != address(0)) {
            // A sufficient allowance just before, so that more than refusals is compared.
            both(from, abi.encodeCall(IERC20.approve, (caller, random % 2 == 0 ? type(uint256).max : amount)));
        }
        both(caller, call_);
        compare();
    }

    /// @dev Calls both; the answers, the reasons of a refusal and the events are the same, byte for byte.
    function both(address caller, bytes memory call_) private {
        vm.recordLogs();
        vm.prank(caller);
        (bool ok, bytes memory answer) = address(token).call(call_);
        Log[] memory logs = vm.getRecordedLogs();
        vm.recordLogs();
        vm.prank(caller);
        (bool plainOk, bytes memory plainAnswer) = address(plain).call(call_);
        Log[] memory plainLogs = vm.getRecordedLogs();
        yes(ok == plainOk, "success");
        yes(keccak256(answer) == keccak256(plainAnswer), "answer");
        same(plainLogs.length, logs.length);
        for (uint256 i; i < logs.length; ++i) {
            yes(keccak256(abi.encode(logs[i].topics)) == keccak256(abi.encode(plainLogs[i].topics)), "topics");
            yes(keccak256(logs[i].data) == keccak256(plainLogs[i].data), "data");
        }
        ++calls;
        if (ok) ++successes;
    }

    function compare() private view {
        same(plain.totalSupply(), token.totalSupply());
        for (uint256 i; i < ACCOUNTS; ++i) {
            same(plain.balanceOf(accounts[i]), token.balanceOf(accounts[i]));
            for (uint256 j; j < ACCOUNTS; ++j) {
                same(plain.allowance(accounts[i], accounts[j]), token.allowance(accounts[i], accounts[j]));
            }
        }
    }

    /// @dev An account, the same twice as often as not, and sometimes nobody.
    function any(uint256 random) private view returns (address) {
        uint256 i = random % (ACCOUNTS + 1);
        return i == ACCOUNTS ? address(0) : accounts[i];
    }

    /// @dev Nothing, all, a little more than all, a part, the largest number, or any.
    function amountOf(uint256 random, address holder) private view returns (uint256) {
        uint256 balance = token.balanceOf(holder);
        uint256 kind = random % 8;
        if (kind == 0) return 0;
        if (kind == 1) return balance;
        if (kind == 2) return balance + 1;
        if (kind == 3) return type(uint256).max;
        if (kind == 4) return 2 ** 64 + random % 4;
        return balance == 0 ? 1 : (random >> 8) % balance;
    }

    function signature(uint256 key, bytes32 structHash) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(key, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash)));
        return abi.encodePacked(r, s, v);
    }
}
