// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { TooManyWindows, Window, WindowInvalid, WindowUnknown } from "../../../contracts/compliance/TransferWindows.sol";
import { VolumeLimit } from "../../../contracts/compliance/rules/VolumeLimit.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

abstract contract VolumeLimitFixture is ComplianceFixture {
    VolumeLimit internal rule = new VolumeLimit();
    address[] internal nobody;

    function setUp() public virtual override {
        super.setUp();
        mint(ann, 1e6);
        mint(bob, 1e6);
    }

    function one(uint32 length, uint112 units) internal pure returns (Window[] memory list) {
        list = new Window[](1);
        list[0] = Window(length, units);
    }

    function limit(Window[] memory list) internal {
        setRule(rule, abi.encode(list, nobody));
    }

    function dayAndMonth() internal pure returns (Window[] memory list) {
        list = new Window[](2);
        (list[0], list[1]) = (Window(1 days, 100), Window(30 days, 250));
    }

    function through(bytes memory call) internal {
        vm.prank(issuer);
        compliance.callModuleFunction(call, address(rule));
    }

    function verdict(address from, address to, uint256 amount) internal view returns (Verdict memory) {
        return rule.check(compliance.describe(Kind.TRANSFER, from, from, to, amount));
    }

    function refusal(uint256 actual, uint256 limit_) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.DAILY_LIMIT, address(rule), actual, limit_);
    }

    function used(address investor, uint32 length) internal view returns (uint256 units) {
        (units,) = rule.usedOf(address(token), investor, length);
    }
}

