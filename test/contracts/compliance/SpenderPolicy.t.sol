// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import { AddressRepeated } from "../../../contracts/compliance/AddressList.sol";
import { SpenderPolicy } from "../../../contracts/compliance/rules/SpenderPolicy.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { TokenFixture } from "../token/TokenFixture.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

/// @dev A registry that says of everybody what the test says, or uses up its gas.
contract RegistryStandIn {
    bytes public answer;
    bool public burnsGas;

    function set(bytes calldata answer_, bool burnsGas_) external {
        (answer, burnsGas) = (answer_, burnsGas_);
    }

    function isVerified(address) external view returns (bool) {
        while (burnsGas) { }
        bytes memory given = answer;
        assembly {
            return(add(given, 0x20), mload(given))
        }
    }
}

contract SpenderPolicyTest is ComplianceFixture {
    uint8 internal constant NONE = 0;
    uint8 internal constant VERIFIED = 1;
    uint8 internal constant LISTED = 2;

    SpenderPolicy internal rule = new SpenderPolicy();
    address internal spender = makeAddr("spender");
    address[] internal nobody;

    function list(address a) internal pure returns (address[] memory accounts) {
        accounts = new address[](1);
        accounts[0] = a;
    }

    function through(bytes memory call) internal {
        vm.prank(issuer);
        compliance.callModuleFunction(call, address(rule));
    }

    function verdict(address operator, address from, address to) internal view returns (Verdict memory) {
        return rule.check(compliance.describe(Kind.TRANSFER, operator, from, to, 1));
    }

    function assertRefused(address operator, address from, address to) internal view {
        Verdict memory refused = verdict(operator, from, to);
        assertEq(refused.code, ReasonCode.SPENDER_NOT_ALLOWED);
        assertEq(refused.actual, uint160(operator));
        assertEq(refused.room, 0);
    }

    /* POLICIES */

    function test_When_NoSpenderIsAllowed_OnlyTheHolderTransfers() public {
        setRule(rule, abi.encode(NONE, list(spender)));
        assertRefused(spender, ann, bob);
        assertRefused(bob, ann, bob);
        assertTrue(verdict(ann, ann, bob).pass);
        assertTrue(rule.moduleCheck(ann, bob, 1, address(compliance)));
    }

    function test_When_SpendersAreListed_OnlyTheyTransfer() public {
        setRule(rule, abi.encode(LISTED, list(spender)));
        assertTrue(verdict(spender, ann, bob).pass);
        assertRefused(bob, ann, bob);
        assertTrue(verdict(bob, bob, ann).pass);
    }

    function test_RevertGiven_AStrangerMovesUnitsBetweenOneInvestorsWallets() public {
        setRule(rule, abi.encode(NONE, nobody));
        assertRefused(spender, ann, annSecond);
        assertRefused(annSecond, ann, annSecond);
        assertTrue(verdict(ann, ann, annSecond).pass);
    }

    function test_When_SpendersMustBeVerified_TheRegistrySaysWhoIs() public {
        setRule(rule, abi.encode(VERIFIED, list(bob)));
        RegistryStandIn registry = new RegistryStandIn();
        vm.mockCall(address(token), abi.encodeWithSignature("identityRegistry()"), abi.encode(registry));
        registry.set(abi.encode(true), false);
        assertTrue(verdict(spender, ann, bob).pass);
        registry.set(abi.encode(false), false);
        assertRefused(spender, ann, bob);
        assertRefused(bob, ann, bob);
    }

    function test_RevertGiven_TheRegistryDoesNotAnswer() public {
        setRule(rule, abi.encode(VERIFIED, nobody));
        // The stand-in is its own registry and does not know the question.
        assertRefused(spender, ann, bob);
        RegistryStandIn registry = new RegistryStandIn();
        vm.mockCall(address(token), abi.encodeWithSignature("identityRegistry()"), abi.encode(registry));
        registry.set(hex"01", false);
        assertRefused(spender, ann, bob);
        registry.set(abi.encode(uint256(2)), false);
        assertRefused(spender, ann, bob);
        registry.set("", true);
        assertRefused(spender, ann, bob);
        vm.mockCall(address(token), abi.encodeWithSignature("identityRegistry()"), abi.encode(makeAddr("no code")));
        assertRefused(spender, ann, bob);
        vm.mockCall(address(token), abi.encodeWithSignature("identityRegistry()"), abi.encode(type(uint256).max));
        assertRefused(spender, ann, bob);
    }

    function test_When_UnitsAreIssuedRedeemedOrForced_TheOperatorIsNotASpender() public {
        setRule(rule, abi.encode(NONE, nobody));
        mint(ann, 10);
        token.move(Kind.BURN, ann, address(0), 1);
        token.move(Kind.FORCED, ann, bob, 1);
    }

    /* CHANGES */

    function test_When_ThePolicyChanges_ItHoldsAtOnceAndTheListStays() public {
        setRule(rule, abi.encode(LISTED, list(spender)));
        vm.expectEmit(address(rule));
        emit SpenderPolicy.SpenderPolicySet(address(token), SpenderPolicy.Policy.LISTED, SpenderPolicy.Policy.NONE);
        through(abi.encodeCall(SpenderPolicy.setSpenderPolicy, (NONE)));
        assertRefused(spender, ann, bob);
        through(abi.encodeCall(SpenderPolicy.setSpenderPolicy, (LISTED)));
        assertTrue(verdict(spender, ann, bob).pass);
        through(abi.encodeCall(SpenderPolicy.setSpender, (spender, false)));
        assertRefused(spender, ann, bob);
        through(abi.encodeCall(SpenderPolicy.setSpender, (bob, true)));
        assertTrue(verdict(bob, ann, bob).pass);
        assertEq(rule.configuration(address(token)), abi.encode(LISTED, list(bob)));
        setRule(rule, abi.encode(LISTED, list(spender)));
        assertEq(rule.configuration(address(token)), abi.encode(LISTED, list(spender)));
        assertEq(uint8(rule.policyOf(address(token))), uint8(SpenderPolicy.Policy.LISTED));
        assertEq(abi.encode(rule.spendersOf(address(token))), abi.encode(list(spender)));
        assertEq(rule.name(), "SpenderPolicy");
    }

    function test_RevertWhen_AChangeMakesNoSense() public {
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "policy"));
        setRule(rule, abi.encode(uint8(3), nobody));
        address[] memory twice = new address[](2);
        (twice[0], twice[1]) = (bob, bob);
        vm.expectRevert(abi.encodeWithSelector(AddressRepeated.selector, bob));
        setRule(rule, abi.encode(LISTED, twice));
        setRule(rule, abi.encode(LISTED, list(spender)));
        vm.expectRevert(abi.encodeWithSelector(SpenderPolicy.SpenderUnchanged.selector, address(token), spender, true));
        through(abi.encodeCall(SpenderPolicy.setSpender, (spender, true)));
        vm.expectRevert(abi.encodeWithSelector(SpenderPolicy.SpenderUnchanged.selector, address(token), bob, false));
        through(abi.encodeCall(SpenderPolicy.setSpender, (bob, false)));
    }

    function test_RevertWhen_TheCallerIsNotTheTokensCompliance() public {
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(this), address(token)));
        rule.configure(address(token), abi.encode(NONE, nobody));
        address other = address(complianceOf(address(token)));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, other, address(token)));
        vm.prank(other);
        rule.setSpenderPolicy(LISTED);
    }

    /* BOUNDS AND PROPERTIES */

    function test_When_TheRegistryUsesAllItsGas_TheRuleStillAnswersWithinItsCap() public {
        setRule(rule, abi.encode(VERIFIED, nobody));
        RegistryStandIn registry = new RegistryStandIn();
        registry.set("", true);
        vm.mockCall(address(token), abi.encodeWithSignature("identityRegistry()"), abi.encode(registry));
        Transfer memory t = compliance.describe(Kind.TRANSFER, spender, ann, bob, 1);
        vm.cool(address(rule));
        vm.cool(address(registry));
        assertEq(rule.check{ gas: compliance.CHECK_GAS() }(t).code, ReasonCode.SPENDER_NOT_ALLOWED);
    }

    function testFuzz_When_Judged_ThePolicyDecides(uint8 policy, bool verified, bool listed, Fuzzed memory fuzzed) public {
        Transfer memory t = movement(fuzzed);
        vm.assume(t.operator != address(0));
        policy = policy % 3;
        setRule(rule, abi.encode(policy, listed ? list(t.operator) : nobody));
        vm.mockCall(address(token), abi.encodeWithSignature("isVerified(address)", t.operator), abi.encode(verified));
        bool may = policy == LISTED ? listed : policy == VERIFIED && verified;
        Verdict memory result = rule.check(t);
        assertEq(result.pass, t.kind != Kind.TRANSFER || t.operator == t.from || may);
        assertEq(result.code, result.pass ? 0 : ReasonCode.SPENDER_NOT_ALLOWED);
        assertEnforceAgrees(rule, t);
    }

    function testFuzz_When_NothingIsSet_EnforceAgreesForAnyInput(Fuzzed memory fuzzed) public {
        assertEnforceAgrees(rule, movement(fuzzed));
    }
}

