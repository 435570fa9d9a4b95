// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @notice A wallet that is a contract: two keys sign together, by ERC-1271. It can be told to misbehave.
contract SmartWallet is IERC1271 {
    enum Mood {
        SOUND,
        REVERTS,
        ANSWERS_SHORT,
        ANSWERS_ELSE
    }

    address public immutable one;
    address public immutable other;
    Mood public mood;

    error NotToday();

    constructor(address one_, address other_) {
        (one, other) = (one_, other_);
    }

    function behave(Mood mood_) external {
        mood = mood_;
    }

    /// @param signature Both keys' 65 bytes, one after the other.
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (mood == Mood.REVERTS) revert NotToday();
        if (mood == Mood.ANSWERS_SHORT) {
            assembly {
                mstore(0, shl(224, 0x1626ba7e))
                return(0, 4)
            }
        }
        if (mood == Mood.ANSWERS_ELSE || signature.length != 130) return 0xffffffff;
        (address a,,) = ECDSA.tryRecoverCalldata(hash, signature[:65]);
        (address b,,) = ECDSA.tryRecoverCalldata(hash, signature[65:]);
        return a == one && b == other ? this.isValidSignature.selector : bytes4(0xffffffff);
    }
}
