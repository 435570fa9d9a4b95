// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IFoodUSD} from "../../coop/interfaces/IFoodUSD.sol";
import {MoneyBooks} from "./MoneyBooks.sol";

/// @notice Money goes from account to account: sent, signed, allowed and authorized.
abstract contract MoneyMoves is MoneyBooks {
    uint256 public constant NONCES = 24;
    bytes32 private constant TRANSFER_TYPEHASH = keccak256(
        "Transfer(uint24 seat,address to,uint64 amount,uint32 nonce,bytes32 reasonHash,uint40 validUntil)"
    );
    bytes32 private constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 private constant AUTHORIZATION_TYPEHASH = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );

    mapping(uint256 i => mapping(uint256 n => uint256)) public transfers;
    mapping(address owner => mapping(uint256 n => uint256)) public authorizations;
    mapping(address owner => uint256) public permits;
    mapping(address owner => mapping(address spender => uint256)) public allowances;
    uint256 public moved;

    /// @dev Nonces on both sides of a bitmap word's edge.
    function nonceAt(uint256 n) public pure returns (uint32) {
        return uint32(250 + n);
    }

    function transfer(uint256 from, uint256 to, uint64 amount) external {
        (address sender, address receiver) = (any(from), any(to));
        // The token calls nobody, itself least.
        if (sender == address(token)) sender = payee;
        amount = uint64(amount % 2_500);
        bool expected = mayLeave(sender, amount, false) && receiver != address(token);
        vm.prank(sender);
        try token.transfer(receiver, amount) {
            if (expect(expected, true)) move(sender, receiver, amount, false);
        } catch {
            expect(expected, false);
        }
    }

    /// @dev The same item twice, so that one of them must find its nonce used.
    function transferSigned(uint256 member, uint256 to, uint64 amount, uint256 nonce, bool forged) external {
        uint256 i = member % MEMBERS;
        uint256 n = nonce % NONCES;
        address receiver = any(to);
        amount = uint64(amount % 2_500);
        IFoodUSD.TransferItem[] memory items = new IFoodUSD.TransferItem[](2);
        bytes32 structHash = keccak256(abi.encode(TRANSFER_TYPEHASH, seatAt(i), receiver, amount, nonceAt(n), bytes32(0), END));
        bytes memory proof = signature(forged ? keyAt((i + 1) % MEMBERS) : keyAt(i), structHash);
        items[0] = IFoodUSD.TransferItem(seatAt(i), receiver, amount, nonceAt(n), 0, END, proof);
        items[1] = items[0];
        bool expected = !forged && amount != 0 && transfers[i][n] == 0 && !isSeatFrozen[i] && receiver != address(token)
            && mayLeave(ownerOf(i), amount, true);
        uint256 okMask;
        try token.transferBatch(items) returns (uint256 mask) {
            okMask = mask;
        } catch {
            expect(true, isPaused());
        }
        if (okMask & 2 != 0) disagreed = true;
        if (!expect(expected, okMask != 0)) return;
        transfers[i][n] += 1;
        move(ownerOf(i), receiver, amount, true);
    }

    /// @dev `wrong`: somebody else's signature, or the nonce of before.
    function permit(uint256 owner, uint256 spender, uint64 amount, uint8 wrong) external {
        uint256 i = owner % MEMBERS;
        (address holder, address other) = (ownerOf(i), ownerOf(spender % MEMBERS));
        uint256 nonce = permits[holder];
        bool expected = wrong % 4 != 0 && (wrong % 4 != 1 || nonce == 0);
        uint256 signedNonce = wrong % 4 == 1 && nonce != 0 ? nonce - 1 : nonce;
        bytes32 structHash = keccak256(abi.encode(PERMIT_TYPEHASH, holder, other, amount, signedNonce, END));
        bytes memory proof = signature(wrong % 4 == 0 ? keyAt((i + 1) % MEMBERS) : keyAt(i), structHash);
        try token.permit(holder, other, amount, END, proof) {
            if (!expect(expected, true)) return;
            permits[holder] += 1;
            allowances[holder][other] = amount;
        } catch {
            expect(expected, false);
        }
    }

    function pull(uint256 owner, uint256 spender, uint256 to, uint64 amount) external {
        (address holder, address other, address receiver) = (any(owner), ownerOf(spender % MEMBERS), any(to));
        uint256 allowed = allowances[holder][other];
        amount = uint64(amount % 2_500);
        bool expected = allowed >= amount && mayLeave(holder, amount, false) && receiver != address(token);
        vm.prank(other);
        try token.transferFrom(holder, receiver, amount) {
            if (!expect(expected, true)) return;
            allowances[holder][other] = allowed - amount;
            move(holder, receiver, amount, false);
        } catch {
            expect(expected, false);
        }
    }

    function authorize(uint256 owner, uint256 to, uint64 amount, uint256 nonce, bool forged) external {
        uint256 i = owner % MEMBERS;
        uint256 n = nonce % NONCES;
        (address holder, address receiver) = (ownerOf(i), any(to));
        amount = uint64(amount % 2_500);
        bytes32 structHash = keccak256(abi.encode(AUTHORIZATION_TYPEHASH, holder, receiver, amount, 0, END, bytes32(n)));
        bytes memory proof = signature(forged ? keyAt((i + 1) % MEMBERS) : keyAt(i), structHash);
        bool expected =
            !forged && authorizations[holder][n] == 0 && mayLeave(holder, amount, false) && receiver != address(token);
        try token.transferWithAuthorization(holder, receiver, amount, 0, END, bytes32(n), proof) {
            if (!expect(expected, true)) return;
            authorizations[holder][n] += 1;
            move(holder, receiver, amount, false);
        } catch {
            expect(expected, false);
        }
    }

    function move(address from, address to, uint256 amount, bool bySeat) private {
        debit(from, amount, bySeat);
        balance[to] += amount;
        moved += 1;
    }

    function any(uint256 random) private view returns (address) {
        return accounts[random % accounts.length];
    }
}
