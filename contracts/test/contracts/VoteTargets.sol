// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice Something that a proposal can call: counts, refuses when told to, and calls back when told to.
contract Chore {
    uint256 public done;
    bool public refuses;
    bool public isSilent;
    address public target;
    bytes public data;
    bool public wentThrough;
    bytes public answer;

    error Refused(uint256 done);

    function setRefuses(bool refuses_, bool silent) external {
        (refuses, isSilent) = (refuses_, silent);
    }

    function setCallback(address target_, bytes calldata data_) external {
        (target, data) = (target_, data_);
    }

    function act() external {
        if (refuses) {
            if (isSilent) {
                assembly {
                    revert(0, 0)
                }
            }
            revert Refused(done);
        }
        done += 1;
        if (target != address(0)) (wentThrough, answer) = target.call(data);
    }

    function other() external {
        done += 100;
    }

    /// @notice Writes `count` fresh words: a call that needs much gas.
    function work(uint256 count) external {
        for (uint256 i; i < count; ++i) {
            assembly {
                sstore(add(0x1000, i), 1)
            }
        }
        done += count;
    }
}
