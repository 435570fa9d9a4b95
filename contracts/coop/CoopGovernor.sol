// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AnnouncedUpgrades} from "./AnnouncedUpgrades.sol";
import {Execution} from "./governor/Execution.sol";
import {GovernorStorage} from "./governor/GovernorStorage.sol";
import {Voting} from "./governor/Voting.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {ISeatLock} from "./interfaces/ISeatLock.sol";
import {ISeatRegistry} from "./interfaces/ISeatRegistry.sol";

/// @title How the members decide, and how what they decided is done.
/// @notice A resident proposes; residents sign ballots, which anybody brings; what passed is carried out by anybody after its
/// delay. Votes belong to seats and cost their square in credits, so that many a little weighs more than one a lot; heads
/// decide whether enough took part. Nobody can vote for a seat, change a counted ballot but its seat by a higher revision, or
/// carry out what did not pass. The guardian can cancel, and nothing else. Besides its own account of Food-USD, which
/// proposals on spending give from, this contract holds nothing.
/// @dev The parts: `Proposals`, `Voting`, `Tally`, `CallRules`, `Execution`.
contract CoopGovernor is AnnouncedUpgrades, Voting, Execution {
    /// @param token_ Food-USD.
    constructor(ISeatRegistry seats_, ISeatLock locks_, IParameters parameters_, address token_)
        GovernorStorage(seats_, locks_, parameters_, token_)
    {
        _disableInitializers();
    }

    /// @notice Called once, by the proxy's constructor. The guardian's first term is a year.
    /// @param authority The access manager.
    /// @param list What proposals on roles and upgrades may call. Transfers of Food-USD and setting of parameters are allowed to
    /// their kinds besides.
    function initialize(address authority, Allowed[] calldata list) external initializer {
        __AccessManaged_init(authority);
        _allowFirst(list);
        _setGuardianUntil(uint40(block.timestamp + GUARDIAN_TERM));
    }
}
