// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Ledger} from "./Ledger.sol";

/// @title EIP-2612: an allowance by signature. Wallets that are contracts sign by ERC-1271.
abstract contract Permits is IERC20Permit, Ledger {
    bytes32 private constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    /// @inheritdoc IERC20Permit
    mapping(address owner => uint256) public nonces;

    error NotSignedByAccount(address account);

    /// @inheritdoc IERC20Permit
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        _permit(owner, spender, value, deadline, _packed(v, r, s));
    }

    /// @notice `permit` with a signature of any length, for wallets that are contracts.
    function permit(address owner, address spender, uint256 value, uint256 deadline, bytes calldata signature) external {
        _permit(owner, spender, value, deadline, signature);
    }

    /// @inheritdoc IERC20Permit
    function DOMAIN_SEPARATOR() external view virtual returns (bytes32) {
        return _domainSeparatorV4();
    }

    function _packed(uint8 v, bytes32 r, bytes32 s) internal pure returns (bytes memory) {
        return abi.encodePacked(r, s, v);
    }

    /// @dev Also for ERC-3009. A contract is asked before anything has changed, and in a static call.
    function _requireSignedBy(address account, bytes32 structHash, bytes memory signature) internal view {
        if (!SignatureChecker.isValidSignatureNow(account, _hashTypedDataV4(structHash), signature)) {
            revert NotSignedByAccount(account);
        }
    }

    function _permit(address owner, address spender, uint256 value, uint256 deadline, bytes memory signature) private {
        if (block.timestamp > deadline) revert MessageExpired(deadline);
        uint256 nonce = nonces[owner]++;
        _requireSignedBy(owner, keccak256(abi.encode(PERMIT_TYPEHASH, owner, spender, value, nonce, deadline)), signature);
        _approve(owner, spender, value);
    }
}
