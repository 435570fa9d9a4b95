// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IParameters} from "../interfaces/IParameters.sol";
import {ISeatRegistry} from "../interfaces/ISeatRegistry.sol";
import {GroStore} from "./GroStore.sol";
import {Issuance} from "./Issuance.sol";
import {Lots} from "./Lots.sol";

/// @title The part of the GRO token that certifies lots and issues, as code of its own: one contract would be too large.
/// @dev `GroToken` creates it with itself and runs it on its own storage. Called directly it finds no officer and does nothing.
contract Issuing is Lots {
    constructor(ISeatRegistry seats_, IParameters parameters_) GroStore(seats_) Issuance(parameters_) {}
}
