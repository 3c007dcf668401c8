// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { IOffering } from "../../../contracts/interfaces/IOffering.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { GasFigure } from "../money/GasFigure.sol";
import { HostileMoney } from "../money/HostileMoney.sol";
import { MoneyTokenStandIn } from "../money/MoneyTokenStandIn.sol";
import { OfferingFixture } from "./OfferingFixture.sol";

contract OfferingTest is OfferingFixture, GasFigure {
    function _unauthorized(address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IOffering.OfferingUnauthorized.selector, caller);
    }

    function _wrongState(IOffering.State state) private view returns (bytes memory) {
        return abi.encodeWithSelector(IOffering.OfferingStateInvalid.selector, id, state);
    }

    function _wrongOrder(address wallet, IOffering.OrderState state) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IOffering.OrderStateInvalid.selector, _orderId(wallet), state);
    }

    /* CREATE */

    function test_When_created_termsAreKnown() public {
        bytes32 next = _id(address(token), "next");
        vm.expectEmit(address(offering));
        emit IOffering.OfferingCreated(next, address(token), _terms());
        vm.prank(seller);
        offering.create(next, _terms());
        assertEq(abi.encode(offering.termsOf(next)), abi.encode(_terms()));
        assertEq(uint8(offering.totalsOf(next).state), uint8(IOffering.State.OPEN));
    }

    function test_RevertWhen_createdByAnother() public {
        token.grant(stranger, type(uint16).max & ~AgentRole.SELLER);
        vm.prank(stranger);
        vm.expectRevert(_unauthorized(stranger));
        offering.create(_id(address(token), "next"), _terms());
    }

    function test_RevertWhen_createdTwice() public {
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(IOffering.OfferingExists.selector, id));
        offering.create(id, _terms());
    }

    /// @dev Else a token of one's own would do to take another's id before him.
    function test_RevertWhen_idIsOfAnotherToken() public {
        MoneyTokenStandIn own = new MoneyTokenStandIn(18);
        own.grant(stranger, AgentRole.SELLER);
        IOffering.Terms memory terms = _terms();
        terms.token = address(own);
        bytes32 taken = _id(address(token), "next");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IOffering.OfferingIdForeign.selector, taken, address(own)));
        offering.create(taken, terms);
    }

    function test_RevertWhen_tokenIsNoContract() public {
        IOffering.Terms memory terms = _terms();
        terms.token = stranger;
        vm.expectRevert(abi.encodeWithSelector(IOffering.OfferingTermsInvalid.selector, "token"));
        offering.create(_id(stranger, "next"), terms);
    }

    function test_RevertWhen_termsMakeNoSense() public {
        IOffering.Terms memory t = _terms();
        t.paymentToken = stranger;
        _refuseTerms(t, "paymentToken");
        t = _terms();
        t.settlementWallet = address(0);
        _refuseTerms(t, "settlementWallet");
        t.settlementWallet = address(offering);
        _refuseTerms(t, "settlementWallet");
        t = _terms();
        t.unitPrice = 0;
        _refuseTerms(t, "unitPrice");
        t = _terms();
        t.increment = 0;
        _refuseTerms(t, "increment");
        t = _terms();
        t.minTicket = 0;
        _refuseTerms(t, "minTicket");
        t.minTicket = 10 * UNIT + 1;
        _refuseTerms(t, "minTicket");
        t = _terms();
        t.maxTicket = t.minTicket - 1;
        _refuseTerms(t, "maxTicket");
        t = _terms();
        (t.softCap, t.hardCap) = (0, t.minTicket - 1);
        _refuseTerms(t, "hardCap");
        t = _terms();
        t.softCap = t.hardCap + 1;
        _refuseTerms(t, "softCap");
        t = _terms();
        t.opensAt = t.closesAt;
        _refuseTerms(t, "opensAt");
        t = _terms();
        (t.opensAt, t.closesAt) = (1, uint40(block.timestamp));
        _refuseTerms(t, "closesAt");
        t = _terms();
        t.settleBy = t.closesAt + 6 hours;
        _refuseTerms(t, "settleBy");
        t = _terms();
        (t.closesAt, t.settleBy) = (type(uint40).max - 1, type(uint40).max);
        _refuseTerms(t, "settleBy");
    }

    function _refuseTerms(IOffering.Terms memory terms, string memory field) private {
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(IOffering.OfferingTermsInvalid.selector, field));
        offering.create(_id(address(token), "next"), terms);
    }

    /* PAY */

    function test_When_paid_moneyWaitsInEscrow() public {
        _open();
        uint256 cost = 300 * PRICE;
        uint256 before = money.balanceOf(alice);
        IOffering.Order memory order = _order(alice, 300 * UNIT);
        bytes memory signature = _sign(order, sellerKey);
        vm.expectEmit(address(offering));
        emit IOffering.OrderPaid(id, order.orderId, alice, 300 * UNIT, cost);
        vm.prank(alice);
        offering.pay(order, signature);

        assertEq(money.balanceOf(alice), before - cost);
        IOffering.OrderRecord memory record = offering.orderOf(id, order.orderId);
        assertEq(record.wallet, alice);
        assertEq(uint8(record.state), uint8(IOffering.OrderState.PAID));
        assertEq(record.units, 300 * UNIT);
        assertEq(record.paid, cost);
        assertEq(offering.totalsOf(id).subscribed, 300 * UNIT);
        _assertConserved();
    }

    function test_When_paidInTheLastSecondOfTheWindow_itCounts() public {
        vm.warp(closesAt - 1);
        _pay(alice, 10 * UNIT);
        assertEq(uint8(_stateOf(alice)), uint8(IOffering.OrderState.PAID));
    }

    function test_RevertWhen_paidOutsideTheWindow() public {
        uint256[2] memory times = [uint256(opensAt) - 1, closesAt];
        for (uint256 i; i < 2; ++i) {
            vm.warp(times[i]);
            _refusePay(
                alice,
                _order(alice, 10 * UNIT),
                sellerKey,
                abi.encodeWithSelector(IOffering.OfferingNotOpen.selector, id, times[i], opensAt, closesAt)
            );
        }
    }

    function _refusePay(address caller, IOffering.Order memory order, uint256 key, bytes memory reason) private {
        bytes memory signature = _sign(order, key);
        vm.prank(caller);
        vm.expectRevert(reason);
        offering.pay(order, signature);
        assertEq(money.balanceOf(address(offering)), offering.totalsOf(id).escrow);
    }

    function test_RevertWhen_paidFromAnotherWallet() public {
        _open();
        _refusePay(bob, _order(alice, 10 * UNIT), sellerKey, abi.encodeWithSelector(IOffering.OrderWalletMismatch.selector, bob, alice));
    }

    function test_RevertWhen_paidTwice() public {
        _open();
        _pay(alice, 10 * UNIT);
        bytes memory reason = abi.encodeWithSelector(IOffering.OrderAlreadyPaid.selector, _orderId(alice));
        _refusePay(alice, _order(alice, 10 * UNIT), sellerKey, reason);
    }

    function test_RevertWhen_orderExpired() public {
        _open();
        IOffering.Order memory order = _order(alice, 10 * UNIT);
        order.validUntil = opensAt - 1;
        _refusePay(alice, order, sellerKey, abi.encodeWithSelector(IOffering.OrderExpired.selector, opensAt - 1));
        order.validUntil = opensAt;
        bytes memory signature = _sign(order, sellerKey);
        vm.prank(alice);
        offering.pay(order, signature);
    }

    function test_RevertWhen_signerIsNoSeller() public {
        _open();
        (address other, uint256 key) = makeAddrAndKey("other");
        _refusePay(alice, _order(alice, 10 * UNIT), key, abi.encodeWithSelector(IOffering.OrderSignatureInvalid.selector, other));
        token.grant(seller, 0);
        _refusePay(alice, _order(alice, 10 * UNIT), sellerKey, abi.encodeWithSelector(IOffering.OrderSignatureInvalid.selector, seller));
    }

    function test_RevertWhen_signatureIsMalformed() public {
        _open();
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IOffering.OrderSignatureInvalid.selector, address(0)));
        offering.pay(_order(alice, 10 * UNIT), hex"1234");
    }

    /// @dev Zero is what recovery answers to nonsense; it must not pass even where someone granted it the role.
    function test_RevertWhen_signatureRecoversZero() public {
        _open();
        token.grant(address(0), AgentRole.SELLER);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IOffering.OrderSignatureInvalid.selector, address(0)));
        offering.pay(_order(alice, 10 * UNIT), new bytes(65));
    }

    function test_RevertWhen_signedForAnotherChainOrContract() public {
        _open();
        IOffering.Order memory order = _order(alice, 10 * UNIT);
        bytes32[2] memory digests = [_digest(order, 1, address(offering)), _digest(order, block.chainid, address(token))];
        for (uint256 i; i < 2; ++i) {
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(sellerKey, digests[i]);
            address recovered = ecrecover(offering.orderDigest(order), v, r, s);
            vm.prank(alice);
            vm.expectRevert(abi.encodeWithSelector(IOffering.OrderSignatureInvalid.selector, recovered));
            offering.pay(order, abi.encodePacked(r, s, v));
        }
    }

    function testFuzz_RevertWhen_unitsAreOutsideTheTerms(uint256 units) public {
        _open();
        bool fits = units >= 10 * UNIT && units <= 400 * UNIT && units % UNIT == 0;
        vm.assume(!fits);
        _refusePay(
            alice,
            _order(alice, units),
            sellerKey,
            abi.encodeWithSelector(IOffering.OrderUnitsInvalid.selector, units, 10 * UNIT, 400 * UNIT, UNIT)
        );
    }

    function test_RevertGiven_walletIsNotEligible() public {
        _open();
        _refusePay(
            stranger,
            _order(stranger, 10 * UNIT),
            sellerKey,
            abi.encodeWithSelector(IOffering.OrderNotEligible.selector, stranger, ReasonCode.RECIPIENT_NOT_REGISTERED)
        );
        token.refuse(alice, ReasonCode.RECIPIENT_CLAIM_EXPIRED);
        _refusePay(
            alice,
            _order(alice, 10 * UNIT),
            sellerKey,
            abi.encodeWithSelector(IOffering.OrderNotEligible.selector, alice, ReasonCode.RECIPIENT_CLAIM_EXPIRED)
        );
    }

    function test_RevertGiven_tokenRefusesWalletWithoutReason() public {
        _open();
        vm.mockCall(address(token), abi.encodeCall(MoneyTokenStandIn.canReceive, (alice)), abi.encode(false));
        _refusePay(
            alice,
            _order(alice, 10 * UNIT),
            sellerKey,
            abi.encodeWithSelector(IOffering.OrderNotEligible.selector, alice, ReasonCode.UNKNOWN)
        );
    }

    function test_RevertGiven_unknownOrClosedSale() public {
        _open();
        IOffering.Order memory order = _order(alice, 10 * UNIT);
        order.offeringId = _id(address(token), "none");
        _refusePay(
            alice, order, sellerKey, abi.encodeWithSelector(IOffering.OfferingStateInvalid.selector, order.offeringId, IOffering.State.NONE)
        );
        _close();
        _refusePay(alice, _order(alice, 10 * UNIT), sellerKey, _wrongState(IOffering.State.FAILED));
    }

    function test_RevertGiven_noMoneyOrAllowance() public {
        _open();
        vm.prank(alice);
        money.approve(address(offering), 5);
        _refusePay(
            alice,
            _order(alice, 10 * UNIT),
            sellerKey,
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(offering), 5, 10 * PRICE)
        );
    }

    /* HOSTILE MONEY */

    function test_RevertGiven_moneyTakesAFee() public {
        _open();
        money.behave(HostileMoney.Mode.FEE);
        uint256 cost = 10 * PRICE;
        _refusePay(
            alice, _order(alice, 10 * UNIT), sellerKey, abi.encodeWithSelector(IOffering.PaymentShort.selector, cost - cost / 100, cost)
        );
    }

    function test_RevertGiven_moneyAnswersFalse() public {
        _open();
        money.behave(HostileMoney.Mode.FALSE);
        _refusePay(
            alice, _order(alice, 10 * UNIT), sellerKey, abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(money))
        );
    }

    function test_When_moneyAnswersNothing_theSaleRuns() public {
        money.behave(HostileMoney.Mode.NOTHING);
        _allocated();
        _settle(_orders(alice, bob, carol));
        assertEq(offering.totalsOf(id).settled, 500 * UNIT);
        _assertConserved();
    }

    function test_RevertGiven_moneyReenters() public {
        _open();
        _pay(alice, 300 * UNIT);
        bytes[5] memory calls;
        IOffering.Order memory order = _order(carol, 10 * UNIT);
        calls[0] = abi.encodeCall(IOffering.pay, (order, _sign(order, sellerKey)));
        calls[1] = abi.encodeCall(IOffering.close, (id));
        calls[2] = abi.encodeCall(IOffering.cancel, (id));
        calls[3] = abi.encodeCall(IOffering.refund, (id, _orderId(alice)));
        calls[4] = abi.encodeCall(IOffering.settle, (id, _orders(alice)));
        for (uint256 i; i < calls.length; ++i) {
            money.reenter(address(offering), calls[i]);
            _refusePay(
                bob,
                _order(bob, 10 * UNIT),
                sellerKey,
                abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
            );
        }
        money.reenter(address(offering), abi.encodeCall(IOffering.deliver, (id, _orderId(alice))));
        _refusePay(bob, _order(bob, 10 * UNIT), sellerKey, _unauthorized(address(money)));
    }

    /* CLOSE */

    function test_When_softCapIsReached_theSaleCloses() public {
        _open();
        _pay(alice, 100 * UNIT);
        vm.expectEmit(address(offering));
        emit IOffering.OfferingClosed(id, IOffering.State.CLOSED, 100 * UNIT);
        _close();
        assertEq(uint8(offering.totalsOf(id).state), uint8(IOffering.State.CLOSED));
    }

    function test_When_softCapIsMissed_theSaleFailsAndAnyoneMayReturnTheMoney() public {
        _open();
        _pay(alice, 99 * UNIT);
        vm.warp(closesAt);
        vm.expectEmit(address(offering));
        emit IOffering.OfferingClosed(id, IOffering.State.FAILED, 99 * UNIT);
        vm.prank(stranger);
        offering.close(id);

        uint256 before = money.balanceOf(alice);
        vm.expectEmit(address(offering));
        emit IOffering.OrderRefunded(id, _orderId(alice), alice, 99 * PRICE);
        vm.prank(stranger);
        offering.refund(id, _orderId(alice));
        assertEq(money.balanceOf(alice), before + 99 * PRICE);
        assertEq(token.totalSupply(), 0);
        _assertConserved();
    }

    function test_RevertWhen_aStrangerClosesEarly() public {
        vm.warp(closesAt - 1);
        vm.prank(stranger);
        vm.expectRevert(_unauthorized(stranger));
        offering.close(id);
    }

    function test_RevertWhen_closedTwice() public {
        _close();
        vm.prank(seller);
        vm.expectRevert(_wrongState(IOffering.State.FAILED));
        offering.close(id);
    }

    /* ALLOCATE */

    function test_RevertWhen_allocatedByAnother() public {
        _allocated();
        vm.prank(stranger);
        vm.expectRevert(_unauthorized(stranger));
        offering.allocate(id, _orders(alice), new uint256[](1));
    }

    function test_RevertWhen_allocatedWhileOpen() public {
        vm.prank(seller);
        vm.expectRevert(_wrongState(IOffering.State.OPEN));
        offering.allocate(id, _orders(alice), new uint256[](1));
    }

    function test_RevertWhen_allocatedTwice() public {
        _allocated();
        _refuseAllocation(alice, UNIT, _wrongOrder(alice, IOffering.OrderState.ALLOCATED));
    }

    function test_RevertWhen_orderIsUnknown() public {
        _allocated();
        _refuseAllocation(stranger, UNIT, _wrongOrder(stranger, IOffering.OrderState.NONE));
    }

    function test_RevertWhen_allocationDoesNotFitTheOrder() public {
        _open();
        _pay(alice, 300 * UNIT);
        _close();
        uint256[2] memory units = [301 * UNIT, 100 * UNIT + 1];
        for (uint256 i; i < 2; ++i) {
            _refuseAllocation(
                alice, units[i], abi.encodeWithSelector(IOffering.AllocationInvalid.selector, _orderId(alice), units[i], 300 * UNIT)
            );
        }
    }

    function test_RevertWhen_hardCapIsExceeded() public {
        _open();
        _pay(alice, 300 * UNIT);
        _pay(bob, 300 * UNIT);
        _close();
        _allocate(alice, 300 * UNIT);
        _refuseAllocation(bob, 201 * UNIT, abi.encodeWithSelector(IOffering.HardCapExceeded.selector, 501 * UNIT, 500 * UNIT));
        _allocate(bob, 200 * UNIT);
    }

    function _refuseAllocation(address wallet, uint256 units, bytes memory reason) private {
        uint256[] memory granted = new uint256[](1);
        granted[0] = units;
        vm.prank(seller);
        vm.expectRevert(reason);
        offering.allocate(id, _orders(wallet), granted);
    }

    function test_RevertWhen_listsDifferInLengthOrAreTooLong() public {
        _open();
        _pay(alice, 100 * UNIT);
        _close();
        vm.startPrank(seller);
        vm.expectRevert(abi.encodeWithSelector(IOffering.LengthMismatch.selector, 1, 2));
        offering.allocate(id, _orders(alice), new uint256[](2));
        vm.expectRevert(abi.encodeWithSelector(IOffering.BatchTooLong.selector, 251, 250));
        offering.allocate(id, new bytes32[](251), new uint256[](251));
        vm.expectRevert(abi.encodeWithSelector(IOffering.BatchTooLong.selector, 251, 250));
        offering.settle(id, new bytes32[](251));
        vm.stopPrank();
    }

    /* SETTLE */

    function test_When_settled_unitsAndMoneyChangeHandsTogether() public {
        _allocated();
        uint256 before = money.balanceOf(alice);
        vm.expectEmit(address(offering));
        emit IOffering.OrderSettled(id, _orderId(alice), alice, 250 * UNIT, 250 * PRICE, 50 * PRICE);
        _settle(_orders(alice, bob, carol));

        assertEq(token.balanceOf(alice), 250 * UNIT);
        assertEq(token.mintedFor(_orderId(alice)), 250 * UNIT, "minted under the order's reference");
        assertEq(money.balanceOf(alice), before + 50 * PRICE);
        assertEq(money.balanceOf(issuer), 500 * PRICE);
        IOffering.Totals memory totals = offering.totalsOf(id);
        assertEq(totals.settled, 500 * UNIT);
        assertEq(totals.escrow, 0);
        _assertConserved();
    }

    function test_When_oneCannotReceive_itAloneIsHeldAndSettlesLater() public {
        _allocated();
        token.refuse(bob, ReasonCode.RECIPIENT_FROZEN);
        vm.expectEmit(address(offering));
        emit IOffering.OrderHeld(
            id,
            _orderId(bob),
            abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.RECIPIENT_FROZEN, address(token), 166 * UNIT, 0)
        );
        _settle(_orders(alice, bob, carol));
        assertEq(uint8(_stateOf(alice)), uint8(IOffering.OrderState.SETTLED));
        assertEq(uint8(_stateOf(bob)), uint8(IOffering.OrderState.ALLOCATED));
        assertEq(uint8(_stateOf(carol)), uint8(IOffering.OrderState.SETTLED));
        assertEq(offering.totalsOf(id).escrow, 200 * PRICE, "Bob's money, all of it");
        _assertConserved();

        token.refuse(bob, 0);
        _settle(_orders(alice, bob, carol));
        assertEq(token.balanceOf(bob), 166 * UNIT);
        assertEq(token.balanceOf(alice), 250 * UNIT, "what was settled is skipped");
        _assertConserved();
    }

    function test_When_moneyRefusesTheSurplus_nothingOfThatOrderHappens() public {
        _allocated();
        money.block_(bob);
        vm.expectEmit(address(offering));
        emit IOffering.OrderHeld(id, _orderId(bob), abi.encodeWithSelector(HostileMoney.WalletBlocked.selector, bob));
        _settle(_orders(alice, bob, carol));
        assertEq(token.balanceOf(bob), 0);
        assertEq(token.balanceOf(carol), 84 * UNIT);
        _assertConserved();
    }

    function test_When_nothingWasGranted_settlingReturnsTheMoney() public {
        _open();
        _pay(alice, 300 * UNIT);
        _pay(bob, 50 * UNIT);
        _close();
        _allocate(alice, 300 * UNIT);
        _allocate(bob, 0);
        uint256 before = money.balanceOf(bob);
        vm.expectEmit(address(offering));
        emit IOffering.OrderRefunded(id, _orderId(bob), bob, 50 * PRICE);
        _settle(_orders(bob));
        assertEq(money.balanceOf(bob), before + 50 * PRICE);
        assertEq(uint8(_stateOf(bob)), uint8(IOffering.OrderState.REFUNDED));
        _assertConserved();
    }

    /// @dev A gas estimate that searches for the least gas that does not revert must not find one at which orders are held.
    function test_RevertWhen_gasWouldNotDo() public {
        _allocated();
        bytes32[] memory orderIds = _orders(alice, bob, carol);
        vm.prank(seller);
        vm.expectPartialRevert(IOffering.DeliveryGasShort.selector);
        offering.settle{ gas: 3_500_000 }(id, orderIds);
        vm.prank(seller);
        offering.settle{ gas: 4_200_000 }(id, orderIds);
        assertEq(offering.totalsOf(id).settled, 500 * UNIT);
    }

    function test_When_gasWouldNotDo_theReadmeNamesWhatIsNeeded() public {
        _allocated();
        bytes32[] memory orderIds = _orders(alice, bob, carol);
        vm.prank(seller);
        try offering.settle{ gas: 3_500_000 }(id, orderIds) {
            fail();
        } catch (bytes memory refusal) {
            _assertNamed("contracts/issuance/README.md", refusal);
        }
    }

    function test_When_oneDeliveryBurnsAllItsGas_theOthersSettle() public {
        _allocated();
        token.starve(alice);
        vm.expectEmit(address(offering));
        emit IOffering.OrderHeld(id, _orderId(alice), "");
        _settle(_orders(alice, bob, carol));
        assertEq(token.balanceOf(bob) + token.balanceOf(carol), 250 * UNIT);
        _assertConserved();
    }

    /// @dev Logged whole, the reason alone would cost 800,000 gas.
    function test_When_moneyRefusesAtLength_theReasonIsCut() public {
        _allocated();
        money.block_(bob);
        money.behave(HostileMoney.Mode.BABBLE);
        bytes32[] memory orderIds = _orders(alice, bob, carol);
        vm.expectEmit(address(offering));
        emit IOffering.OrderHeld(id, _orderId(bob), new bytes(512));
        vm.prank(seller);
        uint256 before = gasleft();
        offering.settle(id, orderIds);
        assertLt(before - gasleft(), 700_000);
        assertEq(token.balanceOf(alice) + token.balanceOf(carol), 334 * UNIT);
        _assertConserved();
    }

    function test_RevertWhen_settledByAnother() public {
        _allocated();
        vm.prank(stranger);
        vm.expectRevert(_unauthorized(stranger));
        offering.settle(id, _orders(alice));
    }

    function test_RevertWhen_settledWhileOpen() public {
        vm.prank(seller);
        vm.expectRevert(_wrongState(IOffering.State.OPEN));
        offering.settle(id, _orders(alice));
    }

    function test_RevertWhen_orderIsNotAllocated() public {
        _open();
        _pay(alice, 300 * UNIT);
        _pay(bob, 100 * UNIT);
        _close();
        _allocate(alice, 300 * UNIT);
        vm.prank(seller);
        vm.expectRevert(_wrongOrder(bob, IOffering.OrderState.PAID));
        offering.settle(id, _orders(alice, bob, carol));
    }

    function test_RevertWhen_lessIsAllocatedThanTheSoftCap() public {
        _open();
        _pay(alice, 100 * UNIT);
        _close();
        _allocate(alice, 99 * UNIT);
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(IOffering.SoftCapMissed.selector, 99 * UNIT, 100 * UNIT));
        offering.settle(id, _orders(alice));
    }

    function test_RevertWhen_settledTooLate() public {
        _allocated();
        _settle(_orders(alice));
        vm.warp(settleBy);
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(IOffering.SettlementOver.selector, id, settleBy));
        offering.settle(id, _orders(bob));
    }

    /// @dev Else a seller could deliver to one buyer and leave the others to be refunded, and sell below the soft cap.
    function test_When_aSellerDeliversToOneOnly_anyoneDeliversToTheOthers() public {
        _allocated();
        vm.warp(settleBy - 6 hours - 1);
        _settle(_orders(carol));
        vm.warp(settleBy - 1);
        vm.prank(stranger);
        offering.settle(id, _orders(alice, bob, carol));
        assertEq(token.totalSupply(), 500 * UNIT);
        _assertConserved();
    }

    function test_RevertWhen_settlementBeginsInTheLastSixHours() public {
        _allocated();
        vm.warp(settleBy - 6 hours);
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(IOffering.SettlementOver.selector, id, settleBy - 6 hours));
        offering.settle(id, _orders(alice));
    }

    function test_RevertWhen_aStrangerSettlesWhatIsNotAllocated() public {
        _open();
        _pay(alice, 300 * UNIT);
        _pay(bob, 100 * UNIT);
        _close();
        _allocate(alice, 300 * UNIT);
        _settle(_orders(alice));
        vm.prank(stranger);
        vm.expectRevert(_wrongOrder(bob, IOffering.OrderState.PAID));
        offering.settle(id, _orders(bob));
    }

    function test_RevertWhen_deliverIsCalledFromOutside() public {
        _allocated();
        vm.prank(seller);
        vm.expectRevert(_unauthorized(seller));
        offering.deliver(id, _orderId(alice));
    }

    /* CANCEL AND REFUND */

    function test_When_cancelled_everyoneGetsHisMoneyBack() public {
        _allocated();
        vm.expectEmit(address(offering));
        emit IOffering.OfferingCancelled(id);
        vm.prank(seller);
        offering.cancel(id);
        bytes32[] memory orderIds = _orders(alice, bob, carol);
        for (uint256 i; i < 3; ++i) {
            vm.prank(stranger);
            offering.refund(id, orderIds[i]);
        }
        IOffering.Totals memory totals = offering.totalsOf(id);
        assertEq(totals.refunded, totals.received);
        assertEq(totals.allocated, 0);
        assertEq(money.balanceOf(alice), 1_000_000_000000);
        _assertConserved();
    }

    function test_RevertWhen_cancelledByAnother() public {
        vm.prank(stranger);
        vm.expectRevert(_unauthorized(stranger));
        offering.cancel(id);
    }

    function test_RevertGiven_somethingIsSettled_cancel() public {
        _allocated();
        _settle(_orders(alice));
        vm.prank(seller);
        vm.expectRevert(_wrongState(IOffering.State.CLOSED));
        offering.cancel(id);
    }

    function test_RevertGiven_theSaleFailed_cancel() public {
        _close();
        vm.prank(seller);
        vm.expectRevert(_wrongState(IOffering.State.FAILED));
        offering.cancel(id);
    }

    function test_RevertWhen_refundIsNotDue() public {
        _open();
        _pay(alice, 300 * UNIT);
        bytes memory reason = abi.encodeWithSelector(IOffering.RefundNotDue.selector, _orderId(alice));
        vm.prank(seller);
        vm.expectRevert(reason);
        offering.refund(id, _orderId(alice));
        _close();
        vm.prank(alice);
        vm.expectRevert(reason);
        offering.refund(id, _orderId(alice));
        _allocate(alice, 300 * UNIT);
        vm.warp(settleBy - 1);
        vm.prank(alice);
        vm.expectRevert(reason);
        offering.refund(id, _orderId(alice));
    }

    function test_When_settleByPassed_anyoneMayReturnTheMoney() public {
        _allocated();
        vm.warp(settleBy);
        vm.prank(stranger);
        offering.refund(id, _orderId(alice));
        assertEq(money.balanceOf(alice), 1_000_000_000000);
        _assertConserved();
    }

    function test_When_nobodyClosedTheSale_theMoneyStillReturns() public {
        _open();
        _pay(alice, 300 * UNIT);
        vm.warp(settleBy);
        vm.prank(stranger);
        offering.refund(id, _orderId(alice));
        assertEq(money.balanceOf(alice), 1_000_000_000000);
    }

    function test_When_nothingWasGranted_anyoneMayReturnTheMoney() public {
        _open();
        _pay(alice, 300 * UNIT);
        _close();
        _allocate(alice, 0);
        vm.prank(stranger);
        offering.refund(id, _orderId(alice));
        assertEq(money.balanceOf(alice), 1_000_000_000000);
    }

    function test_When_theSellerReturnsALapsedOrder_itsUnitsAreFreeForAnother() public {
        _allocated();
        token.refuse(bob, ReasonCode.RECIPIENT_CLAIM_EXPIRED);
        _settle(_orders(alice, bob));
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IOffering.RefundNotDue.selector, _orderId(bob)));
        offering.refund(id, _orderId(bob));
        vm.prank(seller);
        offering.refund(id, _orderId(bob));
        assertEq(offering.totalsOf(id).allocated, 334 * UNIT);
        _settle(_orders(alice, bob, carol));
        assertEq(token.balanceOf(bob), 0);
        assertEq(token.balanceOf(carol), 84 * UNIT);
        _assertConserved();
    }

    /// @dev Else a seller could settle one order and refund the others: units sold although the soft cap was missed.
    function test_RevertWhen_theSellerReturnsAnOrderThatCouldBeDelivered() public {
        _allocated();
        _settle(_orders(alice));
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(IOffering.RefundNotDue.selector, _orderId(bob)));
        offering.refund(id, _orderId(bob));
    }

    function test_RevertWhen_refundedTwiceOrAfterSettlement() public {
        _allocated();
        token.refuse(bob, ReasonCode.RECIPIENT_CLAIM_EXPIRED);
        _settle(_orders(alice, bob));
        vm.startPrank(seller);
        offering.refund(id, _orderId(bob));
        vm.expectRevert(_wrongOrder(bob, IOffering.OrderState.REFUNDED));
        offering.refund(id, _orderId(bob));
        vm.expectRevert(_wrongOrder(alice, IOffering.OrderState.SETTLED));
        offering.refund(id, _orderId(alice));
        vm.expectRevert(_wrongOrder(stranger, IOffering.OrderState.NONE));
        offering.refund(id, _orderId(stranger));
        vm.stopPrank();
    }

    function test_RevertGiven_moneyRefusesTheWallet_andOthersAreRefunded() public {
        _allocated();
        money.block_(bob);
        vm.warp(settleBy);
        vm.expectRevert(abi.encodeWithSelector(HostileMoney.WalletBlocked.selector, bob));
        offering.refund(id, _orderId(bob));
        offering.refund(id, _orderId(alice));
        offering.refund(id, _orderId(carol));
        assertEq(offering.totalsOf(id).escrow, 200 * PRICE);
        _assertConserved();
    }

    /* VIEWS AND PROPERTIES */

    function test_When_costIsNotWhole_itIsRoundedUp() public view {
        assertEq(offering.costOf(id, UNIT), PRICE);
        assertEq(offering.costOf(id, 1), 1);
        assertEq(offering.costOf(id, UNIT + 1), PRICE + 1);
        assertEq(offering.costOf(id, 0), 0);
    }

    function test_RevertGiven_unknownSale_costOf() public {
        bytes32 none = _id(address(token), "none");
        vm.expectRevert(abi.encodeWithSelector(IOffering.OfferingStateInvalid.selector, none, IOffering.State.NONE));
        offering.costOf(none, 1);
    }

    function testFuzz_digestIsThatOfTheInterface(IOffering.Order calldata order) public view {
        assertEq(offering.orderDigest(order), _digest(order, block.chainid, address(offering)));
    }

    function test_storageSlotIsThatOfItsNamespace() public view {
        bytes32 slot = keccak256(abi.encode(uint256(keccak256("muniment.storage.Offering")) - 1)) & ~bytes32(uint256(0xff));
        bytes32 first = vm.load(address(offering), keccak256(abi.encode(id, slot)));
        assertEq(address(uint160(uint256(first))), address(token));
    }

    /// @dev Whatever is asked, granted and delivered, at whatever price and decimals: no unit of money is lost or made.
    function testFuzz_moneyIsConserved(uint256 seed, uint256 price, uint8 decimals, uint8 deliverable) public {
        token = new MoneyTokenStandIn(uint8(bound(decimals, 0, 18)));
        token.grant(seller, AgentRole.SELLER);
        address[3] memory wallets = [alice, bob, carol];
        IOffering.Terms memory terms = _terms();
        terms.token = address(token);
        terms.unitPrice = bound(price, 1, 1_000_000);
        (terms.minTicket, terms.increment, terms.maxTicket, terms.softCap, terms.hardCap) = (3, 3, 0, 0, 900_000);
        id = _id(address(token), "fuzz");
        vm.prank(seller);
        offering.create(id, terms);
        _open();
        for (uint256 i; i < 3; ++i) {
            token.register(wallets[i], wallets[i]);
            money.mint(wallets[i], 1e20);
            _pay(wallets[i], 3 * bound(uint256(keccak256(abi.encode(seed, i))), 1, 100_000));
        }
        _close();
        for (uint256 i; i < 3; ++i) {
            uint256 units = offering.orderOf(id, _orderId(wallets[i])).units;
            _allocate(wallets[i], 3 * bound(uint256(keccak256(abi.encode(seed, "granted", i))), 0, units / 3));
            if (deliverable >> i & 1 == 0) token.refuse(wallets[i], 12);
        }
        _settle(_orders(alice, bob, carol));
        _assertConserved();
        assertLe(offering.totalsOf(id).settled, offering.totalsOf(id).allocated);
        vm.warp(settleBy);
        for (uint256 i; i < 3; ++i) {
            if (_stateOf(wallets[i]) == IOffering.OrderState.ALLOCATED) offering.refund(id, _orderId(wallets[i]));
        }
        _assertConserved();
        assertEq(offering.totalsOf(id).escrow, 0);
        assertEq(offering.totalsOf(id).settled, offering.totalsOf(id).allocated);
    }
}
