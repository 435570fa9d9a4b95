// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {AnnouncedUpgrades} from "../AnnouncedUpgrades.sol";
import {SpendItems} from "../foodusd/SpendItems.sol";
import {Order, OrderTerms, Terms} from "./Terms.sol";

/// @title Orders that are settled at once: all spends of an order go from its members to its payee together, or none does.
/// @notice Nothing waits here. What an order has taken so far is kept, so that a later batch can add to it.
/// @dev The relayer role alone calls `settle`; it can choose when and, in exact mode, whose valid spends to bring, never the
/// amounts, the payee or the terms.
abstract contract Settlement is OrderTerms, AnnouncedUpgrades {
    using SpendItems for bytes;

    /// @notice What an order has taken. One word.
    /// @param termsTag The first half of its terms' hash: later spends must be under the same terms.
    struct Taken {
        uint128 termsTag;
        uint64 total;
        uint40 firstAt;
    }

    /// @custom:storage-location erc7201:stoop.storage.GroupBuying
    struct GroupBuyingStorage {
        mapping(bytes32 subject => Taken) taken;
    }

    // keccak256(abi.encode(uint256(keccak256("stoop.storage.GroupBuying")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE = 0x3f119eacbe64dec67e75c9a47552ddd70568b0211f580ab42dfb3b66aad40600;

    bytes32 private constant CLOSING_TYPEHASH =
        keccak256("Closing(bytes32 subject,bytes32 termsHash,bytes32 itemsHash,uint64 total,address payee)");

    event OrderSettled(
        bytes32 indexed subject,
        bytes32 indexed termsHash,
        address indexed payee,
        uint8 mode,
        uint256 okMask,
        uint256 oldTotal,
        uint256 newTotal
    );

    error OtherTerms(uint128 current, uint128 given);
    error BelowTarget(uint64 target, uint256 total);
    error ItemsDiffer(bytes32 expected, bytes32 found);
    error SumDiffers(uint256 expected, uint256 found);
    error NotSignedByCloser(address closer, address signer);

    /// @notice Settles orders. Each is taken whole at its target or skipped and reported.
    /// @return settledMask Bit i is set when order i took something.
    function settle(Order[] calldata orders) external restricted returns (uint256 settledMask) {
        _requireMask(orders.length);
        for (uint256 i; i < orders.length; ++i) {
            if (_settle(orders[i])) settledMask |= 1 << i;
        }
    }

    /// @notice What the order has taken so far by `settle`, in micro-units, and since when (0: nothing yet).
    function takenOf(bytes32 subject) external view returns (uint64 total, uint40 firstAt) {
        Taken storage taken = _settled().taken[subject];
        return (taken.total, taken.firstAt);
    }

    function _settle(Order calldata order) private returns (bool) {
        bytes32 termsHash = hashTerms(order.terms);
        Taken memory taken = _settled().taken[order.subject];
        bytes memory refusal = _refusal(order, termsHash, taken);
        if (refusal.length != 0) {
            _skip(order.subject, termsHash, refusal);
            return false;
        }
        (uint256 least, uint256 most) = _range(order, taken.total);
        try token.settleSpends(order.subject, termsHash, order.terms.payee, order.mode, least, most, order.items) returns (
            uint256 okMask, uint256 total
        ) {
            uint64 newTotal = taken.total + uint64(total);
            uint40 firstAt = taken.firstAt == 0 ? uint40(block.timestamp) : taken.firstAt;
            _settled().taken[order.subject] = Taken(_tagOf(termsHash), newTotal, firstAt);
            emit OrderSettled(order.subject, termsHash, order.terms.payee, order.mode, okMask, taken.total, newTotal);
            return true;
        } catch (bytes memory reason) {
            _skip(order.subject, termsHash, reason);
            return false;
        }
    }

    /// @dev What this call must take: something, enough for the target together with what was taken before, within the ceiling.
    function _range(Order calldata order, uint256 before) private pure returns (uint256 least, uint256 most) {
        most = order.terms.ceiling - before;
        if (order.mode == SpendItems.AT_MOST) {
            // The closer signed these very amounts: all of them or none.
            return (order.total, order.total < most ? order.total : most);
        }
        least = before < order.terms.target ? order.terms.target - before : 1;
    }

    /// @dev The error for which the order is skipped before the token is asked, empty for none.
    function _refusal(Order calldata order, bytes32 termsHash, Taken memory taken) private view returns (bytes memory) {
        bytes memory refusal = _termsRefusal(order.terms);
        if (refusal.length != 0) return refusal;
        if (taken.firstAt != 0 && taken.termsTag != _tagOf(termsHash)) {
            return abi.encodeWithSelector(OtherTerms.selector, taken.termsTag, _tagOf(termsHash));
        }
        // Spends into escrow are for `escrow` alone; the token refuses modes that nobody knows.
        if (order.mode == SpendItems.ESCROW) return abi.encodeWithSelector(SpendItems.UnknownMode.selector, order.mode);
        if (order.mode == SpendItems.AT_MOST) return _closingRefusal(order, termsHash, taken.total);
        return "";
    }

    function _closingRefusal(Order calldata order, bytes32 termsHash, uint256 before) private view returns (bytes memory) {
        uint256 size = 92;
        uint256 count = order.items.length / size;
        (bytes32 itemsHash, uint256 sum) = order.items.hashAndSum(size, count);
        if (itemsHash != order.itemsHash) {
            return abi.encodeWithSelector(ItemsDiffer.selector, order.itemsHash, itemsHash);
        }
        if (sum != order.total) return abi.encodeWithSelector(SumDiffers.selector, order.total, sum);
        if (before + sum < order.terms.target) {
            return abi.encodeWithSelector(BelowTarget.selector, order.terms.target, before + sum);
        }
        bytes32 structHash = keccak256(
            abi.encode(CLOSING_TYPEHASH, order.subject, termsHash, itemsHash, order.total, order.terms.payee)
        );
        bytes32 digest = MessageHashUtils.toTypedDataHash(token.DOMAIN_SEPARATOR(), structHash);
        (address signer,,) = ECDSA.tryRecoverCalldata(digest, order.closingSignature);
        if (signer == address(0) || signer != order.terms.closer) {
            return abi.encodeWithSelector(NotSignedByCloser.selector, order.terms.closer, signer);
        }
        return "";
    }

    function _tagOf(bytes32 termsHash) private pure returns (uint128) {
        return uint128(uint256(termsHash) >> 128);
    }

    function _settled() private pure returns (GroupBuyingStorage storage store) {
        assembly {
            store.slot := STORAGE
        }
    }
}
