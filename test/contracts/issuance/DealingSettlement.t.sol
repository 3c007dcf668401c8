// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { IDealing } from "../../../contracts/interfaces/IDealing.sol";
import { ISecurityTokenCore, ISecurityTokenExtension } from "../../../contracts/interfaces/ISecurityToken.sol";
import { IValuationRegistry } from "../../../contracts/interfaces/IValuationRegistry.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { HostileMoney } from "../money/HostileMoney.sol";
import { DealingFixture } from "./DealingFixture.sol";
import { ScriptedValuation } from "./ScriptedValuation.sol";

/// @notice Settlement, what is held, refunds, the pool, and what officers and recoveries do in between.
contract DealingSettlementTest is DealingFixture {
    IDealing.RequestState private constant PENDING = IDealing.RequestState.PENDING;
    IDealing.RequestState private constant HELD = IDealing.RequestState.HELD;
    IDealing.RequestState private constant SETTLED = IDealing.RequestState.SETTLED;
    IDealing.RequestState private constant REFUNDED = IDealing.RequestState.REFUNDED;

    function unauthorized(address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IDealing.DealingUnauthorized.selector, caller);
    }

    function refused(uint8 code, address rule, uint256 actual, uint256 limit) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, code, rule, actual, limit);
    }

    function expectHeld(IDealing.Side side, uint256 index, bytes memory reason) internal {
        vm.expectEmit(address(dealing));
        emit IDealing.RequestHeld(id, side, index, reason);
    }

    /* BOTH SIDES */

    function test_When_Settled_UnitsAndMoneyChangeHandsTogether() public {
        subscribe(alice, 1_000 * MONEY);
        redeem(bob, 10 * UNIT);
        publish(125e8);
        fund(1_250 * MONEY);
        vm.expectEmit(address(dealing));
        emit IDealing.RequestSettled(id, SUBSCRIPTION, 0, alice, 8 * UNIT, 1_000 * MONEY);
        vm.prank(stranger);
        dealing.settle(id, SUBSCRIPTION, 1);
        vm.expectEmit(address(dealing));
        emit IDealing.RequestSettled(id, REDEMPTION, 0, bob, 10 * UNIT, 1_250 * MONEY);
        vm.prank(stranger);
        dealing.settle(id, REDEMPTION, 1);

        assertEq(token.balanceOf(alice), 1_008 * UNIT);
        assertEq(token.balanceOf(bob), 990 * UNIT);
        assertEq(token.getFrozenTokens(bob), 0);
        assertEq(money.balanceOf(bob), 1_001_250 * MONEY);
        assertEq(money.balanceOf(settlement), 1_000 * MONEY);
        assertState(SUBSCRIPTION, 0, SETTLED);
        assertState(REDEMPTION, 0, SETTLED);
        assertConserved();
    }

    function test_When_Settled_TheTokenRecordsWhichRequestItWas() public {
        subscribe(alice, 1_000 * MONEY);
        publish(PAR);
        bytes32 ref = keccak256(abi.encode(id, SUBSCRIPTION, 0));
        vm.expectEmit(address(token));
        emit ISecurityTokenExtension.OperationRecorded(ref, bytes4(keccak256("mint(address,uint256,bytes32)")), 0);
        settle(SUBSCRIPTION);
    }

    /// @dev To the last unit in the fund's favour: one unit more would be worth more than was paid, one cent more than was burned.
    function testFuzz_When_ThePriceIsOdd_RoundingIsInTheFundsFavour(uint128 amount, uint128 units, uint64 value) public {
        value = uint64(bound(value, 1e8, 1e12));
        amount = uint128(bound(amount, 100 * MONEY, 8_000 * MONEY));
        units = uint128(bound(units, UNIT, 1_000 * UNIT));
        subscribe(alice, amount);
        redeem(bob, units);
        publish(int128(uint128(value)));
        fund(1e18);
        settle(SUBSCRIPTION);
        settle(REDEMPTION);
        uint256 minted = token.balanceOf(alice) - 1_000 * UNIT;
        uint256 paid = money.balanceOf(bob) - 1_000_000 * MONEY;
        // Payment minor units × 10^20 = token units × value.
        assertLe(minted * value, uint256(amount) * 1e20);
        assertGt((minted + 1) * value, uint256(amount) * 1e20);
        assertLe(paid * 1e20, uint256(units) * value);
        assertGt((paid + 1) * 1e20, uint256(units) * value);
        assertConserved();
    }

    function test_RevertWhen_TheValuationIsNotLive() public {
        subscribe(alice, 1_000 * MONEY);
        publish(PAR);
        for (uint8 i = 1; i < 6; ++i) {
            valuation.setStatus(IValuationRegistry.Status(i));
            bytes memory notLive = abi.encodeWithSelector(IValuationRegistry.ValuationNotLive.selector, token, i);
            vm.expectRevert(notLive);
            settle(SUBSCRIPTION);
            vm.expectRevert(notLive);
            settle(REDEMPTION);
            vm.expectRevert(notLive);
            retry(SUBSCRIPTION, 0);
            vm.expectRevert(notLive);
            subscribe(alice, 1_000 * MONEY);
        }
    }

    /// @dev Whatever the feed does, what is asked can be taken back, and what is not settled comes back.
    function test_When_TheValuationIsNotLive_EveryExitIsOpen() public {
        for (uint8 i = 1; i < 6; ++i) {
            valuation.setStatus(IValuationRegistry.Status.LIVE);
            uint256 index = subscribe(alice, 1_000 * MONEY);
            subscribe(alice, 1_000 * MONEY);
            valuation.setStatus(IValuationRegistry.Status(i));
            redeem(bob, 10 * UNIT);
            redeem(bob, 10 * UNIT);
            cancel(alice, SUBSCRIPTION, index);
            cancel(bob, REDEMPTION, index);
            vm.mockCallRevert(address(valuation), bytes(""), bytes("gone"));
            skip(11 days);
            dealing.refund(id, SUBSCRIPTION, index + 1);
            dealing.refund(id, REDEMPTION, index + 1);
            vm.clearMockedCalls();
            assertEq(money.balanceOf(alice), 1_000_000 * MONEY);
            assertEq(token.getFrozenTokens(bob), 0);
            assertConserved();
        }
    }

    function test_When_ACutOffIsNotPriced_SettlementStopsThereAndLosesNothing() public {
        subscribe(alice, 1_000 * MONEY);
        skip(1 days);
        subscribe(bob, 1_000 * MONEY);
        settle(SUBSCRIPTION);
        assertState(SUBSCRIPTION, 0, PENDING);
        skip(1 days);
        uint64 round = valuation.publish(PAR, uint40(block.timestamp));
        dealing.price(id, cutOff + 1 days, round);
        settle(SUBSCRIPTION);
        assertState(SUBSCRIPTION, 1, PENDING);
        // Both cut-offs have the same first round after them.
        dealing.price(id, cutOff, round);
        settle(SUBSCRIPTION);
        assertState(SUBSCRIPTION, 0, SETTLED);
        assertState(SUBSCRIPTION, 1, SETTLED);
    }

    function test_When_CancelledOnesStandInTheQueue_TheyArePassedOver() public {
        subscribe(alice, 1_000 * MONEY);
        subscribe(bob, 1_000 * MONEY);
        subscribe(carol, 1_000 * MONEY);
        cancel(alice, SUBSCRIPTION, 0);
        publish(PAR);
        dealing.settle(id, SUBSCRIPTION, 1);
        dealing.settle(id, SUBSCRIPTION, 1);
        assertState(SUBSCRIPTION, 1, SETTLED);
        assertState(SUBSCRIPTION, 2, PENDING);
        (uint256 head,) = dealing.queueOf(id, SUBSCRIPTION);
        assertEq(head, 2);
        settle(SUBSCRIPTION);
        settle(SUBSCRIPTION);
        assertConserved();
    }

    function test_When_ThePriceIsTooOld_AnyoneReturnsWhatWasAsked() public {
        subscribe(alice, 1_000 * MONEY);
        redeem(bob, 10 * UNIT);
        bytes memory notDue = abi.encodeWithSelector(IDealing.RefundNotDue.selector, SUBSCRIPTION, 0);
        publish(PAR);
        skip(3 days);
        vm.expectRevert(notDue);
        dealing.refund(id, SUBSCRIPTION, 0);
        skip(1);
        // It may be priced anew.
        uint256 snapshot = vm.snapshotState();
        valuation.forget(2);
        vm.expectRevert(notDue);
        dealing.refund(id, SUBSCRIPTION, 0);
        vm.revertToState(snapshot);
        vm.prank(stranger);
        dealing.refund(id, SUBSCRIPTION, 0);
        settle(SUBSCRIPTION);
        settle(REDEMPTION);
        dealing.refund(id, REDEMPTION, 0);
        assertEq(money.balanceOf(alice), 1_000_000 * MONEY);
        assertEq(token.getFrozenTokens(bob), 0);
        assertConserved();
    }

    /// @dev Who brings about his own refusal is not let out early.
    function test_RevertWhen_ThePriceOfAHeldRequestIsTooOld_TheSellerAloneReturnsIt() public {
        subscribe(alice, 900_001 * MONEY);
        publish(PAR);
        settle(SUBSCRIPTION);
        skip(3 days + 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RefundNotDue.selector, SUBSCRIPTION, 0));
        dealing.refund(id, SUBSCRIPTION, 0);
        vm.prank(seller);
        dealing.refund(id, SUBSCRIPTION, 0);
        assertState(SUBSCRIPTION, 0, REFUNDED);
    }

    function test_When_ThePriceIsTooOld_TheRequestIsPassedOverAndRefundedLater() public {
        subscribe(alice, 1_000 * MONEY);
        publish(PAR);
        uint256 snapshot = vm.snapshotState();
        skip(3 days);
        settle(SUBSCRIPTION);
        assertState(SUBSCRIPTION, 0, SETTLED);
        vm.revertToState(snapshot);
        skip(3 days + 1);
        settle(SUBSCRIPTION);
        assertState(SUBSCRIPTION, 0, PENDING);
        (uint256 head,) = dealing.queueOf(id, SUBSCRIPTION);
        assertEq(head, 1);
        vm.warp(cutOff + 10 days);
        dealing.refund(id, SUBSCRIPTION, 0);
        assertConserved();
    }

    function test_When_TheDeadlineHasPassed_NothingIsSettled() public {
        subscribe(alice, 1_000 * MONEY);
        vm.warp(cutOff + 10 days - 1);
        uint64 round = valuation.publish(PAR, uint40(block.timestamp));
        dealing.price(id, cutOff, round);
        uint256 snapshot = vm.snapshotState();
        settle(SUBSCRIPTION);
        assertState(SUBSCRIPTION, 0, SETTLED);
        vm.revertToState(snapshot);
        skip(1);
        settle(SUBSCRIPTION);
        assertState(SUBSCRIPTION, 0, PENDING);
        dealing.refund(id, SUBSCRIPTION, 0);
        assertEq(money.balanceOf(alice), 1_000_000 * MONEY);
    }

    function test_RevertWhen_DeliverIsCalledFromOutside() public {
        subscribe(alice, 1_000 * MONEY);
        vm.prank(seller);
        vm.expectRevert(unauthorized(seller));
        dealing.deliver(id, SUBSCRIPTION, 0, 1, 8);
    }

    function test_RevertWhen_TheBatchIsTooLong() public {
        bytes memory tooLong = abi.encodeWithSelector(IDealing.BatchTooLong.selector, 251, 250);
        vm.expectRevert(tooLong);
        dealing.settle(id, SUBSCRIPTION, 251);
        vm.prank(seller);
        vm.expectRevert(tooLong);
        dealing.retry(id, SUBSCRIPTION, new uint256[](251));
    }

    /// @dev A gas estimate that searches for the least gas that does not revert must not find one at which requests are held.
    function test_RevertWhen_GasWouldNotDo() public {
        subscribe(alice, 1_000 * MONEY);
        subscribe(bob, 1_000 * MONEY);
        publish(PAR);
        vm.expectPartialRevert(IDealing.DeliveryGasShort.selector);
        dealing.settle{ gas: 3_600_000 }(id, SUBSCRIPTION, 2);
        dealing.settle{ gas: 4_200_000 }(id, SUBSCRIPTION, 2);
        assertState(SUBSCRIPTION, 1, SETTLED);
    }

    /* HELD */

    function test_When_OneCannotReceive_ItAloneIsHeldAndTheSellerTriesAgain() public {
        subscribe(alice, 1_000 * MONEY);
        subscribe(bob, 1_000 * MONEY);
        vm.prank(agent);
        token.setAddressFrozen(alice, true);
        publish(PAR);
        expectHeld(SUBSCRIPTION, 0, refused(ReasonCode.RECIPIENT_FROZEN, address(token), 0, 0));
        settle(SUBSCRIPTION);
        assertState(SUBSCRIPTION, 0, HELD);
        assertState(SUBSCRIPTION, 1, SETTLED);
        assertEq(dealing.totalsOf(id).escrow, 1_000 * MONEY);
        expectHeld(SUBSCRIPTION, 0, refused(ReasonCode.RECIPIENT_FROZEN, address(token), 0, 0));
        retry(SUBSCRIPTION, 0);

        vm.prank(agent);
        token.setAddressFrozen(alice, false);
        skip(1 days);
        valuation.publish(2 * PAR, uint40(block.timestamp));
        settle(SUBSCRIPTION);
        assertState(SUBSCRIPTION, 0, HELD);
        retry(SUBSCRIPTION, 0);
        assertEq(token.balanceOf(alice), 1_010 * UNIT, "at the price that it had");
        assertConserved();
    }

    function test_When_ARuleOrACapRefuses_TheReasonIsKept() public {
        subscribe(alice, 900_001 * MONEY);
        publish(PAR);
        expectHeld(SUBSCRIPTION, 0, refused(ReasonCode.MAX_BALANCE, address(maximum), 10_000 * UNIT + UNIT / 100, 10_000 * UNIT));
        settle(SUBSCRIPTION);
        vm.prank(seller);
        dealing.refund(id, SUBSCRIPTION, 0);
        assertEq(money.balanceOf(alice), 1_000_000 * MONEY);
        assertConserved();
    }

    function test_When_TheDailyMintCapIsReached_WhatIsAboveIsHeld() public {
        subscribe(alice, 100_000 * MONEY);
        subscribe(bob, 900_000 * MONEY);
        publish(20e8);
        expectHeld(SUBSCRIPTION, 1, refused(ReasonCode.MINT_CAP, address(token), 50_000 * UNIT, CAP));
        settle(SUBSCRIPTION);
        assertState(SUBSCRIPTION, 0, SETTLED);
        assertConserved();
    }

    function test_When_ItWouldBeRoundedToNothing_ItIsHeld() public {
        IDealing.Terms memory t = terms();
        t.minSubscription = 1;
        id = bytes32(bytes20(address(token))) | bytes32(uint256(2));
        vm.prank(seller);
        dealing.open(id, t);
        subscribe(alice, 1);
        publish(type(int128).max);
        expectHeld(SUBSCRIPTION, 0, abi.encodeWithSelector(IDealing.AmountTooSmall.selector, 1));
        settle(SUBSCRIPTION);
    }

    function test_When_APayoutWouldBeNothing_ItIsHeld() public {
        IDealing.Terms memory t = terms();
        t.minRedemption = 1;
        id = bytes32(bytes20(address(token))) | bytes32(uint256(2));
        vm.prank(seller);
        dealing.open(id, t);
        redeem(bob, 1);
        publish(PAR);
        expectHeld(REDEMPTION, 0, abi.encodeWithSelector(IDealing.AmountTooSmall.selector, 1));
        settle(REDEMPTION);
    }

    function test_RevertWhen_TheTokenIsPaused_Subscriptions() public {
        subscribe(alice, 1_000 * MONEY);
        publish(PAR);
        vm.prank(agent);
        token.pause();
        vm.expectRevert(abi.encodeWithSelector(IDealing.TokenPaused.selector, token));
        settle(SUBSCRIPTION);
        vm.expectRevert(abi.encodeWithSelector(IDealing.TokenPaused.selector, token));
        retry(SUBSCRIPTION, 0);
        assertState(SUBSCRIPTION, 0, PENDING);
    }

    function test_When_MoneyRefusesTheRedeemer_NothingOfHisRequestHappens() public {
        redeem(alice, 10 * UNIT);
        redeem(bob, 10 * UNIT);
        publish(PAR);
        fund(2_000 * MONEY);
        money.block_(alice);
        expectHeld(REDEMPTION, 0, abi.encodeWithSelector(HostileMoney.WalletBlocked.selector, alice));
        settle(REDEMPTION);
        assertEq(token.balanceOf(alice), 1_000 * UNIT);
        assertEq(token.getFrozenTokens(alice), 10 * UNIT);
        assertEq(money.balanceOf(bob), 1_001_000 * MONEY);
        assertConserved();
        money.block_(address(0));
        retry(REDEMPTION, 0);
        assertEq(money.balanceOf(alice), 1_001_000 * MONEY);
        assertConserved();
    }

    function test_When_MoneyRefusesAtLength_TheReasonIsCut() public {
        redeem(alice, 10 * UNIT);
        publish(PAR);
        fund(2_000 * MONEY);
        money.block_(alice);
        money.behave(HostileMoney.Mode.BABBLE);
        expectHeld(REDEMPTION, 0, new bytes(512));
        settle(REDEMPTION);
    }

    function test_When_MoneyReentersADelivery_ItIsHeld() public {
        subscribe(alice, 1_000 * MONEY);
        publish(PAR);
        money.reenter(address(dealing), abi.encodeCall(IDealing.settle, (id, SUBSCRIPTION, 1)));
        settle(SUBSCRIPTION);
        assertState(SUBSCRIPTION, 0, HELD);
        assertEq(token.balanceOf(alice), 1_000 * UNIT);
        money.reenter(address(dealing), abi.encodeCall(IDealing.deliver, (id, SUBSCRIPTION, 0, 1, 8)));
        retry(SUBSCRIPTION, 0);
        assertState(SUBSCRIPTION, 0, HELD);
    }

    function test_When_TheInvestorIsFrozenInAnyWallet_HisRedemptionIsHeld() public {
        address identity = registry.identity(alice);
        address second = makeAddr("alice's second wallet");
        vm.prank(registrar);
        registry.registerIdentity(second, identity, 276);
        vm.prank(alice);
        token.approve(address(this), UNIT);
        redeem(alice, 10 * UNIT);
        vm.startPrank(agent);
        token.mint(second, UNIT);
        supply += UNIT;
        token.setAddressFrozen(second, true);
        vm.stopPrank();
        publish(PAR);
        fund(2_000 * MONEY);
        bytes memory reason = abi.encodeWithSelector(IDealing.InvestorNotPayable.selector, identity);
        expectHeld(REDEMPTION, 0, reason);
        settle(REDEMPTION);
        vm.startPrank(agent);
        token.setAddressFrozen(second, false);
        token.setAddressFrozen(alice, true);
        vm.stopPrank();
        expectHeld(REDEMPTION, 0, reason);
        retry(REDEMPTION, 0);
        vm.prank(agent);
        token.setAddressFrozen(alice, false);
        vm.prank(claimIssuer);
        store.revokeClaim(identity, 1);
        expectHeld(REDEMPTION, 0, reason);
        retry(REDEMPTION, 0);
        assertConserved();
    }

    function test_When_TheWalletChangesHands_NothingIsDelivered() public {
        address identity = registry.identity(alice);
        subscribe(alice, 1_000 * MONEY);
        vm.prank(agent);
        token.burn(alice, 1_000 * UNIT);
        supply -= 1_000 * UNIT;
        vm.startPrank(registrar);
        registry.deleteIdentity(alice);
        registry.registerIdentity(alice, registry.identity(bob), 276);
        vm.stopPrank();
        publish(PAR);
        expectHeld(SUBSCRIPTION, 0, abi.encodeWithSelector(IDealing.WalletNotInvestors.selector, alice, identity));
        settle(SUBSCRIPTION);
        vm.warp(cutOff + 10 days);
        dealing.refund(id, SUBSCRIPTION, 0);
        assertEq(money.balanceOf(alice), 1_000_000 * MONEY, "back to its source");
    }

    /* RETRY AND REFUND */

    function test_RevertWhen_RetriedByAnother() public {
        vm.prank(alice);
        vm.expectRevert(unauthorized(alice));
        dealing.retry(id, SUBSCRIPTION, new uint256[](1));
    }

    function test_RevertWhen_WhatIsRetriedIsNotHeldOrTooLate() public {
        subscribe(alice, 1_000 * MONEY);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RequestStateInvalid.selector, SUBSCRIPTION, 0, PENDING));
        retry(SUBSCRIPTION, 0);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RequestUnknown.selector, SUBSCRIPTION, 1));
        retry(SUBSCRIPTION, 1);
        vm.prank(agent);
        token.setAddressFrozen(alice, true);
        publish(PAR);
        settle(SUBSCRIPTION);
        uint256 snapshot = vm.snapshotState();
        valuation.forget(2);
        vm.expectRevert(abi.encodeWithSelector(IDealing.CutOffNotPriced.selector, cutOff));
        retry(SUBSCRIPTION, 0);
        vm.revertToState(snapshot);
        skip(3 days);
        retry(SUBSCRIPTION, 0);
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IDealing.PriceTooOld.selector, 3 days + 1, 3 days));
        retry(SUBSCRIPTION, 0);
        vm.warp(cutOff + 10 days);
        vm.expectRevert(abi.encodeWithSelector(IDealing.SettlementOver.selector, cutOff + 10 days));
        retry(SUBSCRIPTION, 0);
    }

    function test_RevertWhen_ARefundIsNotDue() public {
        subscribe(alice, 1_000 * MONEY);
        bytes memory notDue = abi.encodeWithSelector(IDealing.RefundNotDue.selector, SUBSCRIPTION, 0);
        vm.prank(seller);
        vm.expectRevert(notDue);
        dealing.refund(id, SUBSCRIPTION, 0);
        vm.prank(agent);
        token.setAddressFrozen(alice, true);
        publish(PAR);
        settle(SUBSCRIPTION);
        vm.warp(cutOff + 10 days - 1);
        vm.prank(alice);
        vm.expectRevert(notDue);
        dealing.refund(id, SUBSCRIPTION, 0);
        skip(1);
        vm.expectEmit(address(dealing));
        emit IDealing.RequestRefunded(id, SUBSCRIPTION, 0, alice, 1_000 * MONEY);
        vm.prank(alice);
        dealing.refund(id, SUBSCRIPTION, 0);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RequestStateInvalid.selector, SUBSCRIPTION, 0, REFUNDED));
        dealing.refund(id, SUBSCRIPTION, 0);
        assertConserved();
    }

    function test_RevertWhen_WhatIsSettledIsRefundedOrCancelled() public {
        subscribe(alice, 1_000 * MONEY);
        publish(PAR);
        settle(SUBSCRIPTION);
        bytes memory settled = abi.encodeWithSelector(IDealing.RequestStateInvalid.selector, SUBSCRIPTION, 0, SETTLED);
        vm.warp(cutOff + 10 days);
        vm.expectRevert(settled);
        dealing.refund(id, SUBSCRIPTION, 0);
        vm.expectRevert(settled);
        cancel(alice, SUBSCRIPTION, 0);
        vm.prank(alice);
        vm.expectRevert(settled);
        dealing.redirect(id, SUBSCRIPTION, 0);
    }

    /* POOL */

    function test_When_ThePoolIsShort_RedemptionsWaitInOrder() public {
        redeem(alice, 10 * UNIT);
        redeem(bob, UNIT);
        publish(PAR);
        fund(999 * MONEY);
        vm.expectEmit(address(dealing));
        emit IDealing.PoolShort(id, 0, MONEY);
        settle(REDEMPTION);
        assertState(REDEMPTION, 0, PENDING);
        assertState(REDEMPTION, 1, PENDING);
        fund(MONEY);
        settle(REDEMPTION);
        assertState(REDEMPTION, 0, SETTLED);
        assertState(REDEMPTION, 1, PENDING);
        assertEq(dealing.totalsOf(id).pool, 0);
        money.mint(alice, 100 * MONEY);
        vm.expectEmit(address(dealing));
        emit IDealing.PoolFunded(id, alice, 100 * MONEY);
        vm.prank(alice);
        dealing.fund(id, 100 * MONEY);
        settle(REDEMPTION);
        assertState(REDEMPTION, 1, SETTLED);
        assertConserved();
    }

    /// @dev A frozen investor's request must not keep the others waiting for money that it will not get.
    function test_When_ThePoolIsShortForOneThatCannotBePaid_TheOthersArePaid() public {
        redeem(alice, 1_000 * UNIT);
        redeem(bob, UNIT);
        vm.prank(agent);
        token.setAddressFrozen(alice, true);
        publish(PAR);
        fund(100 * MONEY);
        settle(REDEMPTION);
        assertState(REDEMPTION, 0, HELD);
        assertState(REDEMPTION, 1, SETTLED);
        vm.prank(agent);
        token.setAddressFrozen(alice, false);
        retry(REDEMPTION, 0);
        assertState(REDEMPTION, 0, HELD);
        vm.warp(cutOff + 10 days);
        dealing.refund(id, REDEMPTION, 0);
        assertEq(token.getFrozenTokens(alice), 0);
        assertConserved();
    }

    function test_When_NobodyWaits_TheSellerTakesThePoolOut() public {
        fund(100 * MONEY);
        vm.expectEmit(address(dealing));
        emit IDealing.PoolWithdrawn(id, 40 * MONEY);
        vm.prank(seller);
        dealing.withdraw(id, 40 * MONEY);
        assertEq(money.balanceOf(settlement), 40 * MONEY);
        assertConserved();
        vm.startPrank(seller);
        vm.expectRevert(abi.encodeWithSelector(IDealing.PoolExceeded.selector, 60 * MONEY + 1, 60 * MONEY));
        dealing.withdraw(id, 60 * MONEY + 1);
        vm.stopPrank();
        // Where nobody waits, no feed is asked.
        valuation.setStatus(IValuationRegistry.Status.HALTED);
        vm.prank(seller);
        dealing.withdraw(id, 60 * MONEY);
        vm.prank(stranger);
        vm.expectRevert(unauthorized(stranger));
        dealing.withdraw(id, 0);
    }

    /// @dev Dust that waits holds no more than dust back.
    function test_When_RedemptionsWait_WhatTheyAreWorthStays() public {
        fund(1_000 * MONEY);
        redeem(alice, 2 * UNIT);
        valuation.publish(150e8, uint40(block.timestamp));
        vm.startPrank(seller);
        vm.expectRevert(abi.encodeWithSelector(IDealing.PoolExceeded.selector, 700 * MONEY + 1, 700 * MONEY));
        dealing.withdraw(id, 700 * MONEY + 1);
        dealing.withdraw(id, 700 * MONEY);
        valuation.publish(151e8, uint40(block.timestamp));
        vm.expectRevert(abi.encodeWithSelector(IDealing.PoolExceeded.selector, 1, 0));
        dealing.withdraw(id, 1);
        vm.stopPrank();
        assertConserved();
    }

    function test_RevertWhen_RedemptionsWaitAndTheirWorthIsUnknown() public {
        fund(1_000 * MONEY);
        redeem(alice, UNIT);
        vm.startPrank(seller);
        for (uint8 i = 1; i < 6; ++i) {
            valuation.setStatus(IValuationRegistry.Status(i));
            vm.expectRevert(abi.encodeWithSelector(IValuationRegistry.ValuationNotLive.selector, token, i));
            dealing.withdraw(id, 1);
        }
        valuation.setStatus(IValuationRegistry.Status.LIVE);
        valuation.restate(1, -1);
        vm.expectRevert(abi.encodeWithSelector(IDealing.PriceInvalid.selector, int128(-1), 8));
        dealing.withdraw(id, 1);
        valuation.restate(1, PAR);
        valuation.setDecimals(19);
        vm.expectRevert(abi.encodeWithSelector(IDealing.PriceInvalid.selector, PAR, 19));
        dealing.withdraw(id, 1);
        vm.stopPrank();
    }

    /* DAILY REDEMPTION */

    function gated(uint256 units) internal {
        IDealing.Terms memory t = terms();
        t.dailyRedemption = uint128(units);
        open(t);
    }

    function test_When_TheDaysRedemptionsAreUsedUp_TheRestWaitsForTheNextDay() public {
        gated(15 * UNIT);
        redeem(alice, 10 * UNIT);
        redeem(bob, 10 * UNIT);
        redeem(carol, UNIT);
        publish(PAR);
        fund(10_000 * MONEY);
        vm.expectEmit(address(dealing));
        emit IDealing.PoolShort(id, 1, 500 * MONEY);
        settle(REDEMPTION);
        assertState(REDEMPTION, 0, SETTLED);
        uint256 midnight = (block.timestamp / 1 days + 1) * 1 days;
        vm.warp(midnight - 1);
        settle(REDEMPTION);
        assertState(REDEMPTION, 1, PENDING);
        vm.warp(midnight);
        settle(REDEMPTION);
        assertState(REDEMPTION, 1, SETTLED);
        assertState(REDEMPTION, 2, SETTLED);
        assertConserved();
    }

    function test_When_ARedemptionIsAsLargeAsADayAllows_ItIsSettled() public {
        gated(15 * UNIT);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RequestTooLarge.selector, 15 * UNIT + 1, 15 * UNIT));
        redeem(alice, 15 * UNIT + 1);
        redeem(alice, 15 * UNIT);
        publish(PAR);
        fund(1_500 * MONEY);
        settle(REDEMPTION);
        assertState(REDEMPTION, 0, SETTLED);
    }

    /// @dev With it anybody who may hold units gets them for nothing, and they are as good as all others.
    function test_When_ASellersKeyIsStolen_AnotherDesksPoolLosesADaysRedemptionsADay() public {
        gated(100 * UNIT);
        fund(1_000_000 * MONEY);
        bytes32 honest = id;
        ScriptedValuation own = new ScriptedValuation();
        IDealing.Terms memory t = terms();
        t.registry = address(own);
        open(t);
        own.publish(1e8, uint40(block.timestamp));
        subscribe(alice, 8_000 * MONEY);
        vm.warp(cutOff + 1 hours);
        own.publish(1e8, uint40(block.timestamp));
        dealing.price(id, cutOff, 2);
        settle(SUBSCRIPTION);
        assertEq(token.balanceOf(alice), 9_000 * UNIT);
        id = honest;
        for (uint256 i; i < 20; ++i) {
            redeem(alice, 100 * UNIT);
        }
        cutOff += 1 days;
        publish(PAR);
        settle(REDEMPTION);
        assertEq(money.balanceOf(alice), 1_002_000 * MONEY);
        skip(1 days);
        settle(REDEMPTION);
        assertEq(money.balanceOf(alice), 1_012_000 * MONEY);
    }

    /// @dev The escrow of subscribers and the pool of another desk are no pool.
    function test_When_OtherMoneyLiesInTheContract_ItPaysNoRedemption() public {
        bytes32 other = bytes32(bytes20(address(token))) | bytes32(uint256(2));
        vm.prank(seller);
        dealing.open(other, terms());
        subscribe(bob, 100_000 * MONEY);
        money.mint(address(this), 1_000 * MONEY);
        money.approve(address(dealing), 1_000 * MONEY);
        dealing.fund(other, 1_000 * MONEY);
        redeem(alice, UNIT);
        publish(PAR);
        vm.expectEmit(address(dealing));
        emit IDealing.PoolShort(id, 0, 100 * MONEY);
        settle(REDEMPTION);
    }

    /* OFFICERS AND RECOVERIES */

    function test_When_AnOfficerFreezesTheRest_OnlyTheRequestedUnitsAreBurned() public {
        redeem(alice, 300 * UNIT);
        vm.prank(agent);
        token.freezePartialTokens(alice, 700 * UNIT);
        publish(PAR);
        fund(100_000 * MONEY);
        settle(REDEMPTION);
        assertEq(token.balanceOf(alice), 700 * UNIT);
        assertEq(token.getFrozenTokens(alice), 700 * UNIT);
        assertConserved();
    }

    function test_When_AnOfficerFreezesTheRequestedUnitsToo_NothingIsBurned() public {
        redeem(alice, 300 * UNIT);
        vm.prank(agent);
        token.setFrozenTokens(alice, 1_100 * UNIT);
        publish(PAR);
        fund(100_000 * MONEY);
        expectHeld(REDEMPTION, 0, abi.encodeWithSelector(IDealing.UnitsNotFree.selector, 200 * UNIT, 300 * UNIT));
        settle(REDEMPTION);
        assertEq(token.balanceOf(alice), 1_000 * UNIT);
        assertEq(token.getFrozenTokens(alice), 1_100 * UNIT);
        assertConserved();
    }

    /// @dev A freeze below what requests froze is an officer's: a refund does not lift it, and is not stopped by it.
    function test_When_AnOfficerSetsASmallerFreeze_ARefundLeavesIt() public {
        redeem(alice, 300 * UNIT);
        vm.prank(agent);
        token.setFrozenTokens(alice, 200 * UNIT);
        vm.warp(cutOff + 10 days);
        dealing.refund(id, REDEMPTION, 0);
        assertEq(token.getFrozenTokens(alice), 200 * UNIT);
        assertConserved();
    }

    function test_When_AnOfficerTookUnitsAway_TheRequestIsHeld() public {
        redeem(alice, 300 * UNIT);
        vm.prank(agent);
        token.burn(alice, 900 * UNIT);
        supply -= 900 * UNIT;
        publish(PAR);
        fund(100_000 * MONEY);
        expectHeld(REDEMPTION, 0, abi.encodeWithSelector(IDealing.UnitsNotFree.selector, 0, 300 * UNIT));
        settle(REDEMPTION);
        vm.prank(seller);
        dealing.refund(id, REDEMPTION, 0);
        assertConserved();
    }

    function recover(address lost) internal returns (address replacement) {
        uint256 key;
        (replacement, key) = makeAddrAndKey("replacement");
        address identity = registry.identity(lost);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, token.recoveryDigest(lost, replacement, identity));
        vm.startPrank(agent);
        token.proposeRecovery(lost, replacement, identity, abi.encodePacked(r, s, v));
        skip(2 days);
        token.recoveryAddress(lost, replacement, identity);
        vm.stopPrank();
    }

    function test_When_AWalletIsRecovered_ItsSuccessorTakesTheRequestsOver() public {
        subscribe(alice, 1_000 * MONEY);
        redeem(alice, 300 * UNIT);
        address identity = registry.identity(alice);
        address replacement = recover(alice);
        assertEq(token.getFrozenTokens(replacement), 300 * UNIT);
        publish(PAR);
        fund(30_000 * MONEY);
        bytes memory gone = abi.encodeWithSelector(IDealing.WalletNotInvestors.selector, alice, identity);
        expectHeld(SUBSCRIPTION, 0, gone);
        settle(SUBSCRIPTION);
        expectHeld(REDEMPTION, 0, gone);
        settle(REDEMPTION);

        vm.expectEmit(address(dealing));
        emit IDealing.RequestRedirected(id, SUBSCRIPTION, 0, alice, replacement);
        vm.startPrank(replacement);
        dealing.redirect(id, SUBSCRIPTION, 0);
        dealing.redirect(id, REDEMPTION, 0);
        vm.stopPrank();
        assertEq(dealing.unitsHeld(address(token), alice), 0);
        assertEq(dealing.unitsHeld(address(token), replacement), 300 * UNIT);
        retry(SUBSCRIPTION, 0);
        retry(REDEMPTION, 0);
        assertEq(token.balanceOf(replacement), 710 * UNIT);
        assertEq(money.balanceOf(replacement), 30_000 * MONEY);
        assertEq(token.getFrozenTokens(replacement), 0);
        assertConserved();
    }

    /// @dev Else whoever has the key of a stolen wallet would take the money.
    function test_RevertGiven_TheWalletIsRetired_WhenItCancelsOrIsRefunded() public {
        vm.warp(block.timestamp + 5 days);
        cutOff = dealing.cutOffAfter(id, block.timestamp + 3 days);
        id = bytes32(bytes20(address(token))) | bytes32(uint256(2));
        IDealing.Terms memory t = terms();
        t.firstCutOff = cutOff;
        vm.prank(seller);
        dealing.open(id, t);
        subscribe(alice, 1_000 * MONEY);
        redeem(alice, 300 * UNIT);
        address identity = registry.identity(alice);
        address replacement = recover(alice);
        bytes memory gone = abi.encodeWithSelector(IDealing.WalletNotInvestors.selector, alice, identity);
        for (uint8 side; side < 2; ++side) {
            vm.expectRevert(gone);
            cancel(alice, IDealing.Side(side), 0);
        }
        vm.warp(cutOff + 10 days);
        vm.expectRevert(gone);
        dealing.refund(id, SUBSCRIPTION, 0);
        vm.expectRevert(gone);
        dealing.refund(id, REDEMPTION, 0);
        vm.prank(replacement);
        dealing.redirect(id, SUBSCRIPTION, 0);
        dealing.refund(id, SUBSCRIPTION, 0);
        assertEq(money.balanceOf(replacement), 1_000 * MONEY);
        vm.prank(seller);
        dealing.refund(id, REDEMPTION, 0);
        assertEq(dealing.totalsOf(id).redeeming, 0);
    }

    function test_RevertWhen_ARequestIsTakenFromALiveWalletOrByAStranger() public {
        subscribe(alice, 1_000 * MONEY);
        redeem(alice, 300 * UNIT);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RedirectionInvalid.selector, alice, alice));
        dealing.redirect(id, SUBSCRIPTION, 0);
        recover(alice);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RedirectionInvalid.selector, alice, bob));
        dealing.redirect(id, SUBSCRIPTION, 0);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RedirectionInvalid.selector, alice, alice));
        vm.prank(alice);
        dealing.redirect(id, SUBSCRIPTION, 0);
    }

    /// @dev Only the wallet to which the frozen units went can have them unfrozen.
    function test_RevertWhen_TheUnitsAreFrozenInAnotherWallet() public {
        redeem(alice, 300 * UNIT);
        address identity = registry.identity(alice);
        address second = makeAddr("alice's second wallet");
        vm.prank(registrar);
        registry.registerIdentity(second, identity, 276);
        recover(alice);
        vm.prank(second);
        vm.expectRevert(abi.encodeWithSelector(IDealing.RedirectionInvalid.selector, alice, second));
        dealing.redirect(id, REDEMPTION, 0);
    }

    /* THE BITS IT NEEDS */

    function test_When_ARoleIsMissing_NothingMovesAndTheReasonSaysWhich() public {
        subscribe(alice, 1_000 * MONEY);
        redeem(bob, UNIT);
        publish(PAR);
        fund(1_000 * MONEY);
        vm.prank(guardian);
        token.removeAgent(address(dealing));
        expectHeld(
            SUBSCRIPTION, 0, abi.encodeWithSelector(ISecurityTokenCore.AgentRoleMissing.selector, address(dealing), AgentRole.MINTER)
        );
        settle(SUBSCRIPTION);
        bytes memory freezer = abi.encodeWithSelector(ISecurityTokenCore.AgentRoleMissing.selector, address(dealing), AgentRole.FREEZER);
        expectHeld(REDEMPTION, 0, freezer);
        settle(REDEMPTION);
        vm.expectRevert(freezer);
        redeem(carol, UNIT);
        vm.prank(agent);
        token.unfreezePartialTokens(bob, UNIT);
        expectHeld(REDEMPTION, 0, abi.encodeWithSelector(ISecurityTokenCore.AgentRoleMissing.selector, address(dealing), AgentRole.BURNER));
        retry(REDEMPTION, 0);
        assertConserved();
    }
}