contract VolumeLimitTest is VolumeLimitFixture {
    /* WINDOWS */

    function test_When_TheLimitIsMetExactly_ItPassesAndNoUnitMore() public {
        limit(one(1 days, 100));
        transfer(ann, bob, 60);
        transfer(ann, bob, 40);
        vm.expectRevert(refusal(101, 100));
        transfer(ann, bob, 1);
    }

    function test_When_TheWindowOpens_ItIsAtTheFirstCountedTransfer() public {
        limit(one(1 days, 100));
        vm.warp(block.timestamp + 1000 days);
        uint256 start = block.timestamp;
        vm.expectRevert(refusal(101, 100));
        transfer(ann, bob, 101);
        vm.warp(start + 5);
        transfer(ann, bob, 100);
        (uint256 units, uint40 end) = rule.usedOf(address(token), annIdentity, 1 days);
        assertEq(units, 100);
        assertEq(end, start + 5 + 1 days);
    }

    function test_When_TheEndSecondComes_ItIsANewWindow() public {
        limit(one(1 days, 100));
        uint256 start = block.timestamp;
        transfer(ann, bob, 100);
        vm.warp(start + 1 days - 1);
        Verdict memory refused = verdict(ann, bob, 1);
        assertEq(refused.code, ReasonCode.DAILY_LIMIT);
        assertEq(refused.until, start + 1 days);
        vm.expectRevert(refusal(101, 100));
        transfer(ann, bob, 1);

        vm.warp(start + 1 days);
        assertEq(used(annIdentity, 1 days), 0);
        transfer(ann, bob, 30);
        (uint256 units, uint40 end) = rule.usedOf(address(token), annIdentity, 1 days);
        assertEq(units, 30);
        assertEq(end, start + 2 days);
    }

    function test_When_ADayAndAMonthAreLimited_EachWindowHolds() public {
        limit(dayAndMonth());
        uint256 start = block.timestamp;
        for (uint256 i = 0; i < 2; i++) {
            vm.warp(start + i * 1 days);
            transfer(ann, bob, 100);
        }
        vm.warp(start + 2 days);
        assertEq(verdict(ann, bob, 51).until, start + 30 days);
        vm.expectRevert(refusal(251, 250));
        transfer(ann, bob, 51);
        transfer(ann, bob, 50);
        vm.warp(start + 30 days);
        transfer(ann, bob, 100);
    }

    function test_When_SeveralWindowsAreExceeded_TimeCuresWithTheLast() public {
        limit(dayAndMonth());
        uint256 start = block.timestamp;
        transfer(ann, bob, 100);
        vm.warp(start + 2 days);
        transfer(ann, bob, 100);
        Verdict memory refused = verdict(ann, bob, 60);
        assertEq(refused.actual, 160);
        assertEq(refused.limit, 100);
        assertEq(refused.room, 0);
        assertEq(refused.until, start + 30 days);
        vm.warp(refused.until - 1);
        assertFalse(verdict(ann, bob, 60).pass);
        vm.warp(refused.until);
        transfer(ann, bob, 60);
    }

    function test_When_TheAmountExceedsAWindowsUnits_TimeDoesNotCureIt() public {
        limit(dayAndMonth());
        transfer(ann, bob, 10);
        assertEq(verdict(ann, bob, 101).until, 0);
        assertEq(verdict(ann, bob, 91).until, block.timestamp + 1 days);
        assertEq(verdict(ann, bob, 101).room, 90);
    }

    function test_When_ASecondWalletSends_TheInvestorsUseCounts() public {
        limit(one(1 days, 100));
        transfer(ann, bob, 60);
        vm.expectRevert(refusal(101, 100));
        transfer(annSecond, bob, 41);
    }

    function test_When_UnitsMoveBetweenOwnWallets_NothingCounts() public {
        limit(one(1 days, 100));
        transfer(ann, bob, 100);
        transfer(ann, annSecond, 5000);
        assertEq(used(annIdentity, 1 days), 100);
    }

    function test_When_OneReceivesOrUnitsMoveOtherwise_NothingCounts() public {
        limit(one(1 days, 100));
        mint(bob, 1000);
        token.move(Kind.FORCED, bob, ann, 500);
        token.move(Kind.BURN, bob, address(0), 500);
        transfer(ann, bob, 100);
        assertEq(used(bobIdentity, 1 days), 0);
        transfer(bob, ann, 100);
    }

    function test_When_ThereIsNoWindow_NothingIsLimitedOrWritten() public {
        limit(new Window[](0));
        vm.record();
        transfer(ann, bob, 1e6);
        (, bytes32[] memory writes) = vm.accesses(address(rule));
        assertEq(writes.length, 0);
        assertEq(verdict(bob, ann, 1).room, type(uint256).max);
    }

    /* CHANGES */

    function test_When_TheLimitChangesMidWindow_WhatWasUsedStays() public {
        limit(one(1 days, 100));
        transfer(ann, bob, 80);
        limit(one(1 days, 50));
        assertEq(verdict(ann, bob, 1).room, 0);
        vm.expectRevert(refusal(81, 50));
        transfer(ann, bob, 1);
        through(abi.encodeCall(VolumeLimit.setTimeTransferLimit, (VolumeLimit.Limit(1 days, 200))));
        vm.expectRevert(refusal(201, 200));
        transfer(ann, bob, 121);
        transfer(ann, bob, 120);
    }

    function test_When_AWindowComesBackBeforeItIsOver_WhatWasUsedStays() public {
        limit(one(1 days, 100));
        transfer(ann, bob, 80);
        through(abi.encodeCall(VolumeLimit.removeTimeTransferLimit, (1 days)));
        transfer(ann, bob, 1000);
        through(abi.encodeCall(VolumeLimit.setTimeTransferLimit, (VolumeLimit.Limit(1 days, 100))));
        vm.expectRevert(refusal(101, 100));
        transfer(ann, bob, 21);
    }

    function test_When_AWindowIsRemoved_TheOthersStayWhateverItsPosition() public {
        uint32[4] memory lengths = [uint32(1 hours), 1 days, 7 days, 30 days];
        for (uint256 removed = 0; removed < 4; removed++) {
            Window[] memory four = new Window[](4);
            for (uint256 i = 0; i < 4; i++) {
                four[i] = Window(lengths[i], uint112(1000 + i));
            }
            limit(four);
            vm.expectEmit(address(rule));
            emit VolumeLimit.VolumeWindowChanged(address(token), lengths[removed], 1000 + removed, 0);
            through(abi.encodeCall(VolumeLimit.removeTimeTransferLimit, (lengths[removed])));

            Window[] memory left = rule.windowsOf(address(token));
            assertEq(left.length, 3);
            for (uint256 i = 0; i < 3; i++) {
                uint256 former = i < removed ? i : i + 1;
                assertEq(left[i].length, lengths[former]);
                assertEq(left[i].units, 1000 + former);
            }
            vm.expectRevert(abi.encodeWithSelector(WindowUnknown.selector, lengths[removed]));
            through(abi.encodeCall(VolumeLimit.removeTimeTransferLimit, (lengths[removed])));
            Verdict memory refused = verdict(ann, bob, 2000);
            assertEq(refused.limit, removed == 0 ? 1001 : 1000);
            assertEq(refused.room, removed == 0 ? 1001 : 1000);
        }
    }

    function test_When_BatchesAreSet_TheyReadBackAsClientsKnowThem() public {
        limit(new Window[](0));
        VolumeLimit.Limit[] memory two = new VolumeLimit.Limit[](2);
        (two[0], two[1]) = (VolumeLimit.Limit(1 days, 100), VolumeLimit.Limit(30 days, 250));
        through(abi.encodeCall(VolumeLimit.batchSetTimeTransferLimit, (two)));
        assertEq(abi.encode(rule.getTimeTransferLimits(address(compliance))), abi.encode(two));
        assertEq(rule.configuration(address(token)), abi.encode(dayAndMonth(), nobody));

        uint32[] memory lengths = new uint32[](2);
        (lengths[0], lengths[1]) = (30 days, 1 days);
        through(abi.encodeCall(VolumeLimit.batchRemoveTimeTransferLimit, (lengths)));
        assertEq(rule.windowsOf(address(token)).length, 0);
        transfer(ann, bob, 1e6);
    }

    function test_When_AClientSendsItsOwnEncoding_TheWindowIsSet() public {
        limit(new Window[](0));
        through(abi.encodeWithSignature("setTimeTransferLimit((uint32,uint256))", uint32(1 days), uint256(100)));
        assertEq(rule.windowsOf(address(token))[0].units, 100);
    }

    function test_RevertWhen_AWindowMakesNoSense() public {
        vm.expectRevert(abi.encodeWithSelector(WindowInvalid.selector, 0, 100));
        limit(one(0, 100));
        vm.expectRevert(abi.encodeWithSelector(WindowInvalid.selector, 60, 0));
        limit(one(60, 0));
        Window[] memory twice = dayAndMonth();
        twice[1].length = 1 days;
        vm.expectRevert(abi.encodeWithSelector(WindowInvalid.selector, 1 days, 250));
        limit(twice);
        vm.expectRevert(abi.encodeWithSelector(TooManyWindows.selector, 4));
        limit(new Window[](5));

        limit(dayAndMonth());
        vm.expectRevert(abi.encodeWithSelector(WindowInvalid.selector, 60, uint256(1) << 112));
        through(abi.encodeCall(VolumeLimit.setTimeTransferLimit, (VolumeLimit.Limit(60, 1 << 112))));
    }

    function test_RevertWhen_AFifthWindowIsAdded() public {
        limit(dayAndMonth());
        through(abi.encodeCall(VolumeLimit.setTimeTransferLimit, (VolumeLimit.Limit(60, 1))));
        through(abi.encodeCall(VolumeLimit.setTimeTransferLimit, (VolumeLimit.Limit(61, 1))));
        vm.expectRevert(abi.encodeWithSelector(TooManyWindows.selector, 4));
        through(abi.encodeCall(VolumeLimit.setTimeTransferLimit, (VolumeLimit.Limit(62, 1))));
    }

    /* EXEMPT INVESTORS */

    function test_When_AnInvestorIsExempt_HisTransfersNeitherCountNorAreLimited() public {
        address[] memory exempt = new address[](1);
        exempt[0] = annIdentity;
        setRule(rule, abi.encode(one(1 days, 100), exempt));
        assertEq(rule.configuration(address(token)), abi.encode(one(1 days, 100), exempt));
        transfer(ann, bob, 5000);
        assertEq(verdict(ann, bob, 1).room, type(uint256).max);
        vm.expectRevert(refusal(101, 100));
        transfer(bob, ann, 101);

        through(abi.encodeCall(VolumeLimit.setExempt, (annIdentity, false)));
        assertEq(used(annIdentity, 1 days), 0);
        vm.expectRevert(refusal(101, 100));
        transfer(ann, bob, 101);
        through(abi.encodeCall(VolumeLimit.setExempt, (bobIdentity, true)));
        transfer(bob, ann, 101);
        limit(one(1 days, 100));
        assertEq(rule.exemptOf(address(token)).length, 0);
        vm.expectRevert(refusal(101, 100));
        transfer(bob, ann, 101);
    }

    function test_RevertWhen_AnExemptionChangesNothingOrThereAreTooMany() public {
        limit(one(1 days, 100));
        vm.expectRevert(abi.encodeWithSelector(VolumeLimit.ExemptionUnchanged.selector, address(token), annIdentity, false));
        through(abi.encodeCall(VolumeLimit.setExempt, (annIdentity, false)));
        address[] memory many = new address[](33);
        for (uint160 i = 0; i < 33; i++) {
            many[i] = address(i + 1);
        }
        vm.expectRevert(abi.encodeWithSelector(VolumeLimit.TooManyExemptions.selector, 32));
        setRule(rule, abi.encode(one(1 days, 100), many));
        many[1] = many[0];
        vm.expectRevert(abi.encodeWithSelector(VolumeLimit.ExemptionUnchanged.selector, address(token), address(1), true));
        setRule(rule, abi.encode(one(1 days, 100), many));
    }

    /* CALLERS */

    function test_RevertWhen_TheCallerIsNotTheTokensCompliance() public {
        limit(one(1 days, 100));
        Transfer memory t = compliance.describe(Kind.TRANSFER, ann, ann, bob, 1);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(this), address(token)));
        rule.enforce(t);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(this), address(token)));
        rule.configure(address(token), abi.encode(one(1 days, 100), nobody));
    }

    function test_When_TheComplianceIsReplaced_CountersStayAndTheFormerIsShutOut() public {
        limit(one(1 days, 100));
        transfer(ann, bob, 80);
        address former = address(compliance);
        compliance = complianceOf(address(token));
        token.setCompliance(compliance);
        limit(one(1 days, 100));
        vm.expectRevert(refusal(101, 100));
        transfer(ann, bob, 21);

        Transfer memory t = compliance.describe(Kind.TRANSFER, ann, ann, bob, 1);
        vm.prank(former);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, former, address(token)));
        rule.enforce(t);
    }

    /* BOUNDS */

    function test_When_FourWindowsAreOpen_EachCallStaysBelowItsGasCap() public {
        Window[] memory four = new Window[](4);
        for (uint32 i = 0; i < 4; i++) {
            four[i] = Window(i + 1, 100);
        }
        address[] memory exempt = new address[](32);
        for (uint160 i = 0; i < 32; i++) {
            exempt[i] = address(i + 1);
        }
        setRule(rule, abi.encode(four, exempt));
        Transfer memory t = compliance.describe(Kind.TRANSFER, ann, ann, bob, 100);
        vm.cool(address(rule));
        vm.prank(address(compliance));
        uint256 before = gasleft();
        rule.enforce(t);
        assertLt(before - gasleft(), compliance.ENFORCE_GAS(), "enforce");

        vm.cool(address(rule));
        before = gasleft();
        Verdict memory refused = rule.check(t);
        assertLt(before - gasleft(), compliance.CHECK_GAS(), "check");
        assertEq(refused.until, block.timestamp + 4);
    }

    /* PROPERTIES */

    function testFuzz_When_Judged_TheFullestWindowDecides(uint96[3] memory amounts, uint112 units, uint32 later, Fuzzed memory fuzzed)
        public
    {
        units = uint112(bound(units, 1, type(uint112).max));
        limit(one(10 days, units));
        uint256 start = block.timestamp;
        uint256 spent;
        for (uint256 i = 0; i < 3; i++) {
            Transfer memory earlier = compliance.describe(Kind.TRANSFER, ann, ann, bob, amounts[i]);
            if (!rule.check(earlier).pass) continue;
            spent += amounts[i];
            token.report(earlier);
        }
        vm.warp(start + bound(later, 0, 20 days));
        if (block.timestamp >= start + 10 days) spent = 0;
        assertEq(used(annIdentity, 10 days), spent);

        Transfer memory t = movement(fuzzed);
        if (fuzzed.kind % 2 == 0) t.fromInvestor = annIdentity;
        else spent = 0;
        vm.assume(fuzzed.kind % 2 == 0 || t.fromInvestor != annIdentity);
        bool judged = t.kind == Kind.TRANSFER && (t.fromInvestor != t.toInvestor || t.fromInvestor == address(0));
        Verdict memory result = rule.check(t);
        assertEq(result.pass, !judged || t.amount <= units - spent);
        if (judged) assertEq(result.room, units - spent);
        assertEnforceAgrees(rule, t);
    }

    function testFuzz_When_LimitsChange_EnforceStillAgrees(
        uint112[4] memory before,
        uint112[4] memory afterwards,
        uint112 amount,
        uint32 later,
        Fuzzed memory fuzzed
    ) public {
        setFour(before);
        Transfer memory earlier = compliance.describe(Kind.TRANSFER, ann, ann, bob, amount);
        if (rule.check(earlier).pass) token.report(earlier);
        setFour(afterwards);
        vm.warp(block.timestamp + later % 5 days);
        Transfer memory t = movement(fuzzed);
        t.fromInvestor = annIdentity;
        Verdict memory result = rule.check(t);
        if (result.until != 0) {
            uint256 time = block.timestamp;
            vm.warp(result.until - 1);
            assertFalse(rule.check(t).pass, "cured too early");
            vm.warp(result.until);
            assertTrue(rule.check(t).pass, "not cured");
            vm.warp(time);
        }
        assertEnforceAgrees(rule, t);
    }

    function setFour(uint112[4] memory units) internal {
        Window[] memory four = new Window[](4);
        for (uint32 i = 0; i < 4; i++) {
            four[i] = Window((i + 1) * 1 days, uint112(bound(units[i], 1, type(uint112).max)));
        }
        limit(four);
    }
}

/// forge-config: default.isolate = true
contract VolumeLimitGasTest is VolumeLimitFixture {
    function test_When_OneWindowIsOpen_ATransferReadsTwoWordsAndWritesOne() public {
        limit(one(1 days, 100));
        transfer(ann, bob, 1);
        Transfer memory t = compliance.describe(Kind.TRANSFER, ann, ann, bob, 1);
        vm.record();
        vm.prank(address(compliance));
        rule.enforce(t);
        uint256 gas = vm.snapshotGasLastCall("rules", "volume limit, one open window, alone");
        (bytes32[] memory reads, bytes32[] memory writes) = vm.accesses(address(rule));
        assertEq(writes.length, 1);
        for (uint256 i = 0; i < reads.length; i++) {
            assertTrue(reads[i] == reads[0] || reads[i] == writes[0], "a third word");
        }
        // 21,000 and some 3,100 of calldata are the transaction's; two words cost 4,200 to read, and writing one 2,900.
        assertLe(gas, 33_000);
    }
}
