// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IFoodUSD} from "../interfaces/IFoodUSD.sol";

/// @notice What every member of an order signs, through its EIP-712 struct hash.
/// @param payee Who is paid.
/// @param closer Whose `Closing` counts in at-most mode.
/// @param target From this sum on the order is executed, in micro-units.
/// @param ceiling The most that the order may take altogether, in each of its two forms.
/// @param deadline In seconds since 1970, the building's deadline and the chain's grace on top.
/// @param detailsHash Commitment to the goods and the price.
struct Terms {
    address payee;
    address closer;
    uint64 target;
    uint64 ceiling;
    uint40 deadline;
    bytes32 detailsHash;
}

/// @notice One order's spends. The last three fields count in at-most mode only.
struct Order {
    bytes32 subject;
    Terms terms;
    uint8 mode;
    bytes items;
    bytes32 itemsHash;
    uint64 total;
    bytes closingSignature;
}

/// @title What both forms of a group order share: the money, the terms, and how an order that cannot be taken says so.
abstract contract OrderTerms {
    bytes32 private constant TERMS_TYPEHASH = keccak256(
        "Terms(address payee,address closer,uint64 target,uint64 ceiling,uint40 deadline,bytes32 detailsHash)"
    );

    /// @notice The money that orders are paid in.
    IFoodUSD public immutable token;

    /// @notice The order was left as it is; `reason` is the ABI-encoded error.
    event OrderSkipped(bytes32 indexed subject, bytes32 indexed termsHash, bytes reason);

    error TooManyOrders(uint256 count);
    error NotEnoughGas(bytes32 subject);
    error BadTerms(uint64 target, uint64 ceiling);
    error DeadlinePassed(uint40 deadline);

    /// @param token_ Lives in the code, so that no upgrade of storage can change it.
    constructor(IFoodUSD token_) {
        token = token_;
    }

    /// @notice EIP-712 struct hash of the terms: what members sign.
    function hashTerms(Terms calldata terms) public pure returns (bytes32) {
        return keccak256(
            abi.encode(
                TERMS_TYPEHASH, terms.payee, terms.closer, terms.target, terms.ceiling, terms.deadline, terms.detailsHash
            )
        );
    }

    /// @dev The error for which no order is taken under these terms now, empty for none.
    function _termsRefusal(Terms calldata terms) internal view returns (bytes memory) {
        if (terms.target == 0 || terms.ceiling < terms.target) {
            return abi.encodeWithSelector(BadTerms.selector, terms.target, terms.ceiling);
        }
        if (block.timestamp > terms.deadline) return abi.encodeWithSelector(DeadlinePassed.selector, terms.deadline);
        return "";
    }

    /// @dev Orders of one call, one bit each in a mask.
    function _requireMask(uint256 count) internal pure {
        if (count > 256) revert TooManyOrders(count);
    }

    /// @dev Reports a skipped order. The token always says why it refuses. Silence is too little gas: were it a skip, estimates
    /// would find gas for skipping enough.
    function _skip(bytes32 subject, bytes32 termsHash, bytes memory reason) internal {
        if (reason.length == 0) revert NotEnoughGas(subject);
        emit OrderSkipped(subject, termsHash, reason);
    }
}
