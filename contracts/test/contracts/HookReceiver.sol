// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IGroToken} from "../../coop/interfaces/IGroToken.sol";

/// @notice A receiver of ERC-1155 tokens that does what a test tells it, and remembers what it saw inside the hook.
contract HookReceiver {
    enum Mode {
        Accept,
        AnswerWrong,
        RevertWithReason,
        RevertInSilence,
        EatGas
    }

    struct Call {
        address target;
        bytes data;
    }

    error Refused();

    Mode public mode;
    Call[] private _calls;
    bytes[] public answers;
    bool[] public done;
    uint256 public hooks;
    address public operator;
    address public from;
    uint256 public seenSupply;
    uint256 public seenBalance;
    bool public seenUsed;
    bytes private _look;

    function setMode(Mode next) external {
        mode = next;
    }

    /// @notice What to try inside the next hooks; forgets the answers of earlier ones.
    function setCalls(Call[] calldata list) external {
        delete _calls;
        delete done;
        delete answers;
        for (uint256 i; i < list.length; ++i) _calls.push(list[i]);
    }

    /// @notice A view of the token with one bool as its answer, read inside the next hooks.
    function setLook(bytes calldata data) external {
        _look = data;
    }

    function act(address target, bytes calldata data) external returns (bytes memory) {
        (bool ok, bytes memory answer) = target.call(data);
        if (!ok) {
            assembly {
                revert(add(answer, 0x20), mload(answer))
            }
        }
        return answer;
    }

    function onERC1155Received(address operator_, address from_, uint256 id, uint256, bytes calldata)
        external
        returns (bytes4)
    {
        _hook(operator_, from_, id);
        return mode == Mode.AnswerWrong ? bytes4(0) : IERC1155Receiver.onERC1155Received.selector;
    }

    function onERC1155BatchReceived(
        address operator_,
        address from_,
        uint256[] calldata ids,
        uint256[] calldata,
        bytes calldata
    ) external returns (bytes4) {
        _hook(operator_, from_, ids.length == 0 ? 0 : ids[0]);
        return mode == Mode.AnswerWrong ? bytes4(0) : IERC1155Receiver.onERC1155BatchReceived.selector;
    }

    function _hook(address operator_, address from_, uint256 id) private {
        if (mode == Mode.RevertWithReason) revert Refused();
        if (mode == Mode.RevertInSilence) {
            assembly {
                revert(0x00, 0x00)
            }
        }
        if (mode == Mode.EatGas) {
            for (uint256 i;; ++i) seenSupply = i;
        }
        IGroToken token = IGroToken(msg.sender);
        ++hooks;
        (operator, from) = (operator_, from_);
        (seenSupply, seenBalance) = (token.totalSupply(id), token.balanceOf(address(this), id));
        if (_look.length != 0) {
            (, bytes memory seen) = msg.sender.staticcall(_look);
            seenUsed = abi.decode(seen, (bool));
        }
        for (uint256 i; i < _calls.length; ++i) {
            (bool ok, bytes memory answer) = _calls[i].target.call(_calls[i].data);
            done.push(ok);
            answers.push(answer);
        }
    }
}
