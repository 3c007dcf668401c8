// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { TokenListing } from "../../../contracts/compliance/rules/TokenListing.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { TokenFixture } from "../token/TokenFixture.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

contract TokenListingTest is ComplianceFixture {
    TokenListing internal rule = new TokenListing();

    function setUp() public override {
        super.setUp();
        mint(ann, 100);
        mint(bob, 100);
        register(bob, bobIdentity);
        register(ann, annIdentity);
        register(annSecond, annIdentity);
    }

    /// @dev The stand-in is its own registry; it knows no wallets by itself.
    function register(address wallet, address identity) internal {
        vm.mockCall(address(token), abi.encodeWithSignature("contains(address)", wallet), abi.encode(true));
        vm.mockCall(address(token), abi.encodeWithSignature("identity(address)", wallet), abi.encode(identity));
    }

    function mode(TokenListing.Mode mode_) internal {
        setRule(rule, abi.encode(uint8(mode_)));
    }

    function choose(address wallet, TokenListing.Scope scope, TokenListing.Choice choice) internal {
        vm.prank(wallet);
        rule.choose(address(token), scope, choice);
    }

    function refusal(address to) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            ISecurityTokenCore.TransferRefused.selector, ReasonCode.RECIPIENT_NOT_LISTED, address(rule), uint160(to), 0
        );
    }

    /* OPT-IN */

    function test_When_OptIn_OnlyWhoAcceptedReceives() public {
        mode(TokenListing.Mode.OPT_IN);
        vm.expectRevert(refusal(bob));
        transfer(ann, bob, 1);
        vm.expectRevert(refusal(bob));
        mint(bob, 1);
        vm.expectEmit(address(rule));
        emit TokenListing.ListingChosen(
            address(token), bob, TokenListing.Scope.WALLET, TokenListing.Choice.NONE, TokenListing.Choice.ACCEPTED
        );
        choose(bob, TokenListing.Scope.WALLET, TokenListing.Choice.ACCEPTED);
        transfer(ann, bob, 1);
        mint(bob, 1);
        choose(bob, TokenListing.Scope.WALLET, TokenListing.Choice.NONE);
        vm.expectRevert(refusal(bob));
        transfer(ann, bob, 1);
    }

    function test_When_OptIn_SendingNeedsNoChoice() public {
        mode(TokenListing.Mode.OPT_IN);
        choose(bob, TokenListing.Scope.WALLET, TokenListing.Choice.ACCEPTED);
        transfer(ann, bob, 1);
        assertTrue(rule.moduleCheck(ann, bob, 1, address(compliance)));
        assertFalse(rule.moduleCheck(bob, ann, 1, address(compliance)));
    }

    /* OPT-OUT */

    function test_When_OptOut_OnlyWhoDeclinedDoesNotReceive() public {
        mode(TokenListing.Mode.OPT_OUT);
        transfer(ann, bob, 1);
        choose(bob, TokenListing.Scope.WALLET, TokenListing.Choice.DECLINED);
        vm.expectRevert(refusal(bob));
        transfer(ann, bob, 1);
        vm.expectRevert(refusal(bob));
        mint(bob, 1);
        transfer(bob, ann, 1);
        choose(bob, TokenListing.Scope.WALLET, TokenListing.Choice.ACCEPTED);
        transfer(ann, bob, 1);
    }

    /* SCOPE */

    function test_When_AnInvestorChooses_ItHoldsForAllHisWallets() public {
        mode(TokenListing.Mode.OPT_IN);
        choose(ann, TokenListing.Scope.INVESTOR, TokenListing.Choice.ACCEPTED);
        transfer(bob, ann, 1);
        transfer(bob, annSecond, 1);
        (TokenListing.Choice ofWallet, TokenListing.Choice ofInvestor) = rule.choicesOf(address(token), ann, annIdentity);
        assertEq(uint8(ofWallet), uint8(TokenListing.Choice.NONE));
        assertEq(uint8(ofInvestor), uint8(TokenListing.Choice.ACCEPTED));
        choose(annSecond, TokenListing.Scope.INVESTOR, TokenListing.Choice.DECLINED);
        vm.expectRevert(refusal(ann));
        transfer(bob, ann, 1);
    }

    function test_When_WalletAndInvestorDiffer_TheWalletDecides() public {
        mode(TokenListing.Mode.OPT_IN);
        choose(ann, TokenListing.Scope.INVESTOR, TokenListing.Choice.ACCEPTED);
        choose(annSecond, TokenListing.Scope.WALLET, TokenListing.Choice.DECLINED);
        transfer(bob, ann, 1);
        vm.expectRevert(refusal(annSecond));
        transfer(bob, annSecond, 1);
        choose(ann, TokenListing.Scope.INVESTOR, TokenListing.Choice.DECLINED);
        choose(annSecond, TokenListing.Scope.WALLET, TokenListing.Choice.ACCEPTED);
        transfer(bob, annSecond, 1);
        choose(annSecond, TokenListing.Scope.WALLET, TokenListing.Choice.NONE);
        vm.expectRevert(refusal(annSecond));
        transfer(bob, annSecond, 1);
    }

    function test_RevertWhen_AWalletThatIsNotRegisteredSpeaksForAnInvestor() public {
        mode(TokenListing.Mode.OPT_IN);
        address stranger = makeAddr("stranger");
        vm.mockCall(address(token), abi.encodeWithSignature("contains(address)", stranger), abi.encode(false));
        vm.expectRevert(abi.encodeWithSelector(TokenListing.ListingWalletNotRegistered.selector, address(token), stranger));
        choose(stranger, TokenListing.Scope.INVESTOR, TokenListing.Choice.ACCEPTED);
        choose(stranger, TokenListing.Scope.WALLET, TokenListing.Choice.ACCEPTED);
    }

    function test_When_SeveralTokensAreChosen_EachKeepsTheChoice() public {
        address[] memory tokens = new address[](2);
        (tokens[0], tokens[1]) = (address(token), makeAddr("another token"));
        vm.prank(bob);
        rule.batchChoose(tokens, TokenListing.Scope.WALLET, TokenListing.Choice.ACCEPTED);
        assertTrue(rule.takes(tokens[0], bob, bobIdentity));
        assertTrue(rule.takes(tokens[1], bob, bobIdentity));
        mode(TokenListing.Mode.OPT_IN);
        transfer(ann, bob, 1);
    }

    function test_When_BothWalletsAreOneInvestors_HeMayMoveUnits() public {
        mode(TokenListing.Mode.OPT_IN);
        choose(annSecond, TokenListing.Scope.WALLET, TokenListing.Choice.DECLINED);
        transfer(ann, annSecond, 1);
    }

    function test_When_UnitsAreForcedOrRecovered_NobodyIsAsked() public {
        mode(TokenListing.Mode.OPT_IN);
        token.move(Kind.FORCED, ann, bob, 1);
        token.move(Kind.RECOVERY, ann, annSecond, 1);
        token.move(Kind.BURN, bob, address(0), 1);
    }

    /* MODE */

    function test_When_TheSameModeIsSetAgain_ChoicesStay() public {
        mode(TokenListing.Mode.OPT_IN);
        choose(bob, TokenListing.Scope.WALLET, TokenListing.Choice.ACCEPTED);
        mode(TokenListing.Mode.OPT_IN);
        transfer(ann, bob, 1);
        assertEq(rule.configuration(address(token)), abi.encode(uint8(1)));
        assertEq(uint8(rule.modeOf(address(token))), uint8(TokenListing.Mode.OPT_IN));
        assertEq(rule.name(), "TokenListing");
    }

    function test_RevertWhen_TheModeChanges() public {
        mode(TokenListing.Mode.OPT_IN);
        vm.expectRevert(abi.encodeWithSelector(TokenListing.ListingModeFixed.selector, address(token), TokenListing.Mode.OPT_IN));
        mode(TokenListing.Mode.OPT_OUT);
    }

    function test_When_AClientAsksForTheMode_ItGetsItsOwnNumber() public {
        assertEq(uint8(rule.getTokenListingType(address(token))), 0);
        mode(TokenListing.Mode.OPT_OUT);
        assertEq(uint8(rule.getTokenListingType(address(token))), 2);
    }

    function test_RevertWhen_TheModeIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "mode"));
        setRule(rule, abi.encode(uint8(0)));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "mode"));
        setRule(rule, abi.encode(uint8(3)));
    }

    function test_When_NoModeWasEverSet_NobodyReceives() public view {
        assertFalse(rule.check(compliance.describe(Kind.TRANSFER, ann, ann, bob, 1)).pass);
    }

    function test_RevertWhen_TheCallerIsNotTheTokensCompliance() public {
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(this), address(token)));
        rule.configure(address(token), abi.encode(uint8(1)));
    }

    /* PROPERTIES */

    function testFuzz_When_Judged_TheRecipientsChoiceDecides(bool optIn, uint8 ofWallet, uint8 ofInvestor, Fuzzed memory fuzzed) public {
        mode(optIn ? TokenListing.Mode.OPT_IN : TokenListing.Mode.OPT_OUT);
        Transfer memory t = movement(fuzzed);
        vm.assume(t.to != address(token) && t.to != address(vm));
        register(t.to, t.toInvestor);
        (ofWallet, ofInvestor) = (ofWallet % 3, ofInvestor % 3);
        choose(t.to, TokenListing.Scope.WALLET, TokenListing.Choice(ofWallet));
        choose(t.to, TokenListing.Scope.INVESTOR, TokenListing.Choice(ofInvestor));
        uint8 choice = ofWallet == 0 ? ofInvestor : ofWallet;
        bool taken = choice == 0 ? !optIn : choice == 1;
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        Verdict memory verdict = rule.check(t);
        assertEq(verdict.pass, t.kind > Kind.MINT || same || taken);
        assertEq(verdict.code, verdict.pass ? 0 : ReasonCode.RECIPIENT_NOT_LISTED);
        assertEq(verdict.room, verdict.pass ? type(uint256).max : 0);
        assertEnforceAgrees(rule, t);
    }
}

