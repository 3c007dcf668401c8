// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { IDealing } from "../../../contracts/interfaces/IDealing.sol";
import { IERC7943Fungible } from "../../../contracts/interfaces/IERC7943Fungible.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { IRoundSource, Round } from "../../../contracts/interfaces/IRoundSource.sol";
import { IValuationRegistry } from "../../../contracts/interfaces/IValuationRegistry.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { HostileMoney } from "../money/HostileMoney.sol";
import { MoneyTokenStandIn } from "../money/MoneyTokenStandIn.sol";
import { DealingFixture } from "./DealingFixture.sol";
import { ScriptedValuation } from "./ScriptedValuation.sol";

/// @notice Desks, requests, cancellations and prices.
contract DealingTest is DealingFixture {
    function unauthorized(address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IDealing.DealingUnauthorized.selector, caller);
    }

    function next() internal view returns (bytes32) {
        return bytes32(bytes20(address(token))) | bytes32(uint256(2));
    }

    /* OPEN AND CLOSE */

    function test_When_Opened_TermsAreKnown() public {
        vm.expectEmit(address(dealing));
        emit IDealing.DeskOpened(next(), address(token), terms());
        vm.prank(seller);
        dealing.open(next(), terms());
        assertEq(abi.encode(dealing.termsOf(next())), abi.encode(terms()));
        assertEq(uint8(dealing.totalsOf(next()).state), uint8(IDealing.DeskState.OPEN));
    }

    function test_RevertWhen_OpenedByAnother() public {
        vm.prank(agent);
        vm.expectRevert(unauthorized(agent));
        dealing.open(next(), terms());
    }

    function test_RevertWhen_OpenedTwice() public {
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(IDealing.DeskExists.selector, id));
        dealing.open(id, terms());
    }

    /// @dev Else a token of one's own would do to take another's id before him.
    function test_RevertWhen_TheIdIsOfAnotherToken() public {
        MoneyTokenStandIn own = new MoneyTokenStandIn(18);
        own.grant(stranger, AgentRole.SELLER);
        IDealing.Terms memory t = terms();
        t.token = address(own);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IDealing.DeskIdForeign.selector, next(), address(own)));
        dealing.open(next(), t);
    }

    function test_RevertWhen_TheTokenIsNoContract() public {
        IDealing.Terms memory t = terms();
        t.token = stranger;
        vm.expectRevert(abi.encodeWithSelector(IDealing.DeskTermsInvalid.selector, "token"));
        dealing.open(bytes32(bytes20(stranger)), t);
    }

    function test_RevertWhen_TermsMakeNoSense() public {
        IDealing.Terms memory t = terms();
        t.paymentToken = stranger;
        refuseTerms(t, "paymentToken");
        t = terms();
        t.registry = stranger;
        refuseTerms(t, "registry");
        t = terms();
        t.settlementWallet = address(0);
        refuseTerms(t, "settlementWallet");
        t.settlementWallet = address(dealing);
        refuseTerms(t, "settlementWallet");
        t = terms();
        t.minSubscription = 0;
        refuseTerms(t, "minSubscription");
        t = terms();
        t.minRedemption = 0;
        refuseTerms(t, "minRedemption");
        t = terms();
        t.dailyRedemption = t.minRedemption - 1;
        refuseTerms(t, "dailyRedemption");
        t = terms();
        t.period = 0;
        refuseTerms(t, "period");
        t = terms();
        t.maxPriceAge = 0;
        refuseTerms(t, "maxPriceAge");
        t = terms();
        t.settleWithin = 0;
        refuseTerms(t, "settleWithin");
        t.settleWithin = 366 days + 1;
        refuseTerms(t, "settleWithin");
        vm.mockCall(address(money), abi.encodeCall(HostileMoney.decimals, ()), abi.encode(19));
        refuseTerms(terms(), "paymentToken");
    }

    function refuseTerms(IDealing.Terms memory t, string memory field) internal {
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(IDealing.DeskTermsInvalid.selector, field));
        dealing.open(next(), t);
    }

    /// @dev A value in a token is never taken for one in another.
    function test_RevertWhen_TheTokenIsValuedInAnotherCurrency() public {
        address[3] memory quotes = [address(0), address(1000), address(token)];
        for (uint256 i; i < 3; ++i) {
            valuation.setQuote(quotes[i]);
            vm.prank(seller);
            vm.expectRevert(abi.encodeWithSelector(IValuationRegistry.QuoteUnsupported.selector, token, quotes[i]));
            dealing.open(next(), terms());
        }
        valuation.setQuote(address(money));
        vm.prank(seller);
        dealing.open(next(), terms());
    }

    function test_When_Closed_NoMoreIsAskedButWhatWasRunsOn() public {
        subscribe(alice, 1_000 * MONEY);
        vm.expectEmit(address(dealing));
        emit IDealing.DeskClosed(id);
        vm.prank(seller);
        dealing.close(id);
        bytes memory closed = abi.encodeWithSelector(IDealing.DeskStateInvalid.selector, id, IDealing.DeskState.CLOSED);
        vm.expectRevert(closed);
        dealing.subscribe(id, uint128(1_000 * MONEY));
        vm.expectRevert(closed);
        dealing.redeem(id, uint128(UNIT));
        vm.expectRevert(closed);
        dealing.close(id);
        publish(PAR);
        settle(SUBSCRIPTION);
        assertState(SUBSCRIPTION, 0, IDealing.RequestState.SETTLED);
    }

    function test_RevertWhen_ClosedByAnother() public {
        vm.prank(stranger);
        vm.expectRevert(unauthorized(stranger));
        dealing.close(id);
    }

    function test_RevertGiven_NoSuchDesk() public {
        bytes memory none = abi.encodeWithSelector(IDealing.DeskStateInvalid.selector, next(), IDealing.DeskState.NONE);
        vm.expectRevert(none);
        dealing.subscribe(next(), 1);
        vm.expectRevert(none);
        dealing.redeem(next(), 1);
        vm.expectRevert(none);
        dealing.close(next());
        vm.expectRevert(none);
        dealing.cancel(next(), SUBSCRIPTION, 0);
        vm.expectRevert(none);
        dealing.redirect(next(), SUBSCRIPTION, 0);
        vm.expectRevert(none);
        dealing.fund(next(), 1);
        vm.expectRevert(none);
        dealing.withdraw(next(), 1);
        vm.expectRevert(none);
        dealing.price(next(), cutOff, 1);
        vm.expectRevert(none);
        dealing.settle(next(), SUBSCRIPTION, 1);
        vm.expectRevert(none);
        dealing.retry(next(), SUBSCRIPTION, new uint256[](0));
        vm.expectRevert(none);
        dealing.refund(next(), SUBSCRIPTION, 0);
        vm.expectRevert(none);
        dealing.cutOffAfter(next(), 0);
    }

    /* SUBSCRIBE */

    function test_When_Subscribed_MoneyWaitsInEscrow() public {
        vm.expectEmit(address(dealing));
        emit IDealing.RequestMade(id, SUBSCRIPTION, 0, alice, 1_000 * MONEY, cutOff);
        assertEq(subscribe(alice, 1_000 * MONEY), 0);
        assertEq(subscribe(bob, 100 * MONEY), 1);
        assertEq(money.balanceOf(alice), 999_000 * MONEY);
        assertEq(dealing.totalsOf(id).escrow, 1_100 * MONEY);
        IDealing.Request memory request = dealing.requestOf(id, SUBSCRIPTION, 0);
        assertEq(
            abi.encode(request),
            abi.encode(IDealing.Request(alice, cutOff, IDealing.RequestState.PENDING, registry.identity(alice), uint128(1_000 * MONEY)))
        );
        (uint256 head, uint256 length) = dealing.queueOf(id, SUBSCRIPTION);
        assertEq(head, 0);
        assertEq(length, 2);
        assertConserved();
    }

    function test_RevertWhen_TheAmountIsBelowTheMinimum() public {
        vm.expectRevert(abi.encodeWithSelector(IDealing.RequestAmountInvalid.selector, 100 * MONEY - 1, 100 * MONEY));
        subscribe(alice, 100 * MONEY - 1);
    }

    function test_RevertGiven_TheWalletMayNotReceive() public {
        refuseSubscription(stranger, ReasonCode.RECIPIENT_NOT_REGISTERED);
        vm.prank(agent);
        token.setAddressFrozen(alice, true);
        refuseSubscription(alice, ReasonCode.RECIPIENT_FROZEN);
        vm.prank(agent);
        token.pause();
        refuseSubscription(alice, ReasonCode.RECIPIENT_FROZEN);
        subscribe(bob, 100 * MONEY);
        skip(400 days);
        refuseSubscription(bob, ReasonCode.RECIPIENT_CLAIM_EXPIRED);
        vm.mockCall(address(token), abi.encodeCall(IERC7943Fungible.canReceive, (carol)), abi.encode(false));
        vm.warp(cutOff);
        refuseSubscription(carol, ReasonCode.UNKNOWN);
    }

    function refuseSubscription(address wallet, uint8 code) internal {
        vm.expectRevert(abi.encodeWithSelector(IDealing.RequestNotEligible.selector, wallet, code));
        subscribe(wallet, 100 * MONEY);
    }

    function test_RevertGiven_MoneyMisbehaves() public {
        money.behave(HostileMoney.Mode.FEE);
        vm.expectRevert(abi.encodeWithSelector(IDealing.PaymentShort.selector, 990 * MONEY, 1_000 * MONEY));
        subscribe(alice, 1_000 * MONEY);
        money.mint(address(this), MONEY);
        money.approve(address(dealing), MONEY);
        vm.expectRevert(abi.encodeWithSelector(IDealing.PaymentShort.selector, 990_000, MONEY));
        dealing.fund(id, MONEY);
        money.behave(HostileMoney.Mode.FALSE);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(money)));
        subscribe(alice, 1_000 * MONEY);
        money.behave(HostileMoney.Mode.HONEST);
        vm.prank(alice);
        money.approve(address(dealing), 5);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(dealing), 5, 1_000 * MONEY));
        subscribe(alice, 1_000 * MONEY);
    }

    function test_RevertGiven_MoneyReenters() public {
        bytes[11] memory calls = [
            abi.encodeCall(IDealing.open, (next(), terms())),
            abi.encodeCall(IDealing.close, (id)),
            abi.encodeCall(IDealing.withdraw, (id, 0)),
            abi.encodeCall(IDealing.retry, (id, SUBSCRIPTION, new uint256[](0))),
            abi.encodeCall(IDealing.subscribe, (id, 1)),
            abi.encodeCall(IDealing.redeem, (id, 1)),
            abi.encodeCall(IDealing.cancel, (id, SUBSCRIPTION, 0)),
            abi.encodeCall(IDealing.redirect, (id, SUBSCRIPTION, 0)),
            abi.encodeCall(IDealing.fund, (id, 1)),
            abi.encodeCall(IDealing.price, (id, cutOff, 1)),
            abi.encodeCall(IDealing.refund, (id, SUBSCRIPTION, 0))
        ];
        bytes memory refused = abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        for (uint256 i; i < calls.length; ++i) {
            money.reenter(address(dealing), calls[i]);
            vm.expectRevert(refused);
            subscribe(alice, 1_000 * MONEY);
        }
        money.reenter(address(dealing), abi.encodeCall(IDealing.settle, (id, SUBSCRIPTION, 1)));
        vm.expectRevert(refused);
        subscribe(alice, 1_000 * MONEY);
        money.reenter(address(dealing), abi.encodeCall(IDealing.deliver, (id, SUBSCRIPTION, 0, 1, 0)));
        vm.expectRevert(unauthorized(address(money)));
        subscribe(alice, 1_000 * MONEY);
    }

    /* REDEEM */

    function test_When_RedemptionIsAsked_TheUnitsStayInTheWalletFrozen() public {
        vm.expectEmit(address(dealing));
        emit IDealing.RequestMade(id, REDEMPTION, 0, alice, 300 * UNIT, cutOff);
        redeem(alice, 300 * UNIT);
        assertEq(token.balanceOf(alice), 1_000 * UNIT);
        assertEq(token.getFrozenTokens(alice), 300 * UNIT);
        assertEq(dealing.unitsHeld(address(token), alice), 300 * UNIT);
        vm.expectRevert(
            abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.TOKENS_FROZEN, token, 700 * UNIT + 1, 700 * UNIT)
        );
        vm.prank(alice);
        token.transfer(bob, 700 * UNIT + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IERC7943Fungible.ERC7943InsufficientUnfrozenBalance.selector, alice, 700 * UNIT + 1, 700 * UNIT)
        );
        redeem(alice, 700 * UNIT + 1);
        redeem(alice, 700 * UNIT);
        assertConserved();
    }

    function test_RevertWhen_UnitsAreBelowTheMinimumAndNotAllThatTheWalletHolds() public {
        refuseRedemption(alice, 0);
        refuseRedemption(alice, UNIT - 1);
        refuseRedemption(stranger, 0);
        vm.prank(agent);
        token.burn(alice, 1_000 * UNIT - 7);
        refuseRedemption(alice, 6);
        redeem(alice, 7);
    }

    function refuseRedemption(address wallet, uint256 units) internal {
        vm.expectRevert(abi.encodeWithSelector(IDealing.RequestAmountInvalid.selector, units, UNIT));
        redeem(wallet, units);
    }

    function test_RevertGiven_TheWalletMayNotSend() public {
        vm.prank(agent);
        token.setAddressFrozen(alice, true);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RequestNotEligible.selector, alice, ReasonCode.SENDER_FROZEN));
        redeem(alice, UNIT);
        address identity = registry.identity(bob);
        vm.prank(claimIssuer);
        store.revokeClaim(identity, 1);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RequestNotEligible.selector, bob, ReasonCode.SENDER_NOT_ELIGIBLE));
        redeem(bob, UNIT);
    }

    /// @dev An exit, so a claim that lapsed does not stop it, nor does a pause.
    function test_When_AClaimLapsedOrTheTokenIsPaused_RedemptionIsStillAskedAndPaid() public {
        skip(401 days);
        cutOff = dealing.cutOffAfter(id, block.timestamp);
        redeem(alice, 10 * UNIT);
        vm.prank(agent);
        token.pause();
        publish(PAR);
        fund(1_000 * MONEY);
        settle(REDEMPTION);
        assertEq(money.balanceOf(alice), 1_001_000 * MONEY);
        assertConserved();
    }

    /* CUT-OFFS AND CANCELLATION */

    function test_When_AskedAtTheCutOffOrAfter_TheNextOneCounts() public {
        vm.warp(cutOff - 1);
        subscribe(alice, 100 * MONEY);
        vm.warp(cutOff);
        subscribe(alice, 100 * MONEY);
        vm.warp(cutOff + 1 days - 1);
        subscribe(alice, 100 * MONEY);
        vm.warp(cutOff + 1 days);
        subscribe(alice, 100 * MONEY);
        for (uint256 i; i < 4; ++i) {
            assertEq(dealing.requestOf(id, SUBSCRIPTION, i).cutOff, cutOff + (i + 1) / 2 * 1 days);
        }
    }

    function testFuzz_When_TimeGoesOn_TheCutOffIsTheFirstAfterIt(uint32 time) public view {
        uint256 found = dealing.cutOffAfter(id, time);
        assertGt(found, time);
        assertEq((found - cutOff) % 1 days, 0);
        if (found != cutOff) assertLe(found - 1 days, time);
    }

    function test_When_CancelledBeforeTheCutOff_EverythingIsAsBefore() public {
        subscribe(alice, 100 * MONEY);
        redeem(alice, 100 * UNIT);
        valuation.setStatus(IValuationRegistry.Status.HALTED);
        vm.warp(cutOff - 1);
        vm.expectEmit(address(dealing));
        emit IDealing.RequestCancelled(id, SUBSCRIPTION, 0, alice, 100 * MONEY);
        cancel(alice, SUBSCRIPTION, 0);
        cancel(alice, REDEMPTION, 0);
        assertEq(money.balanceOf(alice), 1_000_000 * MONEY);
        assertEq(token.getFrozenTokens(alice), 0);
        assertEq(dealing.unitsHeld(address(token), alice), 0);
        assertConserved();
        for (uint8 side; side < 2; ++side) {
            vm.expectRevert(abi.encodeWithSelector(IDealing.RequestStateInvalid.selector, side, 0, IDealing.RequestState.CANCELLED));
            cancel(alice, IDealing.Side(side), 0);
        }
    }

    function test_RevertWhen_CancelledFromTheCutOffOn() public {
        subscribe(alice, 100 * MONEY);
        redeem(alice, 100 * UNIT);
        vm.warp(cutOff);
        for (uint8 side; side < 2; ++side) {
            vm.expectRevert(abi.encodeWithSelector(IDealing.CancellationTooLate.selector, cutOff));
            cancel(alice, IDealing.Side(side), 0);
        }
    }

    function test_RevertWhen_CancelledByAnotherOrUnknown() public {
        subscribe(alice, 100 * MONEY);
        vm.expectRevert(unauthorized(bob));
        cancel(bob, SUBSCRIPTION, 0);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RequestUnknown.selector, SUBSCRIPTION, 1));
        cancel(alice, SUBSCRIPTION, 1);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RequestUnknown.selector, REDEMPTION, 0));
        dealing.requestOf(id, REDEMPTION, 0);
    }

    /* PRICE */

    function refusePrice(uint64 round, bytes memory reason) internal {
        vm.expectRevert(reason);
        dealing.price(id, cutOff, round);
    }

    function notPricing(uint64 round) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IDealing.RoundNotPricing.selector, round, cutOff);
    }

    function test_When_TheFirstRoundAfterTheCutOffIsNamed_ItIsNoted() public {
        vm.warp(cutOff + 1 hours);
        valuation.publish(101e8, cutOff + 1);
        vm.expectEmit(address(dealing));
        emit IDealing.CutOffPriced(id, cutOff, address(valuation), valuation.feedId(), 2, 101e8);
        vm.prank(stranger);
        dealing.price(id, cutOff, 2);
        (IDealing.Price memory price, bool valid) = dealing.priceOf(id, cutOff);
        assertTrue(valid);
        assertEq(abi.encode(price), abi.encode(IDealing.Price(address(valuation), 2, 8, valuation.feedId(), 101e8, cutOff + 1)));
        (, valid) = dealing.priceOf(id, cutOff + 1 days);
        assertFalse(valid);
    }

    /// @dev The update that everybody sees in the mempool while he may still ask never prices what he asks.
    function test_RevertWhen_TheRoundHoldsForTheCutOffOrBefore() public {
        vm.warp(cutOff + 1 hours);
        uint64 round = valuation.publish(101e8, cutOff);
        refusePrice(round, notPricing(round));
        refusePrice(1, notPricing(1));
        refusePrice(0, notPricing(0));
        refusePrice(9, notPricing(9));
    }

    function test_RevertWhen_TheRoundWasPublishedByTheCutOff() public {
        vm.warp(cutOff);
        uint64 round = valuation.publish(101e8, cutOff + 1);
        vm.warp(cutOff + 1);
        refusePrice(round, notPricing(round));
        valuation.publish(102e8, cutOff + 1);
        dealing.price(id, cutOff, round + 1);
    }

    function test_RevertWhen_AnEarlierRoundIsAfterTheCutOff() public {
        vm.warp(cutOff + 1);
        valuation.publish(101e8, cutOff + 1);
        valuation.skip();
        // Late, and for an instant before the cut-off: it prices nothing and stands in nobody's way.
        valuation.publish(90e8, cutOff);
        valuation.publish(102e8, cutOff + 2);
        refusePrice(5, abi.encodeWithSelector(IDealing.RoundNotFirst.selector, 5, 2));
        dealing.price(id, cutOff, 2);
    }

    function test_When_RoundsWereHeldOrInvalidated_TheFirstValidOnePrices() public {
        valuation.skip();
        vm.warp(cutOff + 1 hours);
        valuation.publish(999e8, cutOff + 1);
        valuation.skip();
        valuation.publish(101e8, cutOff + 2);
        valuation.forget(3);
        refusePrice(3, notPricing(3));
        dealing.price(id, cutOff, 5);
    }

    function test_When_ARoundIsInvalidatedAfterItWasNoted_TheNextValidOnePrices() public {
        subscribe(alice, 1_000 * MONEY);
        publish(50e8);
        vm.warp(cutOff + 2 hours);
        valuation.publish(100e8, cutOff + 2 hours);
        refusePrice(3, abi.encodeWithSelector(IDealing.CutOffAlreadyPriced.selector, cutOff, 2));
        valuation.forget(2);
        (, bool valid) = dealing.priceOf(id, cutOff);
        assertFalse(valid);
        settle(SUBSCRIPTION);
        assertState(SUBSCRIPTION, 0, IDealing.RequestState.PENDING);
        dealing.price(id, cutOff, 3);
        settle(SUBSCRIPTION);
        assertEq(token.balanceOf(alice), 1_010 * UNIT);
    }

    function test_When_ARoundIsRestated_ItNoLongerPricesAtTheOldValue() public {
        publish(50e8);
        valuation.restate(2, 51e8);
        (, bool valid) = dealing.priceOf(id, cutOff);
        assertFalse(valid);
        dealing.price(id, cutOff, 2);
        (IDealing.Price memory price,) = dealing.priceOf(id, cutOff);
        assertEq(price.value, 51e8);
        valuation.redate(2, cutOff);
        (, valid) = dealing.priceOf(id, cutOff);
        assertFalse(valid);
        refusePrice(2, notPricing(2));
    }

    function test_RevertWhen_ThatNoRoundIsEarlierCannotBeProved() public {
        vm.warp(cutOff + 1 hours);
        uint64 round = valuation.publish(101e8, cutOff + 1);
        valuation.forget(1);
        refusePrice(round, abi.encodeWithSelector(IDealing.PredecessorUnknown.selector, round));
    }

    /// @dev A source that answers zeros, or another round, where it knows none.
    function test_RevertWhen_TheRoundBeforeIsNone() public {
        vm.warp(cutOff + 1 hours);
        uint64 round = valuation.publish(101e8, cutOff + 1);
        Round[2] memory answers = [Round(0, 0, 0, 1, 0), Round(PAR, cutOff - 2, cutOff - 1, 7, 0)];
        for (uint256 i; i < 2; ++i) {
            vm.mockCall(address(valuation), abi.encodeCall(IRoundSource.roundAt, (valuation.feedId(), 1)), abi.encode(answers[i]));
            refusePrice(round, abi.encodeWithSelector(IDealing.PredecessorUnknown.selector, round));
        }
    }

    function test_When_MoreNumbersWereUsedUpThanASourceKeeps_NothingIsProved() public {
        for (uint256 i; i < 63; ++i) {
            valuation.skip();
        }
        vm.warp(cutOff + 1 hours);
        uint64 round = valuation.publish(101e8, cutOff + 1);
        uint256 snapshot = vm.snapshotState();
        dealing.price(id, cutOff, round);
        vm.revertToState(snapshot);
        valuation.skip();
        valuation.forget(round);
        round = valuation.publish(101e8, cutOff + 1);
        refusePrice(round, abi.encodeWithSelector(IDealing.PredecessorUnknown.selector, round));
    }

    function test_When_TheFeedIsNew_ItsFirstRoundNeedsNoPredecessor() public {
        valuation = new ScriptedValuation();
        IDealing.Terms memory t = terms();
        vm.prank(seller);
        dealing.open(next(), t);
        vm.warp(cutOff + 1 hours);
        valuation.publish(101e8, cutOff + 1);
        dealing.price(next(), cutOff, 1);
    }

    function test_RevertWhen_TheValueIsNotPositiveOrTooFine() public {
        vm.warp(cutOff + 1 hours);
        uint64 round = valuation.publish(0, cutOff + 1);
        refusePrice(round, abi.encodeWithSelector(IDealing.PriceInvalid.selector, int128(0), 8));
        valuation.restate(round, -1);
        refusePrice(round, abi.encodeWithSelector(IDealing.PriceInvalid.selector, int128(-1), 8));
        valuation.restate(round, 1);
        valuation.setDecimals(19);
        refusePrice(round, abi.encodeWithSelector(IDealing.PriceInvalid.selector, int128(1), 19));
        valuation.setDecimals(18);
        dealing.price(id, cutOff, round);
    }

    function test_RevertWhen_TheCurrencyOfTheValuationChanged() public {
        vm.warp(cutOff + 1 hours);
        uint64 round = valuation.publish(101e8, cutOff + 1);
        valuation.setQuote(address(978));
        refusePrice(round, abi.encodeWithSelector(IValuationRegistry.QuoteUnsupported.selector, token, address(978)));
    }

    /// @dev What was noted is proved by its own source, whatever the proxy reads now.
    function test_When_TheProxyChangesItsSource_ANotedPriceStands() public {
        subscribe(alice, 1_000 * MONEY);
        publish(PAR);
        ScriptedValuation other = new ScriptedValuation();
        other.publish(1, uint40(block.timestamp));
        valuation.setAggregator(address(other));
        refusePrice(1, abi.encodeWithSelector(IDealing.CutOffAlreadyPriced.selector, cutOff, 2));
        settle(SUBSCRIPTION);
        assertEq(token.balanceOf(alice), 1_010 * UNIT);
    }
}
