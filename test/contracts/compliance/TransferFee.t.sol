// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { TransferFee } from "../../../contracts/compliance/rules/TransferFee.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

contract TransferFeeTest is ComplianceFixture {
    TransferFee internal rule = new TransferFee();
    address internal treasury = makeAddr("treasury");

    function setUp() public override {
        super.setUp();
        eligible(abi.encode(true));
    }

    function eligible(bytes memory answer) internal {
        vm.mockCall(address(token), abi.encodeWithSignature("canReceive(address)"), answer);
    }

    function through(bytes memory call) internal {
        vm.prank(issuer);
        compliance.callModuleFunction(call, address(rule));
    }

    function charge(uint256 bps) internal {
        setRule(rule, abi.encode(bps, treasury));
    }

    function described(address from, address to, uint256 amount) internal view returns (Transfer memory) {
        return compliance.describe(Kind.TRANSFER, from, from, to, amount);
    }

    function feeOf(Transfer memory t) internal view returns (uint256 fee) {
        (fee,) = rule.feeOf(t);
    }

    function verdict(uint256 amount) internal view returns (Verdict memory) {
        return rule.check(described(ann, bob, amount));
    }

    /* FEE */

    function test_When_ATransferOwesAFee_ItIsRoundedDown() public {
        charge(25);
        assertEq(feeOf(described(ann, bob, 1_000_000)), 2500);
        assertEq(feeOf(described(ann, bob, 799)), 1);
        assertEq(feeOf(described(ann, bob, 400)), 1);
        assertEq(feeOf(described(ann, bob, 399)), 0);
        (, address collector) = rule.feeOf(described(ann, bob, 400));
        assertEq(collector, treasury);
        assertEq(verdict(799).actual, 1);
        assertEq(verdict(799).room, type(uint256).max);
        (uint256 fee, address taker) = compliance.feeOf(described(ann, bob, 799));
        assertEq(fee, 1);
        assertEq(taker, treasury);
    }

    function test_When_TheRateIsTheGreatest_ATenthIsTaken() public {
        charge(1000);
        assertEq(feeOf(described(ann, bob, type(uint256).max)), type(uint256).max / 10);
        assertEq(feeOf(described(ann, bob, 9)), 0);
    }

    function test_When_BothWalletsAreOneInvestors_NothingIsTaken() public {
        charge(1000);
        assertEq(feeOf(described(ann, annSecond, 1000)), 0);
        assertEq(feeOf(described(ann, ann, 1000)), 0);
        assertEq(rule.check(described(ann, annSecond, 1000)).actual, 0);
    }

    function test_When_TheCollectorGivesOrTakes_NothingIsTaken() public {
        charge(1000);
        assertEq(feeOf(described(treasury, bob, 1000)), 0);
        assertEq(feeOf(described(ann, treasury, 1000)), 0);
        eligible(abi.encode(false));
        assertTrue(rule.check(described(treasury, bob, 1000)).pass);
        assertTrue(rule.check(described(ann, treasury, 1000)).pass);
    }

    function test_When_UnitsAreIssuedRedeemedForcedOrRecovered_NothingIsTaken() public {
        charge(1000);
        eligible(abi.encode(false));
        Transfer memory t = described(ann, bob, 1000);
        for (uint8 i = 1; i <= uint8(type(Kind).max); i++) {
            t.kind = Kind(i);
            assertEq(feeOf(t), 0);
            assertTrue(rule.check(t).pass);
        }
        mint(ann, 1000);
        token.move(Kind.BURN, ann, address(0), 100);
        token.move(Kind.FORCED, ann, bob, 100);
    }

    /* COLLECTOR */

    function test_RevertWhen_TheCollectorMayNotReceive() public {
        charge(25);
        eligible(abi.encode(false));
        Verdict memory refused = verdict(400);
        assertEq(refused.code, ReasonCode.FEE_COLLECTOR_INVALID);
        assertEq(refused.actual, 1);
        assertEq(refused.room, 399);
        assertEq(refused.until, 0);
    }

    function test_When_TheCollectorMayNotReceive_TransfersWithoutAFeePass() public {
        charge(25);
        eligible(abi.encode(false));
        assertTrue(verdict(399).pass);
        assertEq(verdict(1).room, 399);
        charge(1000);
        assertEq(verdict(1).room, 9);
        assertTrue(verdict(9).pass);
        assertFalse(verdict(10).pass);
        charge(7);
        assertTrue(verdict(verdict(1).room).pass);
        assertFalse(verdict(verdict(1).room + 1).pass);
        charge(0);
        assertTrue(verdict(type(uint256).max).pass);
    }

    function test_RevertWhen_TheTokenDoesNotSayWhetherTheCollectorMayReceive() public {
        charge(25);
        bytes[3] memory answers = [bytes(""), hex"01", abi.encode(uint256(2))];
        for (uint256 i = 0; i < answers.length; i++) {
            eligible(answers[i]);
            assertEq(verdict(400).code, ReasonCode.FEE_COLLECTOR_INVALID);
        }
        vm.mockCallRevert(address(token), abi.encodeWithSignature("canReceive(address)"), "no");
        assertEq(verdict(400).code, ReasonCode.FEE_COLLECTOR_INVALID);
    }

    /* CHANGES */

    function test_When_AClientSetsTheFee_ItHoldsAtOnce() public {
        charge(25);
        vm.expectEmit(address(rule));
        emit TransferFee.TransferFeeSet(address(token), 25, treasury, 100, bob);
        through(abi.encodeWithSignature("setFee(uint256,address)", 100, bob));
        assertEq(rule.getFee(address(compliance)).rate, 100);
        assertEq(rule.getFee(address(compliance)).collector, bob);
        assertEq(rule.configuration(address(token)), abi.encode(100, bob));
        (uint256 bps, address collector) = rule.termsOf(address(token));
        assertEq(bps, 100);
        assertEq(collector, bob);
        charge(10);
        assertEq(feeOf(described(ann, bob, 1000)), 1);
        setRule(rule, abi.encode(0, address(0)));
        assertEq(feeOf(described(ann, bob, 1000)), 0);
        assertEq(rule.name(), "TransferFee");
    }

    function test_RevertWhen_TheFeeMakesNoSense() public {
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "bps"));
        charge(1001);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "collector"));
        setRule(rule, abi.encode(1, address(0)));
        charge(1000);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "bps"));
        through(abi.encodeCall(TransferFee.setFee, (1 << 16, treasury)));
    }

    function test_RevertWhen_TheCallerIsNotTheTokensCompliance() public {
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(this), address(token)));
        rule.configure(address(token), abi.encode(1, treasury));
        address other = address(complianceOf(address(token)));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, other, address(token)));
        vm.prank(other);
        rule.setFee(1, treasury);
    }

    /* PROPERTIES */

    function testFuzz_When_Judged_FeeAndCollectorDecide(uint256 bps, bool can, uint8 role, Fuzzed memory fuzzed) public {
        bps = bound(bps, 0, 1000);
        charge(bps);
        eligible(abi.encode(can));
        Transfer memory t = movement(fuzzed);
        if (role == 0) t.from = treasury;
        if (role == 1) t.to = treasury;
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        bool free = t.kind != Kind.TRANSFER || same || t.from == treasury || t.to == treasury;
        uint256 fee = free ? 0 : t.amount / 10_000 * bps + t.amount % 10_000 * bps / 10_000;
        Verdict memory result = rule.check(t);
        assertEq(feeOf(t), fee);
        assertLe(fee, t.amount / 10);
        assertEq(result.pass, fee == 0 || can);
        assertEq(result.code, result.pass ? 0 : ReasonCode.FEE_COLLECTOR_INVALID);
        assertEq(result.actual, fee);
        if (result.pass) assertGe(result.room, t.amount);
        else assertLt(result.room, t.amount);
        assertEnforceAgrees(rule, t);
    }

    function testFuzz_When_NothingIsSet_EnforceAgreesForAnyInput(Fuzzed memory fuzzed) public {
        assertEnforceAgrees(rule, movement(fuzzed));
        assertEq(feeOf(movement(fuzzed)), 0);
    }
}
