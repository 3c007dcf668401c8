// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Compliance } from "../../../contracts/compliance/Compliance.sol";
import { CountryGroup } from "../../../contracts/compliance/CountryValues.sol";
import { CategoryPercentage } from "../../../contracts/compliance/rules/CategoryPercentage.sol";
import { HolderCap } from "../../../contracts/compliance/rules/HolderCap.sol";
import { HolderCapByCategory } from "../../../contracts/compliance/rules/HolderCapByCategory.sol";
import { HolderCapByCountry } from "../../../contracts/compliance/rules/HolderCapByCountry.sol";
import { MinimumHolders } from "../../../contracts/compliance/rules/MinimumHolders.sol";
import { IdentityRegistry } from "../../../contracts/identity/IdentityRegistry.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { Claim, Investor } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { IRule } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityToken, ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ITokenFactory } from "../../../contracts/interfaces/ITokenFactory.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { SuiteFixture } from "../factory/SuiteFixture.sol";

/// @notice The rules that count holders on a token that has counted its own anew before it asks them.
/// @dev Ann and Amy are of the US, Bob of Germany and Cem of Turkey. Bob alone has topic 3, until 30 days from the start.
contract RealHoldersTest is SuiteFixture {
    uint8 internal constant ACCREDITED = 3;

    address internal ann = makeAddr("ann");
    address internal annSecond = makeAddr("ann, second wallet");
    address internal amy = makeAddr("amy");
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
        suite.rules = new RuleSetting[](0);
        (suite.forcedDelay, suite.recoveryDelay, suite.adminDelay, suite.upgradeDelay) = (0, 0, 0, 0);
        uint256[] memory topics = new uint256[](2);
        (topics[0], topics[1]) = (1, ACCREDITED);
        suite.issuers[0] = ITokenFactory.TrustedIssuer(claimIssuer, topics);
        ITokenFactory.Addresses memory parts = deploy(suite);
        token = ISecurityToken(parts.token);
        registry = IdentityRegistry(parts.registry);
        compliance = Compliance(parts.compliance);
        vm.prank(owner);
        token.unpause();

        onboard(ann, 840);
        onboard(amy, 840);
        onboard(bob, 276);
        onboard(cem, 792);
        address identity = registry.identity(ann);
        vm.prank(registrar);
        registry.registerIdentity(annSecond, identity, 840);
        accredit(bob, 30 days);
    }

    function onboard(address wallet, uint16 country) internal {
        bytes32 salt = keccak256(abi.encode(wallet));
        Claim[] memory claims = claimOf(store.predictIdentity(salt), 1, 5 * 365 days);
        bytes memory signature = signed(claims);
        vm.prank(registrar);
        registry.onboard(Investor({ wallet: wallet, salt: salt, country: country }), claims, signature);
    }

    function accredit(address wallet, uint256 period) internal {
        Claim[] memory claims = claimOf(registry.identity(wallet), ACCREDITED, period);
        store.writeClaims(claims, signed(claims));
    }

    function claimOf(address identity, uint256 topic, uint256 period) internal view returns (Claim[] memory claims) {
        claims = new Claim[](1);
        claims[0] = Claim({
            issuer: claimIssuer,
            identity: identity,
            topic: topic,
            dataHash: keccak256(abi.encode(identity)),
            issuedAt: uint40(block.timestamp),
            validUntil: uint40(block.timestamp + period),
            nonce: 1
        });
    }

    function signed(Claim[] memory claims) internal returns (bytes memory) {
        (, uint256 key) = makeAddrAndKey("claim issuer");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, store.claimsDigest(claims));
        return abi.encodePacked(r, s, v);
    }

    function setRule(IRule rule, bytes memory parameters) internal {
        RuleSetting[] memory settings = new RuleSetting[](1);
        settings[0] = RuleSetting(address(rule), parameters);
        vm.prank(owner);
        compliance.setRules(settings);
    }

    function mint(address to, uint256 amount) internal {
        vm.prank(agent);
        token.mint(to, amount);
    }

    function transfer(address from, address to, uint256 amount) internal {
        assertEq(token.detectTransferRestriction(from, to, amount), ReasonCode.OK, "ERC-1404");
        vm.prank(from);
        token.transfer(to, amount);
    }

    function assertRefused(address from, address to, uint256 amount, IRule rule, uint8 code, uint256 actual, uint256 limit) internal {
        assertEq(token.detectTransferRestriction(from, to, amount), code, "ERC-1404");
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, code, address(rule), actual, limit));
        vm.prank(from);
        token.transfer(to, amount);
    }

    function list(address wallet) internal view returns (address[] memory identities) {
        identities = new address[](1);
        identities[0] = registry.identity(wallet);
    }

    function inUS(uint256 cap) internal pure returns (bytes memory) {
        CountryGroup[] memory groups = new CountryGroup[](1);
        groups[0] = CountryGroup(new uint16[](1), cap);
        groups[0].countries[0] = 840;
        return abi.encode(uint256(0), groups);
    }

    function test_When_HoldersAreCapped_ANewcomerMayOnlyTakeAPlace() public {
        HolderCap rule = new HolderCap();
        setRule(rule, abi.encode(uint256(2)));
        mint(ann, 100);
        mint(bob, 100);
        assertRefused(ann, cem, 99, rule, ReasonCode.HOLDER_CAP_REACHED, 3, 2);
        transfer(ann, annSecond, 50);
        assertRefused(ann, cem, 50, rule, ReasonCode.HOLDER_CAP_REACHED, 3, 2);
        transfer(annSecond, ann, 50);
        transfer(ann, cem, 100);
        vm.expectRevert(
            abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.HOLDER_CAP_REACHED, address(rule), 3, 2)
        );
        mint(ann, 1);
        vm.prank(agent);
        token.burn(bob, 100);
        mint(ann, 1);
    }

    function test_When_HoldersMustStay_TheLastOnesSellOnlyToANewcomer() public {
        MinimumHolders rule = new MinimumHolders();
        setRule(rule, abi.encode(uint256(2)));
        mint(ann, 100);
        mint(bob, 100);
        assertRefused(ann, bob, 100, rule, ReasonCode.MIN_HOLDERS, 1, 2);
        transfer(ann, bob, 99);
        (uint256 amount,) = token.maxTransferable(bob, ann);
        assertEq(amount, 198);
        transfer(ann, cem, 1);
    }

    function test_When_ACountryIsCapped_SyncFollowsAMove() public {
        HolderCapByCountry rule = new HolderCapByCountry();
        mint(ann, 100);
        mint(bob, 100);
        setRule(rule, inUS(1));
        assertRefused(bob, amy, 1, rule, ReasonCode.RULE_FAULT, 0, 2);
        assertRefused(bob, amy, 100, rule, ReasonCode.RULE_FAULT, 0, 2);
        transfer(bob, ann, 1);
        rule.sync(address(token), list(ann));
        rule.sync(address(token), list(bob));
        assertRefused(bob, amy, 99, rule, ReasonCode.COUNTRY_CAP_REACHED, 2, 1);
        transfer(ann, amy, 101);
        transfer(bob, cem, 99);
        vm.prank(registrar);
        registry.updateCountry(amy, 276);
        assertRefused(amy, ann, 100, rule, ReasonCode.COUNTRY_CAP_REACHED, 2, 1);
        rule.sync(address(token), list(amy));
        transfer(amy, ann, 100);
        assertEq(rule.holdersOf(address(token), 840), 1);
    }

    function test_When_AClaimLapses_TheHolderCountsOnUntilSync() public {
        HolderCapByCategory rule = new HolderCapByCategory();
        setRule(rule, abi.encode(ACCREDITED, false, uint256(1), new CountryGroup[](0)));
        mint(bob, 100);
        mint(ann, 100);
        assertRefused(bob, cem, 1, rule, ReasonCode.CATEGORY_CAP_REACHED, 2, 1);
        transfer(ann, cem, 100);
        vm.warp(block.timestamp + 31 days);
        assertEq(rule.categoryOf(address(token), registry.identity(bob)), rule.UNCAPPED());
        rule.sync(address(token), list(bob));
        assertRefused(bob, ann, 100, rule, ReasonCode.CATEGORY_CAP_REACHED, 2, 1);
        transfer(cem, bob, 100);
        transfer(bob, ann, 200);
    }

    function test_When_ACategorysUnitsAreCapped_OfficersActsAreCounted() public {
        CategoryPercentage rule = new CategoryPercentage();
        setRule(rule, abi.encode(uint16(5000), true, new uint16[](0), ACCREDITED, true));
        mint(ann, 100);
        vm.expectRevert(
            abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.MAX_CATEGORY_PCT, address(rule), 101, 100)
        );
        mint(bob, 101);
        mint(bob, 100);
        assertRefused(ann, bob, 1, rule, ReasonCode.MAX_CATEGORY_PCT, 101, 100);
        vm.startPrank(agent);
        token.scheduleForcedTransfer(bob, cem, 60, "court order");
        token.forcedTransfer(bob, cem, 60);
        token.burn(bob, 10);
        vm.stopPrank();
        (uint256 amount,) = token.maxTransferable(ann, bob);
        assertEq(amount, 65);
        transfer(ann, bob, 65);
        (uint256 holders, uint256 units) = rule.totalsOf(address(token), rule.INSIDE());
        assertEq(holders, 1);
        assertEq(units, token.balanceOf(bob));
        assertFalse(compliance.rules()[0].faulted);
    }

    function test_When_ACategorysHeadsAreCapped_TheShareAfterDecides() public {
        CategoryPercentage rule = new CategoryPercentage();
        setRule(rule, abi.encode(uint16(5000), false, new uint16[](0), ACCREDITED, true));
        accredit(amy, 30 days);
        mint(ann, 100);
        mint(bob, 100);
        assertRefused(ann, bob, 100, rule, ReasonCode.MAX_CATEGORY_PCT, 1, 0);
        assertRefused(ann, amy, 1, rule, ReasonCode.MAX_CATEGORY_PCT, 2, 1);
        assertRefused(ann, amy, 100, rule, ReasonCode.MAX_CATEGORY_PCT, 2, 1);
        transfer(bob, amy, 100);
        transfer(ann, cem, 100);
    }
}
