// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";
import { Compliance } from "../../../contracts/compliance/Compliance.sol";
import { IdentityRegistry } from "../../../contracts/identity/IdentityRegistry.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { Claim, Investor } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { ISecurityToken, ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ITokenFactory } from "../../../contracts/interfaces/ITokenFactory.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { SuiteFixture } from "../factory/SuiteFixture.sol";
import { HostileRule } from "./HostileRule.sol";

/// @notice The rules as a holder meets them: through the token of a suite that the factory deployed.
contract RealSuiteTest is SuiteFixture {
    address internal ann = makeAddr("ann");
    address internal annSecond = makeAddr("ann, second wallet");
    address internal annNew = makeAddr("ann, new wallet");
    address internal bob = makeAddr("bob");
    address internal cem = makeAddr("cem");

    ISecurityToken internal token;
    IdentityRegistry internal registry;
    Compliance internal compliance;

    function setUp() public override {
        super.setUp();
        vm.chainId(31337);
        ITokenFactory.Suite memory suite = ordinary();
        suite.agents[0].roles |= AgentRole.FORCED | AgentRole.RECOVERY;
        suite.agents[0].mintCap = 1e25;
        (suite.forcedDelay, suite.recoveryDelay, suite.adminDelay, suite.upgradeDelay) = (0, 0, 0, 0);
        ITokenFactory.Addresses memory parts = deploy(suite);
        token = ISecurityToken(parts.token);
        registry = IdentityRegistry(parts.registry);
        compliance = Compliance(parts.compliance);
        vm.prank(owner);
        token.unpause();

        onboard(ann, 840);
        onboard(bob, 276);
        onboard(cem, 643);
        address identity = registry.identity(ann);
        vm.prank(registrar);
        registry.registerIdentity(annSecond, identity, 840);
    }

    function onboard(address wallet, uint16 country) internal {
        bytes32 salt = keccak256(abi.encode(wallet));
        Claim[] memory claims = new Claim[](1);
        claims[0] = Claim({
            issuer: claimIssuer,
            identity: store.predictIdentity(salt),
            topic: 1,
            dataHash: salt,
            issuedAt: uint40(block.timestamp),
            validUntil: uint40(block.timestamp + 5 * 365 days),
            nonce: 1
        });
        (, uint256 key) = makeAddrAndKey("claim issuer");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, store.claimsDigest(claims));
        vm.prank(registrar);
        registry.onboard(Investor({ wallet: wallet, salt: salt, country: country }), claims, abi.encodePacked(r, s, v));
    }

    function mint(address to, uint256 amount) internal {
        vm.prank(agent);
        token.mint(to, amount);
    }

    function assertRefused(address from, address to, uint256 amount, uint8 code, address rule, uint256 actual, uint256 limit) internal {
        (uint8 explained,) = token.explain(from, to, amount);
        assertEq(explained, code, "explain");
        assertEq(token.detectTransferRestriction(from, to, amount), code, "ERC-1404");
        assertFalse(token.canTransfer(from, to, amount), "ERC-7943");
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, code, rule, actual, limit));
        vm.prank(from);
        token.transfer(to, amount);
    }

    function force(address from, address to, uint256 amount) internal {
        vm.startPrank(agent);
        token.scheduleForcedTransfer(from, to, amount, "court order");
        token.forcedTransfer(from, to, amount);
        vm.stopPrank();
    }

    function recover(address lost, address replacement) internal {
        address identity = registry.identity(lost);
        (, uint256 key) = makeAddrAndKey("ann, new wallet");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, token.recoveryDigest(lost, replacement, identity));
        vm.startPrank(agent);
        token.proposeRecovery(lost, replacement, identity, abi.encodePacked(r, s, v));
        token.recoveryAddress(lost, replacement, identity);
        vm.stopPrank();
    }

    /* RULES */

    function test_When_ARuleRefuses_TransferAndExplainSayTheSame() public {
        mint(ann, 9e23);
        mint(bob, 2e23);
        assertRefused(ann, bob, 1, ReasonCode.LOCKUP_ACTIVE, address(lockup), 1, 0);
        assertRefused(ann, cem, 1, ReasonCode.COUNTRY_RESTRICTED, address(countries), 643, 0);
        vm.warp(block.timestamp + 365 days);
        assertRefused(ann, bob, 9e23, ReasonCode.MAX_BALANCE, address(maximum), 11e23, 1e24);
        (uint256 amount, uint8 binding) = token.maxTransferable(ann, bob);
        assertEq(amount, 8e23);
        assertEq(binding, ReasonCode.MAX_BALANCE);
        vm.prank(ann);
        token.transfer(bob, 8e23);
    }

    function test_When_AWalletIsRecovered_ItsLotsStay() public {
        mint(ann, 100);
        recover(ann, annNew);
        assertEq(lockup.lockedOf(address(token), registry.identity(annNew)), 100);
        assertRefused(annNew, bob, 1, ReasonCode.LOCKUP_ACTIVE, address(lockup), 1, 0);
    }

    function test_When_UnitsMoveBetweenOwnWallets_NoRuleMinds() public {
        mint(ann, 1e24);
        vm.prank(ann);
        token.transfer(annSecond, 4e23);
        assertEq(token.positionOf(registry.identity(ann)), 1e24);
        assertRefused(annSecond, bob, 1, ReasonCode.LOCKUP_ACTIVE, address(lockup), 1, 0);
    }

    function test_When_ATransferIsForced_TheOverrideIsRecordedAndTheLockGoesAlong() public {
        mint(ann, 100);
        vm.startPrank(agent);
        bytes32 id = token.scheduleForcedTransfer(ann, bob, 60, "court order");
        vm.expectEmit(address(token));
        emit ISecurityTokenCore.RuleOverridden(id, ReasonCode.LOCKUP_ACTIVE);
        token.forcedTransfer(ann, bob, 60);
        vm.stopPrank();
        assertEq(lockup.lockedOf(address(token), registry.identity(ann)), 40);
        assertEq(lockup.lockedOf(address(token), registry.identity(bob)), 60);
    }

    /* HOSTILE RULES */

    function test_When_ARuleMisbehaves_ExitsWorkAndItCanBeRemoved() public {
        mint(ann, 100);
        vm.warp(block.timestamp + 365 days);
        HostileRule.Mode[3] memory modes = [HostileRule.Mode.REVERT, HostileRule.Mode.BURN_GAS, HostileRule.Mode.REVERT_MUCH];
        for (uint256 i = 0; i < modes.length; i++) {
            HostileRule rule = new HostileRule(modes[i]);
            RuleSetting[] memory rules = new RuleSetting[](1);
            rules[0] = RuleSetting(address(rule), "");
            vm.prank(owner);
            compliance.setRules(rules);
            assertRefused(ann, bob, 1, ReasonCode.RULE_FAULT, address(rule), 0, 0);
            force(ann, bob, 10);
            vm.prank(agent);
            token.burn(ann, 10);
            assertTrue(compliance.rules()[0].faulted);
            vm.prank(owner);
            compliance.removeModule(address(rule));
            vm.prank(ann);
            token.transfer(bob, 1);
        }
        HostileRule last = new HostileRule(HostileRule.Mode.BURN_GAS);
        RuleSetting[] memory settings = new RuleSetting[](1);
        settings[0] = RuleSetting(address(last), "");
        vm.prank(owner);
        compliance.setRules(settings);
        recover(ann, annNew);
        assertEq(token.balanceOf(annNew), 37);
    }

    /* REPLACEMENT */

    function test_When_ComplianceIsReplaced_TheTokenIsClosedUntilRulesAreSetAndLotsSurvive() public {
        mint(ann, 100);
        Compliance next = Compliance(Clones.cloneWithImmutableArgs(factory.COMPLIANCE_IMPLEMENTATION(), abi.encodePacked(address(token))));
        vm.prank(upgrader);
        token.setCompliance(address(next));
        assertRefused(ann, bob, 1, ReasonCode.RULE_FAULT, address(next), 0, 0);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.RULE_FAULT, address(next), 0, 0));
        mint(ann, 1);

        // Nobody may set its rules but ADMIN until the manager maps it; on this chain the owner is ADMIN without delay.
        vm.prank(owner);
        next.setRules(threeRules());
        assertRefused(ann, bob, 1, ReasonCode.LOCKUP_ACTIVE, address(lockup), 1, 0);
        vm.warp(block.timestamp + 365 days);
        vm.prank(ann);
        token.transfer(bob, 100);
    }
}
