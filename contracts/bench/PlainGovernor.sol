// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title OpenZeppelin's ERC-20 with votes, for comparison only.
contract PlainVotes is ERC20Votes {
    constructor() ERC20("Votes", "VOTES") EIP712("Votes", "1") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @title OpenZeppelin's governor with simple counting, for comparison only.
contract PlainGovernor is Governor, GovernorCountingSimple, GovernorVotes {
    constructor(IVotes votes) Governor("Plain") GovernorVotes(votes) {}

    function votingDelay() public pure override returns (uint256) {
        return 1;
    }

    function votingPeriod() public pure override returns (uint256) {
        return 10_000;
    }

    function quorum(uint256) public pure override returns (uint256) {
        return 1;
    }
}