/// @notice With the registry of a real token.
contract TokenListingSuiteTest is TokenFixture {
    TokenListing internal rule = new TokenListing();

    function test_When_AnInvestorSpeaksThroughOneWallet_AllHisWalletsReceive() public {
        setRule(address(rule), abi.encode(uint8(1)));
        vm.prank(annSecond);
        rule.choose(address(token), TokenListing.Scope.INVESTOR, TokenListing.Choice.ACCEPTED);
        mint(ann, 100);
        vm.prank(ann);
        expectRefusalBy(address(rule), ReasonCode.RECIPIENT_NOT_LISTED, uint160(bob), 0);
        token.transfer(bob, 1);
        assertExplained(ann, bob, 1, ReasonCode.RECIPIENT_NOT_LISTED);
        vm.prank(bob);
        rule.choose(address(token), TokenListing.Scope.WALLET, TokenListing.Choice.ACCEPTED);
        assertExplained(ann, bob, 1, ReasonCode.OK);
        vm.prank(ann);
        token.transfer(bob, 1);
    }

    function test_RevertWhen_TheWalletWasReplaced() public {
        mint(ann, 100);
        recover(token, ann, spareWallet, annIdentity);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(TokenListing.ListingWalletNotRegistered.selector, address(token), ann));
        rule.choose(address(token), TokenListing.Scope.INVESTOR, TokenListing.Choice.DECLINED);
    }

    function test_RevertWhen_AStrangerSpeaksForAnInvestor() public {
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(TokenListing.ListingWalletNotRegistered.selector, address(token), stranger));
        rule.choose(address(token), TokenListing.Scope.INVESTOR, TokenListing.Choice.DECLINED);
    }
}
