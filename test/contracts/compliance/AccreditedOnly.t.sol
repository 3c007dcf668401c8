// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccreditedOnly } from "../../../contracts/compliance/rules/AccreditedOnly.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { Claim } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { TokenFixture } from "../token/TokenFixture.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

uint8 constant ACCREDITED = 3;

/// @dev A registry that answers whatever a test wants, or burns what gas it gets.
contract HostileRegistry {
    bytes internal answer;
    bool internal endless;

    function set(bytes calldata answer_, bool endless_) external {
        (answer, endless) = (answer_, endless_);
    }

    fallback() external {
        while (endless) { }
        bytes memory data = answer;
        assembly {
            return(add(data, 0x20), mload(data))
        }
    }
}

/// @dev A token as far as the rule asks it.
contract PointingToken {
    address public immutable compliance;
    uint256 public identityRegistry;

    constructor(address compliance_) {
        compliance = compliance_;
    }

    function point(uint256 registry) external {
        identityRegistry = registry;
    }
}

contract AccreditedOnlyTest is ComplianceFixture {
    AccreditedOnly internal rule = new AccreditedOnly();

    function only(uint16 country) internal pure returns (uint16[] memory countries) {
        countries = new uint16[](1);
        countries[0] = country;
    }

    function wordOf(uint16 country) internal pure returns (uint256) {
        return Eligibility.withCountry(0, country);
    }

    function refusal(uint8 status) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            ISecurityTokenCore.TransferRefused.selector, ReasonCode.ONLY_ACCREDITED, address(rule), status, ACCREDITED
        );
    }

    function test_When_TheWorldIsBound_WhoHasTheClaimReceives() public {
        setRule(rule, abi.encode(ACCREDITED, true, new uint16[](0)));
        mint(ann, 10);
        token.setTopicStatus(wordOf(276), ACCREDITED, ReasonCode.RECIPIENT_CLAIM_MISSING);
        vm.expectRevert(refusal(ReasonCode.RECIPIENT_CLAIM_MISSING));
        transfer(ann, bob, 1);
        vm.expectRevert(refusal(ReasonCode.RECIPIENT_CLAIM_MISSING));
        mint(bob, 1);
        token.setTopicStatus(wordOf(276), ACCREDITED, ReasonCode.OK);
        transfer(ann, bob, 1);
        mint(bob, 1);
    }

    function test_When_CountriesAreListed_OnlyTheirInvestorsNeedTheClaim() public {
        setRule(rule, abi.encode(ACCREDITED, false, only(840)));
        token.setTopicStatus(wordOf(276), ACCREDITED, ReasonCode.RECIPIENT_CLAIM_MISSING);
        token.setTopicStatus(wordOf(840), ACCREDITED, ReasonCode.RECIPIENT_CLAIM_MISSING);
        mint(bob, 10);
        vm.expectRevert(refusal(ReasonCode.RECIPIENT_CLAIM_MISSING));
        transfer(bob, ann, 1);
        assertEq(rule.configuration(address(token)), abi.encode(ACCREDITED, false, only(840)));
        assertTrue(rule.isRequired(address(token), 840));
        assertFalse(rule.isRequired(address(token), 276));
        setRule(rule, abi.encode(ACCREDITED, false, only(276)));
        transfer(bob, ann, 1);
        vm.expectRevert(refusal(ReasonCode.RECIPIENT_CLAIM_MISSING));
        transfer(ann, bob, 1);
    }

    function test_When_BothWalletsAreOneInvestorsOrAnOfficerActs_NoClaimIsNeeded() public {
        setRule(rule, abi.encode(ACCREDITED, true, new uint16[](0)));
        mint(ann, 10);
        token.setTopicStatus(wordOf(840), ACCREDITED, ReasonCode.RECIPIENT_CLAIM_REVOKED);
        transfer(ann, annSecond, 10);
        mint(bob, 10);
        token.move(Kind.FORCED, bob, ann, 10);
    }

    function test_RevertWhen_TheTopicIsNone() public {
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "topic"));
        setRule(rule, abi.encode(uint8(0), true, new uint16[](0)));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "topic"));
        setRule(rule, abi.encode(uint8(6), true, new uint16[](0)));
    }

    function test_When_TheRegistryDoesNotAnswer_NobodyReceivesAndNothingReverts() public {
        PointingToken pointing = new PointingToken(address(this));
        rule.configure(address(pointing), abi.encode(ACCREDITED, true, new uint16[](0)));
        HostileRegistry registry = new HostileRegistry();
        Transfer memory t;
        (t.token, t.fromInvestor, t.amount) = (address(pointing), annIdentity, 1);

        uint256[4] memory registries = [uint256(0), uint160(ann), type(uint256).max, uint160(address(registry))];
        for (uint256 i = 0; i < 4; i++) {
            pointing.point(registries[i]);
            assertUnanswered(t);
        }
        registry.set(abi.encode(uint256(256)), false);
        assertUnanswered(t);
        registry.set(hex"00", false);
        assertUnanswered(t);
        registry.set("", true);
        assertUnanswered(t);
        registry.set(abi.encode(uint256(0)), false);
        assertTrue(rule.check(t).pass);

        vm.etch(address(pointing), "");
        assertUnanswered(t);
        vm.etch(address(pointing), hex"fe");
        assertUnanswered(t);
    }

    /// @dev With no more gas than the compliance gives.
    function assertUnanswered(Transfer memory t) internal view {
        Verdict memory refused = rule.check{ gas: compliance.CHECK_GAS() }(t);
        assertEq(refused.code, ReasonCode.ONLY_ACCREDITED);
        assertEq(refused.actual, ReasonCode.UNKNOWN);
        assertEq(refused.room, 0);
    }

    function testFuzz_When_Judged_TheRegistryDecides(uint16 listed, uint16 country, bool world, uint8 status, Fuzzed memory fuzzed) public {
        listed = uint16(bound(listed, 1, 999));
        setRule(rule, abi.encode(ACCREDITED, world, only(listed)));
        Transfer memory t = movement(fuzzed);
        if (country % 2 == 0) country = listed;
        t.toWord = Eligibility.withCountry(t.toWord, country);
        if (status % 2 == 0) status = 0;
        token.setTopicStatus(t.toWord, ACCREDITED, status);
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        bool judged = t.kind <= Kind.MINT && !same && (world || country == listed);
        Verdict memory result = rule.check(t);
        assertEq(result.pass, !judged || status == 0);
        assertEq(result.room, result.pass ? type(uint256).max : 0);
        assertEq(result.until, 0);
        assertEnforceAgrees(rule, t);
        t.token = fuzzed.operator;
        rule.check(t);
    }
}

