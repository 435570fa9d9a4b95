// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IFoodUSD} from "../interfaces/IFoodUSD.sol";
import {SeatWords} from "../registry/SeatWords.sol";
import {Officers} from "./Officers.sol";

/// @title How Food-USD comes into being.
/// @notice A minter signs a deposit, once per bank reference and within its allowance per day; nothing is minted above what an
/// attestor signed to lie in the bank.
abstract contract Deposits is Officers {
    using SeatWords for uint256;

    bytes32 private constant MINT_TYPEHASH =
        keccak256("Mint(uint24 seat,uint64 amount,bytes32 depositRef,uint40 validUntil)");

    /// @inheritdoc IFoodUSD
    mapping(bytes32 depositRef => bool) public isMinted;

    event DepositMinted(uint24 indexed seat, bytes32 indexed depositRef, address indexed minter, uint64 amount);
    /// @notice One batch of deposits. `reasons` is empty when every item was minted, else one code per item.
    event DepositsMinted(address indexed carrier, uint256 okMask, bytes reasons);

    /// @inheritdoc IFoodUSD
    function mintBatch(MintItem[] calldata items) external returns (uint256 okMask) {
        _requireNoOfficer(msg.sender);
        _requireNotPaused();
        uint256 start;
        assembly ("memory-safe") {
            start := items.offset
        }
        uint256[] memory words = _wordsOf(start, items.length);
        bytes memory reasons;
        for (uint256 i; i < items.length; ++i) {
            uint8 reason = _mint(items[i], words[i].keyOf());
            if (reason == 0) okMask |= 1 << i;
            else reasons = _note(reasons, items.length, i, reason);
        }
        emit DepositsMinted(msg.sender, okMask, reasons);
    }

    function _mint(MintItem calldata item, address key) private returns (uint8) {
        uint24 seat = item.seat;
        uint64 amount = item.amount;
        bytes32 depositRef = item.depositRef;
        uint40 validUntil = item.validUntil;
        if (isMinted[depositRef]) return ALREADY_USED;
        if (block.timestamp > validUntil) return EXPIRED;
        if (amount == 0) return BAD_AMOUNT;
        bytes32 structHash =
            keccak256(abi.encode(MINT_TYPEHASH, seat, amount, depositRef, validUntil));
        address signer = _signerOf(structHash, item.signature);
        Minter memory minter = minterOf[signer];
        if (minter.dailyAllowance == 0) return WRONG_SIGNER;
        if (key == address(0)) return UNKNOWN_SEAT;
        Supply memory supply = _supply;
        if (uint256(supply.total) + amount > supply.reserve) return ABOVE_RESERVE;
        uint24 today = uint24(block.timestamp / 1 days);
        uint256 minted = minter.day == today ? minter.minted : 0;
        if (minted + amount > minter.dailyAllowance) return OVER_MINT_ALLOWANCE;
        minterOf[signer] = Minter(minter.dailyAllowance, uint64(minted + amount), today);
        isMinted[depositRef] = true;
        _supply.total = supply.total + amount;
        _accounts[key] = _asMember(_accounts[key], seat, key).credit(amount);
        emit Transfer(address(0), key, amount);
        emit DepositMinted(seat, depositRef, signer, amount);
        return 0;
    }
}
