// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { TooManyWindows, Window, WindowUnknown } from "../../../contracts/compliance/TransferWindows.sol";
import { VenueLimit } from "../../../contracts/compliance/rules/VenueLimit.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

contract VenueLimitTest is ComplianceFixture {
    VenueLimit internal rule = new VenueLimit();
    address internal north = makeAddr("exchange north");
    address internal northSecond = makeAddr("exchange north, second wallet");
    address internal northIdentity = makeAddr("exchange north's identity");
    address internal south = makeAddr("exchange south");
    address internal southIdentity = makeAddr("exchange south's identity");

    function setUp() public override {
        super.setUp();
        token.link(north, northIdentity, 756);
        token.link(northSecond, northIdentity, 756);
        token.link(south, southIdentity, 756);
        address[4] memory holders = [ann, bob, north, south];
        for (uint256 i = 0; i < 4; i++) {
            mint(holders[i], 1e6);
        }
    }

    function one(uint32 length, uint112 units) internal pure returns (Window[] memory list) {
        list = new Window[](1);
        list[0] = Window(length, units);
    }

    function dayAndMonth() internal pure returns (Window[] memory list) {
        list = new Window[](2);
        (list[0], list[1]) = (Window(1 days, 100), Window(30 days, 250));
    }

    /// @dev North with a day and a month, South with a day.
    function venues() internal view returns (VenueLimit.Venue[] memory list) {
        list = new VenueLimit.Venue[](2);
        list[0] = VenueLimit.Venue(northIdentity, dayAndMonth());
        list[1] = VenueLimit.Venue(southIdentity, one(1 days, 70));
    }

    function through(bytes memory call) internal {
        vm.prank(issuer);
        compliance.callModuleFunction(call, address(rule));
    }

    function verdict(address from, address to, uint256 amount) internal view returns (Verdict memory) {
        return rule.check(compliance.describe(Kind.TRANSFER, from, from, to, amount));
    }

    function refusal(uint256 actual, uint256 limit) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.EXCHANGE_LIMIT, address(rule), actual, limit);
    }

    function used(address venue, address investor, uint32 length) internal view returns (uint256 units) {
        (units,) = rule.usedOf(address(token), venue, investor, length);
    }

    /* COUNTING */

    function test_When_UnitsGoToAnExchange_TheyCountByInvestorAndExchange() public {
        setRule(rule, abi.encode(venues()));
        transfer(ann, north, 60);
        transfer(annSecond, northSecond, 40);
        vm.expectRevert(refusal(101, 100));
        transfer(ann, northSecond, 1);
        transfer(bob, north, 100);
        transfer(ann, south, 70);
        vm.expectRevert(refusal(71, 70));
        transfer(ann, south, 1);
        transfer(ann, bob, 5000);
        assertEq(used(northIdentity, annIdentity, 1 days), 100);
        assertEq(used(southIdentity, annIdentity, 1 days), 70);
    }

    function test_When_AMonthIsLimited_ItHasThirtyDays() public {
        setRule(rule, abi.encode(venues()));
        uint256 start = block.timestamp;
        for (uint256 i = 0; i < 2; i++) {
            vm.warp(start + i * 1 days);
            transfer(ann, north, 100);
        }
        vm.warp(start + 3 days);
        Verdict memory refused = verdict(ann, north, 60);
        assertEq(refused.code, ReasonCode.EXCHANGE_LIMIT);
        assertEq(refused.room, 50);
        assertEq(refused.until, start + 30 days);
        vm.warp(start + 30 days - 1);
        vm.expectRevert(refusal(260, 250));
        transfer(ann, north, 60);
        vm.warp(start + 30 days);
        transfer(ann, north, 60);
    }

    function test_When_AnExchangeSends_ItIsFree() public {
        setRule(rule, abi.encode(venues()));
        transfer(north, south, 5000);
        transfer(north, ann, 5000);
        transfer(north, northSecond, 5000);
        assertEq(used(southIdentity, northIdentity, 1 days), 0);
        assertEq(verdict(north, south, 1).room, type(uint256).max);
        assertEq(verdict(ann, bob, 1).room, type(uint256).max);
    }

    function test_When_UnitsReachAnExchangeOtherwise_NothingCounts() public {
        setRule(rule, abi.encode(venues()));
        mint(north, 1000);
        token.move(Kind.FORCED, ann, north, 1000);
        assertEq(used(northIdentity, annIdentity, 1 days), 0);
        transfer(ann, north, 100);
    }

    function test_When_AnExchangeHasNoWindow_NothingIsLimited() public {
        VenueLimit.Venue[] memory open = new VenueLimit.Venue[](1);
        open[0].venue = northIdentity;
        setRule(rule, abi.encode(open));
        transfer(ann, north, 1e6);
        assertTrue(rule.isVenue(address(token), northIdentity));
    }

    /* CHANGES */

    function test_When_ATagIsRemovedAndComesBack_WhatWasUsedStays() public {
        setRule(rule, abi.encode(venues()));
        transfer(ann, north, 80);
        through(abi.encodeCall(VenueLimit.removeExchangeID, (northIdentity)));
        assertFalse(rule.isVenue(address(token), northIdentity));
        transfer(ann, north, 5000);

        through(abi.encodeCall(VenueLimit.addExchangeID, (northIdentity)));
        assertEq(rule.getExchangeLimits(address(compliance), northIdentity).length, 0);
        through(abi.encodeWithSignature("setExchangeLimit(address,(uint32,uint256))", northIdentity, uint32(1 days), uint256(100)));
        vm.expectRevert(refusal(101, 100));
        transfer(ann, north, 21);
        transfer(ann, north, 20);
    }

    function test_When_TheVenuesAreSetAgain_TheyReplaceTheFormerAndCountersStay() public {
        setRule(rule, abi.encode(venues()));
        transfer(ann, south, 50);
        VenueLimit.Venue[] memory southOnly = new VenueLimit.Venue[](1);
        southOnly[0] = VenueLimit.Venue(southIdentity, one(1 days, 60));
        setRule(rule, abi.encode(southOnly));
        assertEq(rule.configuration(address(token)), abi.encode(southOnly));
        assertEq(rule.venuesOf(address(token))[0].venue, southIdentity);
        transfer(ann, north, 5000);
        vm.expectRevert(refusal(61, 60));
        transfer(ann, south, 11);
        setRule(rule, abi.encode(venues()));
        assertEq(rule.configuration(address(token)), abi.encode(venues()));
    }

    function test_When_WindowsAreSetThroughTheCompliance_TheyHold() public {
        setRule(rule, abi.encode(venues()));
        through(abi.encodeCall(VenueLimit.setExchangeMonthlyLimit, (southIdentity, 90)));
        vm.expectEmit(address(rule));
        emit VenueLimit.VenueWindowChanged(address(token), southIdentity, 1 days, 70, 80);
        through(abi.encodeCall(VenueLimit.setExchangeLimit, (southIdentity, VenueLimit.Limit(1 days, 80))));
        transfer(ann, south, 80);
        vm.warp(block.timestamp + 1 days);
        vm.expectRevert(refusal(91, 90));
        transfer(ann, south, 11);
        through(abi.encodeCall(VenueLimit.removeExchangeLimit, (southIdentity, 30 days)));
        transfer(ann, south, 11);
        assertEq(rule.getExchangeLimits(address(compliance), southIdentity)[0].limitValue, 80);
        vm.expectRevert(abi.encodeWithSelector(WindowUnknown.selector, 30 days));
        through(abi.encodeCall(VenueLimit.removeExchangeLimit, (southIdentity, 30 days)));
    }

    function test_When_AClientReadsCounters_TheyAreTheOpenWindowsUse() public {
        setRule(rule, abi.encode(venues()));
        transfer(ann, north, 60);
        assertCounter(1 days, 60, block.timestamp + 1 days);
        assertMonth(60, block.timestamp + 30 days);
        vm.warp(block.timestamp + 1 days);
        assertCounter(1 days, 0, 0);
        assertMonth(60, block.timestamp + 29 days);
        vm.warp(block.timestamp + 29 days);
        assertMonth(0, 0);
    }

    function assertCounter(uint32 length, uint256 value, uint256 timer) internal view {
        VenueLimit.Counter memory counter = rule.getExchangeCounter(address(compliance), northIdentity, annIdentity, length);
        assertEq(counter.value, value);
        assertEq(counter.timer, timer);
    }

    function assertMonth(uint256 value, uint256 timer) internal view {
        assertCounter(30 days, value, timer);
        assertEq(rule.getMonthlyCounter(address(compliance), northIdentity, annIdentity), value);
        assertEq(rule.getMonthlyTimer(address(compliance), northIdentity, annIdentity), timer);
    }

    function test_RevertWhen_AVenueMakesNoSense() public {
        setRule(rule, abi.encode(venues()));
        vm.expectRevert(abi.encodeWithSelector(VenueLimit.VenueAlreadyTagged.selector, address(token), northIdentity));
        through(abi.encodeCall(VenueLimit.addExchangeID, (northIdentity)));
        vm.expectRevert(abi.encodeWithSelector(VenueLimit.VenueNotTagged.selector, address(token), annIdentity));
        through(abi.encodeCall(VenueLimit.removeExchangeID, (annIdentity)));
        vm.expectRevert(abi.encodeWithSelector(VenueLimit.VenueNotTagged.selector, address(token), annIdentity));
        through(abi.encodeCall(VenueLimit.setExchangeMonthlyLimit, (annIdentity, 1)));
        vm.expectRevert(abi.encodeWithSelector(VenueLimit.VenueInvalid.selector, address(0)));
        through(abi.encodeCall(VenueLimit.addExchangeID, (address(0))));

        VenueLimit.Venue[] memory many = new VenueLimit.Venue[](17);
        for (uint160 i = 0; i < 17; i++) {
            many[i].venue = address(i + 1);
        }
        vm.expectRevert(abi.encodeWithSelector(VenueLimit.TooManyVenues.selector, 16));
        setRule(rule, abi.encode(many));
        many[0].windows = new Window[](5);
        vm.expectRevert(abi.encodeWithSelector(TooManyWindows.selector, 4));
        setRule(rule, abi.encode(many));
    }

    function test_RevertWhen_TheCallerIsNotTheTokensCompliance() public {
        setRule(rule, abi.encode(venues()));
        Transfer memory t = compliance.describe(Kind.TRANSFER, ann, ann, north, 1);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(this), address(token)));
        rule.enforce(t);
    }

    /* BOUNDS AND PROPERTIES */

    function test_When_FourWindowsAreOpen_EachCallStaysBelowItsGasCap() public {
        VenueLimit.Venue[] memory list = venues();
        list[0].windows = new Window[](4);
        for (uint32 i = 0; i < 4; i++) {
            list[0].windows[i] = Window(i + 1, 100);
        }
        setRule(rule, abi.encode(list));
        Transfer memory t = compliance.describe(Kind.TRANSFER, ann, ann, north, 100);
        vm.cool(address(rule));
        vm.prank(address(compliance));
        uint256 before = gasleft();
        rule.enforce(t);
        assertLt(before - gasleft(), compliance.ENFORCE_GAS(), "enforce");
        vm.cool(address(rule));
        before = gasleft();
        assertFalse(rule.check(t).pass);
        assertLt(before - gasleft(), compliance.CHECK_GAS(), "check");
    }

    function testFuzz_When_Judged_OnlyWhatInvestorsBringIsLimited(uint96 earlier, uint8 parties, uint32 later, Fuzzed memory fuzzed)
        public
    {
        VenueLimit.Venue[] memory list = venues();
        list[0].windows = one(10 days, 1e28);
        setRule(rule, abi.encode(list));
        uint256 spent = bound(earlier, 0, 1e28);
        if (spent > 0) token.report(compliance.describe(Kind.TRANSFER, ann, ann, north, spent));
        uint256 time = bound(later, 0, 20 days);
        vm.warp(block.timestamp + time);
        if (time >= 10 days) spent = 0;

        Transfer memory t = movement(fuzzed);
        if (parties % 4 > 0) t.toInvestor = northIdentity;
        if (parties % 4 > 1) t.fromInvestor = parties % 4 == 2 ? annIdentity : southIdentity;
        if (t.fromInvestor != annIdentity) spent = 0;
        bool limited =
            t.kind == Kind.TRANSFER && t.toInvestor == northIdentity && t.fromInvestor != northIdentity && t.fromInvestor != southIdentity;
        vm.assume(t.toInvestor != southIdentity);
        Verdict memory result = rule.check(t);
        assertEq(result.pass, !limited || t.amount <= 1e28 - spent);
        assertEq(result.room, limited ? 1e28 - spent : type(uint256).max);
        assertEnforceAgrees(rule, t);
    }
}