/// @notice Through a real token: the claim as its registry judges it.
contract AccreditedOnlySuiteTest is TokenFixture {
    AccreditedOnly internal rule = new AccreditedOnly();

    function setUp() public override {
        super.setUp();
        uint256[] memory topics = new uint256[](2);
        (topics[0], topics[1]) = (KYC, ACCREDITED);
        registry.updateIssuerClaimTopics(issuer.addr, topics);
        mint(bob, 100);
        setRule(address(rule), abi.encode(ACCREDITED, true, new uint16[](0)));
    }

    function accredit(uint40 validUntil, uint16 nonce) internal {
        Claim memory claim = claimOn(annIdentity, nonce);
        (claim.topic, claim.validUntil) = (ACCREDITED, validUntil);
        store.writeClaims(list(claim), signed(list(claim)));
    }

    function assertRefused(uint8 status) internal {
        (uint8 code,) = token.explain(bob, ann, 1);
        assertEq(code, ReasonCode.ONLY_ACCREDITED);
        expectRefusalBy(address(rule), ReasonCode.ONLY_ACCREDITED, status, ACCREDITED);
        vm.prank(bob);
        token.transfer(ann, 1);
    }

    function sell() internal {
        vm.prank(bob);
        token.transfer(ann, 1);
    }

    function test_When_TheClaimComesExpiresAndIsRevoked_TheRuleFollowsInTheSameBlock() public {
        assertRefused(ReasonCode.RECIPIENT_CLAIM_MISSING);
        uint40 validUntil = uint40(block.timestamp - block.timestamp % 1 hours + 10 days);
        accredit(validUntil, 1);
        sell();
        // Between the approval of a sale and the sale.
        vm.warp(validUntil - 1);
        sell();
        vm.warp(validUntil);
        assertRefused(ReasonCode.RECIPIENT_CLAIM_EXPIRED);
        accredit(validUntil + 10 days, 2);
        sell();
        vm.prank(issuer.addr);
        store.revokeClaim(annIdentity, ACCREDITED);
        assertRefused(ReasonCode.RECIPIENT_CLAIM_REVOKED);
    }

    function test_When_TheIssuersEpochIsRaised_ItsClaimsLapse() public {
        accredit(uint40(block.timestamp + 10 days), 1);
        sell();
        store.raiseIssuerEpoch(issuer.addr);
        skip(1);
        renewKyc(annIdentity, 2);
        renewKyc(bobIdentity, 2);
        assertRefused(ReasonCode.RECIPIENT_CLAIM_REVOKED);
        accredit(uint40(block.timestamp + 10 days), 2);
        sell();
    }
}
