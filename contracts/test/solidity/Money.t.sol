// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {FoodUSD} from "../../coop/FoodUSD.sol";
import {IFoodUSD} from "../../coop/interfaces/IFoodUSD.sol";
import {MoneyHandler} from "./MoneyHandler.sol";
import {TestBase} from "./Vm.sol";

/// @notice What stays true of the money under any sequence of deposits, transfers, batches, redemptions, changes of keys and days.
contract MoneyTest is TestBase {
    MoneyHandler private handler;
    FoodUSD private token;

    function setUp() public {
        vm.warp(1_800_000_000);
        handler = MoneyHandler(deploy("MoneyHandler", ""));
        token = handler.token();
        handler.attest(30_000);
    }

    /// @dev As the token's authority: what the handler asks is allowed at once, and to nobody else.
    function canCall(address caller, address, bytes4) external view returns (bool immediate, uint32 delay) {
        return (caller == address(handler), 0);
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function invariant_supplyIsTheSumOfBalances() public view {
        uint256 sum;
        for (uint256 i; i < handler.accountCount(); ++i) sum += token.balanceOf(handler.accounts(i));
        same(token.totalSupply(), sum);
        same(handler.supply(), sum);
    }

    /// @dev The books change only by what the right key signed or sent: nobody is debited otherwise, and what is carried comes
    /// to the seat's key alone.
    function invariant_balancesAreWhatTheBooksSay() public view {
        for (uint256 i; i < handler.accountCount(); ++i) {
            address account = handler.accounts(i);
            same(handler.balance(account), token.balanceOf(account));
            yes(handler.isFrozen(account) == token.isAccountFrozen(account), "frozen");
        }
        yes(!handler.disagreed(), "the token and the books disagreed");
    }

    function invariant_theTokenHoldsWhatWaitsToBeRedeemed() public view {
        uint256 waiting;
        for (uint256 ref; ref < handler.REFS(); ++ref) {
            (, uint256 amount,, IFoodUSD.RedemptionState state) = handler.redemptions(ref);
            if (state == IFoodUSD.RedemptionState.PENDING) waiting += amount;
            yes(token.redemptionOf(bytes32(ref)).state == state, "state of a redemption");
        }
        same(waiting, token.balanceOf(address(token)));
    }

    function invariant_eachSignedTransferServesOnce() public view {
        for (uint256 n; n < handler.NONCES(); ++n) {
            for (uint256 i; i < handler.MEMBERS(); ++i) {
                uint256 times = handler.transfers(i, n);
                yes(times <= 1, "a transfer done twice");
                yes(token.isTransferUsed(handler.seatAt(i), handler.nonceAt(n)) == (times == 1), "nonce");
                address owner = handler.ownerOf(i);
                uint256 used = handler.authorizations(owner, n);
                yes(used <= 1, "an authorization used twice");
                yes(token.authorizationState(owner, bytes32(n)) == (used == 1), "authorization");
            }
        }
    }

    function invariant_mintingStaysWithinTheReserve() public view {
        yes(!handler.grewAboveReserve(), "minted above the reserve");
        for (uint256 ref; ref < 40; ++ref) yes(handler.mints(bytes32(ref)) <= 1, "a deposit minted twice");
    }

    function invariant_eachSeatIsDebitedOncePerSubject() public view {
        for (uint256 subject; subject < handler.SUBJECTS(); ++subject) {
            for (uint256 i; i < handler.MEMBERS(); ++i) {
                uint256 debits = handler.debits(subject, i);
                yes(debits <= 1, "debited twice");
                yes(token.isUsed(handler.subjectAt(subject), handler.seatAt(i)) == (debits == 1), "nullifier");
            }
        }
    }

    function invariant_noDayPassesItsLimit() public view {
        uint256 today = block.timestamp / 1 days;
        for (uint256 i; i < handler.accountCount(); ++i) {
            address account = handler.accounts(i);
            uint256 spent = handler.spent(account, today);
            yes(spent <= handler.LIMIT(), "over the limit");
            bool limited = handler.isMember(account);
            same(limited ? handler.LIMIT() - spent : type(uint256).max, token.leftToday(account));
        }
        yes(handler.minted(today) <= handler.ALLOWANCE(), "over the minter's allowance");
    }

    /// @dev Longer lives than the runner's, in which everything has happened: what never happens cannot go wrong.
    function test_aLongLifeAgreesWithTheBooks() public {
        for (uint256 i; i < 6; ++i) handler.mint(i, 2_999, i, false);
        for (uint256 step; step < 1_200; ++step) drive(uint256(keccak256(abi.encode("life", step))));
        invariant_supplyIsTheSumOfBalances();
        invariant_balancesAreWhatTheBooksSay();
        invariant_theTokenHoldsWhatWaitsToBeRedeemed();
        invariant_eachSignedTransferServesOnce();
        invariant_eachSeatIsDebitedOncePerSubject();
        yes(handler.settled() > 10, "few spends");
        yes(handler.moved() > 100, "few transfers");
        yes(handler.ended() > 4, "few redemptions ended");
        yes(handler.carried() > 1_000, "little carried");
    }

    function drive(uint256 random) private {
        uint256 what = random % 20;
        (uint256 a, uint256 b, uint256 c) = (random >> 16, random >> 48, random >> 80);
        uint64 amount = uint64(random >> 112);
        bool forged = (random >> 8) % 4 == 0;
        if (what == 0) handler.attest(uint64(20_000 + amount % 20_000));
        else if (what < 3) handler.mint(a, amount, b, forged);
        else if (what < 5) handler.transfer(a, b, amount);
        else if (what < 7) handler.settle(a, b, forged ? c : 0);
        else if (what < 9) handler.transferSigned(a, b, amount, c, forged);
        else if (what == 9) handler.permit(a, b, amount, uint8(c));
        else if (what == 10) handler.pull(a, b, c, amount % 100);
        else if (what == 11) handler.authorize(a, b, amount, c, forged);
        else if (what == 12) handler.redeem(a, amount % 400, c, forged);
        else if (what == 13) handler.confirm(a, forged);
        else if (what == 14) handler.restore(a, forged);
        else if (what == 15) handler.carry(a);
        else if (what == 16) handler.freeze(a, b % 3 == 0, forged);
        else if (what == 17) handler.mirror(a);
        else if (what == 18) handler.warp(uint32(a));
        else rare(random >> 32);
    }

    function rare(uint256 random) private {
        uint256 what = random % 5;
        if (what == 0) handler.changeKey(random >> 8);
        else if (what == 1) handler.pause(uint8(random >> 8));
        else if (what == 2) handler.unpause();
        else if (what == 3) handler.wait(uint8(random >> 8));
        else handler.restoreLate(random >> 8);
    }

    /// @dev The same list in any order and any cut ends in one state.
    function testFuzz_anyPartitionEndsTheSame(uint256 seed) public {
        for (uint256 i; i < 6; ++i) handler.mint(i, 2_999, i, false);
        for (uint256 round; round < 12; ++round) handler.settle(0, uint256(keccak256(abi.encode(seed, round))), 0);
        for (uint256 round; round < 40; ++round) handler.settle(0, uint256(keccak256(abi.encode("rest", round))), 0);
        uint256 expected;
        for (uint256 i; i < 6; ++i) expected += handler.amountAt(0, i);
        same(expected, token.balanceOf(handler.payee()));
        yes(!handler.disagreed(), "an item settled against the books");
    }
}
