// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IGroToken} from "./interfaces/IGroToken.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {ISeatRegistry} from "./interfaces/ISeatRegistry.sol";
import {GroStore} from "./grotoken/GroStore.sol";
import {Issuing} from "./grotoken/Issuing.sol";
import {Officers} from "./grotoken/Officers.sol";
import {SignedMoves} from "./grotoken/SignedMoves.sol";

/// @title GRO, and the produce that is grown and certified in the building.
/// @notice ERC-1155. Id 0 is GRO in micro-units, issued by the published rules of `Parameters` for certified grams and for
/// shifts, within caps per seat and per season. Every other id is a lot of produce in grams: certified once, minted up to
/// that, passed on, and burned when it is eaten, spoiled or given away.
///
/// What certifiers can do: certify lots and hand them to seats, so many grams a day; recall their own lots. What stewards can
/// do: attest shifts. Neither can issue more GRO than the caps, to anybody. Nobody, by role, can move or burn what is
/// somebody's. What an upgrade could do is announced for 7 days, see `AnnouncedUpgrades`.
contract GroToken is SignedMoves, Officers {
    /// @notice The code that certifies and issues, run on this contract's storage.
    address public immutable issuing;

    /// @param seats_ Lives in the code, as does `parameters_`, so that no upgrade of storage can change it.
    constructor(ISeatRegistry seats_, IParameters parameters_) GroStore(seats_) {
        issuing = address(new Issuing(seats_, parameters_));
        _disableInitializers();
    }

    /// @notice Called once, by the proxy's constructor.
    function initialize(address authority, address[] calldata certifiers, address[] calldata stewards)
        external
        initializer
    {
        __AccessManaged_init(authority);
        for (uint256 i; i < certifiers.length; ++i) _setCertifier(certifiers[i], true);
        for (uint256 i; i < stewards.length; ++i) _setSteward(stewards[i], true);
    }

    /// @inheritdoc IGroToken
    function certifyBatch(CertifyItem[] calldata) external returns (uint256) {
        _issuing();
    }

    /// @inheritdoc IGroToken
    function harvestBatch(HarvestItem[] calldata) external returns (uint256) {
        _issuing();
    }

    /// @inheritdoc IGroToken
    function shiftBatch(ShiftItem[] calldata) external returns (uint256) {
        _issuing();
    }

    /// @notice Recalls a lot by its certifier's `Recall(uint256 lot,bytes32 caseHash,uint40 validUntil)`, which counts once.
    /// Anybody may carry it.
    function recallBySignature(uint256, bytes32, uint40, bytes calldata) external {
        _issuing();
    }

    /// @dev Hands the whole call to `issuing`, which answers or reverts in its place.
    function _issuing() private {
        address code = issuing;
        assembly {
            calldatacopy(0x00, 0x00, calldatasize())
            let ok := delegatecall(gas(), code, 0x00, calldatasize(), 0x00, 0x00)
            returndatacopy(0x00, 0x00, returndatasize())
            if iszero(ok) { revert(0x00, returndatasize()) }
            return(0x00, returndatasize())
        }
    }
}
