// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IDealing } from "../../../contracts/interfaces/IDealing.sol";
import { IRoundSource } from "../../../contracts/interfaces/IRoundSource.sol";
import { DealingFixture } from "./DealingFixture.sol";
import { FeedOperators } from "./DealingOnQuorum.t.sol";

/// @notice A price cannot be chosen by waiting until a QuorumFeed's ring has lost the one before it.
contract DealingForgottenTest is DealingFixture {
    FeedOperators private operators = new FeedOperators();
    IRoundSource private source;

    function setUp() public override {
        super.setUp();
        source = operators.feedOf(address(token));
        operators.publish(PAR);
        openOn(operators.registry());
        subscribe(alice, 1_100 * MONEY);
        vm.warp(cutOff + 1 hours);
    }

    /// @dev Round 2 is the price, 3 is half of it. Round 65 is held and takes no place in the ring: 66 takes that of 2, and 1, which would
    ///      prove that nothing came between it and 3, lies in its place still.
    function test_When_ARoundThatWasHeldSparesAnOlderOne_ItProvesNothing() public {
        operators.publish(110e8);
        for (uint256 n = 3; n <= 64; ++n) {
            skip(11);
            operators.publish(n == 3 ? int128(55e8) : int128(110e8));
        }
        skip(11);
        operators.hold(111e8);
        bytes32 feedId = operators.feedId();
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, feedId, 1));
        source.roundAt(feedId, 1);
        skip(11);
        operators.publish(110e8);

        vm.expectRevert(abi.encodeWithSelector(IDealing.PredecessorUnknown.selector, 3));
        dealing.price(id, cutOff, 3);
        for (uint64 n = 4; n <= 64; ++n) {
            vm.expectRevert(abi.encodeWithSelector(IDealing.RoundNotFirst.selector, n, n - 1));
            dealing.price(id, cutOff, n);
        }
        vm.warp(cutOff + 10 days);
        dealing.refund(id, SUBSCRIPTION, 0);
        assertEq(money.balanceOf(alice), 1_000_000 * MONEY);
        assertConserved();
    }
}
