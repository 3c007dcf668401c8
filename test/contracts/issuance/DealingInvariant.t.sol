// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Test } from "forge-std/Test.sol";
import { IDealing } from "../../../contracts/interfaces/IDealing.sol";
import { DealingHandler, TroubledDealingHandler } from "./DealingHandler.sol";

abstract contract DealingInvariantBase is Test {
    DealingHandler internal handler;

    function watch(bytes4[] memory more) internal {
        handler.setUp();
        bytes4[12] memory common = [
            handler.see.selector,
            handler.land.selector,
            handler.land.selector,
            handler.wait.selector,
            handler.waitForTheCutOff.selector,
            handler.subscribe.selector,
            handler.redeem.selector,
            handler.cancel.selector,
            handler.give.selector,
            handler.price.selector,
            bytes4(keccak256("settle(uint256,uint256)")),
            handler.fillPool.selector
        ];
        bytes4[] memory selectors = new bytes4[](common.length + more.length);
        for (uint256 i; i < selectors.length; ++i) {
            selectors[i] = i < common.length ? common[i] : more[i - common.length];
        }
        targetContract(address(handler));
        targetSelector(FuzzSelector({ addr: address(handler), selectors: selectors }));
    }

    /// @dev balance = escrow + pool; received, funded, minted and frozen add up.
    function invariant_moneyAndUnitsAreConserved() public view {
        handler.check();
        assertEq(handler.violation(), "");
    }

    /// @dev Request by request: each is in one state, and paid once, at the first round after its cut-off.
    function invariant_everyRequestIsSettledOrReturnedOnceAtItsPrice() public view {
        (IDealing dealing, bytes32 id) = handler.desk();
        IDealing.Totals memory expected;
        for (uint8 side; side < 2; ++side) {
            (, uint256 length) = dealing.queueOf(id, IDealing.Side(side));
            for (uint256 i; i < length; ++i) {
                IDealing.Request memory request = dealing.requestOf(id, IDealing.Side(side), i);
                (bool determined, uint256 value) = handler.valueOf(request);
                bool settled = request.state == IDealing.RequestState.SETTLED;
                if (settled || request.state == IDealing.RequestState.HELD) assertTrue(determined);
                if (side == 0) {
                    expected.received += request.amount;
                    if (settled) {
                        (expected.proceeds, expected.minted) =
                        (expected.proceeds + request.amount, expected.minted + handler.unitsFor(request.amount, value));
                    } else if (handler.isOpen(request.state)) {
                        expected.escrow += request.amount;
                    } else {
                        expected.refunded += request.amount;
                    }
                } else {
                    if (settled) {
                        (expected.burned, expected.redeemed) =
                        (expected.burned + request.amount, expected.redeemed + handler.moneyFor(request.amount, value));
                    } else if (handler.isOpen(request.state)) {
                        expected.redeeming += request.amount;
                    }
                }
            }
        }
        IDealing.Totals memory totals = dealing.totalsOf(id);
        (expected.state, expected.pool, expected.funded, expected.withdrawn) = (totals.state, totals.pool, totals.funded, totals.withdrawn);
        assertEq(abi.encode(totals), abi.encode(expected));
        uint256 frozen;
        for (uint256 i; i < 3; ++i) {
            frozen += handler.frozenUnitsOf(handler.investor(i));
        }
        assertEq(frozen, expected.redeeming);
    }
}

/// @notice The sandwich: no sequence of subscribing, redeeming, cancelling, settling and waiting around updates that are seen in advance earns
///         anything.
contract DealingSandwichTest is DealingInvariantBase {
    function setUp() public {
        handler = new DealingHandler();
        bytes4[] memory more = new bytes4[](2);
        (more[0], more[1]) = (handler.keep.selector, handler.refund.selector);
        watch(more);
    }

    /// @dev Never more than what they held when an update became visible may earn by it; and only roundings less.
    function invariant_foresightEarnsNothing() public view {
        int256 wealth = handler.wealth();
        assertLe(wealth, handler.allowed());
        (IDealing dealing, bytes32 id) = handler.desk();
        (, uint256 subscriptions) = dealing.queueOf(id, IDealing.Side.SUBSCRIPTION);
        (, uint256 redemptions) = dealing.queueOf(id, IDealing.Side.REDEMPTION);
        // One unit of a token at the greatest value a subscription, and what it loses by each update; one minor unit of money a redemption.
        assertGe(wealth, handler.allowed() - int256(subscriptions * 1_000e8 + redemptions * 1e20));
    }
}

/// @notice Conservation where nothing goes well.
contract DealingTroubleTest is DealingInvariantBase {
    function setUp() public {
        TroubledDealingHandler troubled = new TroubledDealingHandler();
        handler = troubled;
        bytes4[] memory more = new bytes4[](8);
        more[0] = troubled.freeze.selector;
        more[1] = troubled.refuseMoney.selector;
        more[2] = troubled.status.selector;
        more[3] = troubled.waitLong.selector;
        more[4] = bytes4(keccak256("retry(uint256)"));
        more[5] = troubled.refundHeld.selector;
        more[6] = troubled.withdraw.selector;
        more[7] = handler.refund.selector;
        watch(more);
    }

    /// @dev From any state, by the deadline of the last request at the latest, everybody has back what he put in.
    function afterInvariant() public {
        TroubledDealingHandler(address(handler)).refuseMoney(1);
        (IDealing dealing, bytes32 id) = handler.desk();
        vm.warp(block.timestamp + 12 days);
        for (uint8 side; side < 2; ++side) {
            (, uint256 length) = dealing.queueOf(id, IDealing.Side(side));
            for (uint256 i; i < length; ++i) {
                IDealing.RequestState state = dealing.requestOf(id, IDealing.Side(side), i).state;
                if (handler.isOpen(state)) dealing.refund(id, IDealing.Side(side), i);
            }
        }
        IDealing.Totals memory totals = dealing.totalsOf(id);
        assertEq(totals.escrow, 0);
        assertEq(totals.redeeming, 0);
        for (uint256 i; i < 3; ++i) {
            assertEq(handler.frozenUnitsOf(handler.investor(i)), 0);
        }
    }
}
