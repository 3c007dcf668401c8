// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { ReserveGate } from "../../../contracts/compliance/rules/ReserveGate.sol";
import { FeedState } from "../../../contracts/interfaces/IRoundSource.sol";
import { Kind } from "../../../contracts/interfaces/IRule.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ReserveGateFixture, FeedStandIn } from "./ReserveGateFixture.sol";

contract ReserveGateClosedTest is ReserveGateFixture {
    function test_RevertWhen_TheFeedIsUnset() public {
        setRule(rule, abi.encode(address(0), MAX_AGE, int128(10_000), false, uint128(0)));
        assertClosed(NEVER);
        through(abi.encodeCall(ReserveGate.setReserveFeed, (address(feed), MAX_AGE)));
        mint(ann, 1);
        through(abi.encodeCall(ReserveGate.setReserveFeed, (address(0), MAX_AGE)));
        assertClosed(NEVER);
    }

    function test_When_NothingWasEverSet_TheGateIsClosed() public view {
        assertEq(verdict(1).code, ReasonCode.RESERVE_STALE);
        assertEq(verdict(1).limit, 0);
    }

    function test_When_TheValueIsAsOldAsItMayBe_ItCountsAndASecondLaterItDoesNot() public {
        gate();
        skip(MAX_AGE);
        mint(ann, 1);
        skip(1);
        assertClosed(MAX_AGE + 1);
    }

    function test_RevertWhen_TheValueIsDatedInTheFutureOrHasNoDate() public {
        gate();
        feed.set(10e8, block.timestamp + 1);
        assertClosed(NEVER);
        feed.set(10e8, type(uint256).max);
        assertClosed(NEVER);
        feed.set(10e8, 0);
        assertClosed(NEVER);
    }

    function test_RevertWhen_TheReserveIsZeroOrNegative() public {
        gate(10_000, false, 0);
        int256[3] memory answers = [int256(0), -1, type(int256).min];
        for (uint256 i = 0; i < answers.length; i++) {
            feed.set(answers[i], block.timestamp);
            assertClosed(0);
        }
    }

    function test_RevertWhen_TheFeedGivesNoUsableAnswer() public {
        gate();
        FeedStandIn.Fault[3] memory faults = [FeedStandIn.Fault.REVERT, FeedStandIn.Fault.SHORT, FeedStandIn.Fault.BURN_GAS];
        for (uint256 i = 0; i < faults.length; i++) {
            feed.setFault(faults[i]);
            assertClosed(NEVER);
        }
        feed.setFault(FeedStandIn.Fault.RETURN_MUCH);
        mint(ann, 1);
        vm.etch(address(feed), "");
        assertClosed(NEVER);
    }

    function test_RevertWhen_TheFeedsDecimalsChangeOrAreUnknown() public {
        gate();
        feed.setDecimals(abi.encode(6), false);
        assertClosed(0);
        feed.setDecimals(abi.encode(uint256(256 + 8)), false);
        assertClosed(0);
        feed.setDecimals("", false);
        assertClosed(0);
        feed.setDecimals("", true);
        assertClosed(0);
        feed.setDecimals(abi.encode(8), false);
        mint(ann, 1);
        feed.setDecimals(abi.encode(6), false);
        through(abi.encodeCall(ReserveGate.setReserveFeed, (address(feed), MAX_AGE)));
        assertEq(verdict(1).limit, 10e8);
    }

    /// @dev The value served is the one before that which waits: if that is lower, units would be issued on reserves that are gone.
    function test_RevertWhen_ALaterReserveWaitsForApproval() public {
        feed.setState(abi.encode(FeedState.LIVE), false);
        gate();
        mint(ann, 1);
        skip(5);
        feed.setState(abi.encode(FeedState.HELD), false);
        assertClosed(5);
        feed.setState(abi.encode(FeedState.LIVE), false);
        mint(ann, 1);
    }

    function test_RevertWhen_TheFeedHadAStateAndDoesNotSayLive() public {
        feed.setState(abi.encode(FeedState.HELD), false);
        gate();
        assertTrue(rule.gateOf(address(token)).hasState);
        bytes[6] memory answers = [
            bytes(""),
            hex"02",
            abi.encode(uint256(256 + 1)),
            abi.encode(FeedState.UNKNOWN),
            abi.encode(FeedState.HELD),
            abi.encode(FeedState.HALTED)
        ];
        for (uint256 i = 0; i < answers.length; i++) {
            feed.setState(answers[i], false);
            assertClosed(0);
        }
        feed.setState(abi.encode(FeedState.LIVE), true);
        assertClosed(0);
        feed.setState(abi.encode(FeedState.LIVE), false);
        mint(ann, 1);
    }

    function test_When_TheFeedHasNoState_ItIsTakenAsItServes() public {
        bytes[3] memory answers = [bytes(""), hex"02", new bytes(31)];
        for (uint256 i = 0; i < answers.length; i++) {
            feed.setState(answers[i], false);
            gate();
            assertFalse(rule.gateOf(address(token)).hasState);
            mint(ann, 1);
        }
        feed.setState("", true);
        mint(ann, 1);
    }

    function test_When_TheGateIsClosed_UnitsStillLeaveAndMove() public {
        feed.setState(abi.encode(FeedState.LIVE), false);
        gate();
        mint(ann, 10e6);
        feed.setState(abi.encode(FeedState.HELD), false);
        transfer(ann, bob, 1e6);
        token.move(Kind.BURN, ann, address(0), 1e6);
        feed.setFault(FeedStandIn.Fault.REVERT);
        transfer(ann, bob, 1e6);
        token.move(Kind.BURN, ann, address(0), 1e6);
        token.move(Kind.FORCED, ann, bob, 1e6);
        token.move(Kind.RECOVERY, ann, annSecond, 1e6);
    }
}