/// @notice Through a real token and its registry.
contract SpenderPolicySuiteTest is TokenFixture {
    bytes32 internal constant PERMIT = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    SpenderPolicy internal rule = new SpenderPolicy();

    function setUp() public override {
        super.setUp();
        mint(ann, 100);
    }

    function set(uint8 policy, address spender) internal {
        address[] memory spenders = new address[](spender == address(0) ? 0 : 1);
        if (spender != address(0)) spenders[0] = spender;
        setRule(address(rule), abi.encode(policy, spenders));
    }

    function permit(address spender) internal {
        bytes32 digest = keccak256(
            abi.encodePacked(
                "\x19\x01",
                IERC20Permit(address(token)).DOMAIN_SEPARATOR(),
                keccak256(abi.encode(PERMIT, ann, spender, 50, 0, block.timestamp))
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(annWallet, digest);
        IERC20Permit(address(token)).permit(ann, spender, 50, block.timestamp, v, r, s);
    }

    function assertRefused(address spender) internal {
        (uint8 code,) = token.explainAs(Kind.TRANSFER, spender, ann, bob, 1);
        assertEq(code, ReasonCode.SPENDER_NOT_ALLOWED);
        vm.prank(spender);
        expectRefusalBy(address(rule), ReasonCode.SPENDER_NOT_ALLOWED, uint160(spender), 0);
        token.transferFrom(ann, bob, 1);
    }

    function assertPasses(address spender) internal {
        (uint8 code,) = token.explainAs(Kind.TRANSFER, spender, ann, bob, 1);
        assertEq(code, ReasonCode.OK);
        vm.prank(spender);
        token.transferFrom(ann, bob, 1);
    }

    function test_When_AHolderSendsABatch_HeIsNoSpender() public {
        set(0, address(0));
        address[] memory to = new address[](2);
        (to[0], to[1]) = (bob, annSecond);
        uint256[] memory amounts = new uint256[](2);
        (amounts[0], amounts[1]) = (1, 2);
        vm.prank(ann);
        token.batchTransfer(to, amounts);
        vm.prank(ann);
        token.approve(ann, 1);
        vm.prank(ann);
        token.transferFrom(ann, bob, 1);
    }

    function test_When_SpendersMustBeVerified_AStrangersPermitIsWorthNothing() public {
        set(1, address(0));
        permit(stranger);
        assertRefused(stranger);
    }

    function test_When_SpendersMustBeVerified_APermittedInvestorSpends() public {
        set(1, address(0));
        permit(bob);
        assertPasses(bob);
        revokeKyc(bobIdentity);
        assertFalse(rule.maySpend(address(token), bob));
    }

    function test_When_ASpenderIsListed_HisPermitCounts() public {
        set(2, stranger);
        permit(stranger);
        assertPasses(stranger);
        set(0, stranger);
        assertRefused(stranger);
    }
}
