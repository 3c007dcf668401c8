// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { BlackoutWindows } from "../../../contracts/compliance/rules/BlackoutWindows.sol";
import { Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

contract BlackoutWindowsTest is ComplianceFixture {
    BlackoutWindows internal rule = new BlackoutWindows();
    uint40 internal constant START = 1_700_000_000;

    function setUp() public override {
        super.setUp();
        mint(ann, 1000);
    }

    /// @dev Days from START.
    function span(uint40 start, uint40 end) internal pure returns (BlackoutWindows.Blackout memory) {
        return BlackoutWindows.Blackout(START + start * 1 days, START + end * 1 days);
    }

    function one(uint40 start, uint40 end) internal pure returns (BlackoutWindows.Blackout[] memory list) {
        list = new BlackoutWindows.Blackout[](1);
        list[0] = span(start, end);
    }

    function set(BlackoutWindows.Blackout[] memory list, bool mintExempt) internal {
        setRule(rule, abi.encode(list, mintExempt));
    }

    function through(bytes memory call) internal {
        vm.prank(issuer);
        compliance.callModuleFunction(call, address(rule));
    }

    function add(uint40 start, uint40 end) internal {
        through(abi.encodeCall(BlackoutWindows.addBlackout, (span(start, end).start, span(start, end).end)));
    }

    function remove(uint40 start, uint40 end) internal {
        through(abi.encodeCall(BlackoutWindows.removeBlackout, (span(start, end).start, span(start, end).end)));
    }

    function verdict() internal view returns (Verdict memory) {
        return rule.check(compliance.describe(Kind.TRANSFER, ann, ann, bob, 1));
    }

    function refusal(uint256 end) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            ISecurityTokenCore.TransferRefused.selector, ReasonCode.BLACKOUT_WINDOW, address(rule), block.timestamp, end
        );
    }

    function test_When_ABlackoutLasts_NobodyTransfersFromItsFirstSecondToItsLast() public {
        set(one(1, 3), false);
        vm.warp(START + 1 days - 1);
        assertEq(verdict().room, type(uint256).max);
        assertEq(rule.reopensAt(address(token)), 0);
        transfer(ann, bob, 1);
        vm.warp(START + 1 days);
        assertEq(rule.reopensAt(address(token)), START + 3 days);
        vm.expectRevert(refusal(START + 3 days));
        transfer(ann, bob, 1);
        vm.warp(START + 3 days - 1);
        vm.expectRevert(refusal(START + 3 days));
        mint(ann, 1);
        transfer(ann, annSecond, 1);
        token.move(Kind.FORCED, ann, bob, 1);
        token.move(Kind.BURN, ann, address(0), 1);
        vm.warp(START + 3 days);
        transfer(ann, bob, 1);
        mint(ann, 1);
    }

    function test_When_MintsAreExempt_UnitsAreIssuedMeanwhile() public {
        set(one(0, 3), true);
        mint(ann, 1);
        vm.expectRevert(refusal(START + 3 days));
        transfer(ann, bob, 1);
        assertEq(rule.configuration(address(token)), abi.encode(one(0, 3), true));
    }

    function test_When_BlackoutsOverlapOrMeet_TimeCuresWithTheLast() public {
        BlackoutWindows.Blackout[] memory list = new BlackoutWindows.Blackout[](5);
        (list[0], list[1], list[2]) = (span(6, 8), span(0, 3), span(2, 5));
        (list[3], list[4]) = (span(1, 2), span(5, 6));
        set(list, false);
        assertEq(verdict().until, START + 8 days);
        vm.warp(START + 7 days);
        assertEq(verdict().until, START + 8 days);
        vm.warp(START + 8 days);
        assertTrue(verdict().pass);
    }

    function test_When_ThereIsAGap_TimeCuresAtIt() public {
        set(one(0, 3), false);
        add(4, 6);
        assertEq(verdict().until, START + 3 days);
        vm.warp(START + 3 days);
        assertTrue(verdict().pass);
        vm.warp(START + 4 days);
        assertEq(verdict().until, START + 6 days);
    }

    function test_When_ABlackoutIsRemoved_OnlyItEndsWhateverItsPosition() public {
        for (uint40 removed = 0; removed < 3; removed++) {
            set(one(0, 2), false);
            add(1, 4);
            add(3, 6);
            uint40[2][3] memory spans = [[uint40(0), 2], [uint40(1), 4], [uint40(3), 6]];
            remove(spans[removed][0], spans[removed][1]);
            (BlackoutWindows.Blackout[] memory left,) = rule.blackoutsOf(address(token));
            assertEq(left.length, 2);
            assertEq(left[0].start, START + spans[removed == 0 ? 1 : 0][0] * 1 days);
            assertEq(left[1].start, START + spans[removed == 2 ? 1 : 2][0] * 1 days);
        }
        vm.expectRevert(abi.encodeWithSelector(BlackoutWindows.BlackoutUnknown.selector, START + 3 days, START + 6 days));
        remove(3, 6);
        remove(0, 2);
        remove(1, 4);
        transfer(ann, bob, 1);
    }

    function test_RevertWhen_ABlackoutMakesNoSense() public {
        vm.expectRevert(abi.encodeWithSelector(BlackoutWindows.BlackoutInvalid.selector, START, START));
        set(one(0, 0), false);
        set(one(0, 2), false);
        vm.expectRevert(abi.encodeWithSelector(BlackoutWindows.BlackoutInvalid.selector, START, START + 2 days));
        add(0, 2);
        vm.expectRevert(abi.encodeWithSelector(BlackoutWindows.TooManyBlackouts.selector, 33, 32));
        set(new BlackoutWindows.Blackout[](33), false);
    }

    function test_When_ThirtyTwoBlackoutsMeet_EachCallStaysBelowItsGasCap() public {
        BlackoutWindows.Blackout[] memory list = new BlackoutWindows.Blackout[](32);
        for (uint40 i = 0; i < 32; i++) {
            list[i] = span(31 - i, 32 - i);
        }
        set(list, false);
        vm.expectRevert(abi.encodeWithSelector(BlackoutWindows.TooManyBlackouts.selector, 33, 32));
        add(40, 41);
        Transfer memory t = compliance.describe(Kind.TRANSFER, ann, ann, bob, 1);
        vm.cool(address(rule));
        uint256 before = gasleft();
        Verdict memory refused = rule.check(t);
        assertLt(before - gasleft(), compliance.CHECK_GAS(), "check");
        assertEq(refused.until, START + 32 days);
    }

    function testFuzz_When_Judged_TheClockDecides(uint8[2][6] memory spans, bool mintExempt, uint8 time, Fuzzed memory fuzzed) public {
        set(new BlackoutWindows.Blackout[](0), mintExempt);
        bool[256] memory closed;
        for (uint256 i = 0; i < 6; i++) {
            (uint8 start, uint8 end) = (spans[i][0], spans[i][1]);
            BlackoutWindows.Blackout memory blackout = BlackoutWindows.Blackout(START + start, START + end);
            vm.prank(issuer);
            try compliance.callModuleFunction(abi.encodeCall(BlackoutWindows.addBlackout, (blackout.start, blackout.end)), address(rule)) {
                for (uint256 second = start; second < end; second++) {
                    closed[second] = true;
                }
            } catch { }
        }
        vm.warp(START + time);
        uint256 reopens = time;
        while (reopens < 255 && closed[reopens]) reopens++;

        Transfer memory t = movement(fuzzed);
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        bool judged = !same && (t.kind == Kind.TRANSFER || (t.kind == Kind.MINT && !mintExempt));
        Verdict memory result = rule.check(t);
        assertEq(result.pass, !judged || !closed[time]);
        if (!result.pass) assertEq(result.until, START + reopens);
        if (!result.pass) assertEq(result.room, 0);
        assertEnforceAgrees(rule, t);
    }
}
