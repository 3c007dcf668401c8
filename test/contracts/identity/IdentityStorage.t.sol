// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { IERC1271 } from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import { Vm } from "forge-std/Test.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { IdentityRegistry } from "../../../contracts/identity/IdentityRegistry.sol";
import { IdentityStorage } from "../../../contracts/identity/IdentityStorage.sol";
import { Claim, IIdentityStorage, Investor } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { IAgentRole } from "../../../contracts/interfaces/erc3643/IAgentRole.sol";
import { IERC173 } from "../../../contracts/interfaces/erc3643/IERC173.sol";
import { IERC3643IdentityRegistryStorage as IStorage } from "../../../contracts/interfaces/erc3643/IERC3643IdentityRegistryStorage.sol";
import { IdentityFixture } from "./IdentityFixture.sol";
import { TokenStandIn } from "./TokenStandIn.sol";

/// @notice An issuer that is a contract: it stands by one digest.
contract ContractIssuer is IERC1271 {
    bytes32 private immutable _digest;

    constructor(bytes32 digest) {
        _digest = digest;
    }

    function isValidSignature(bytes32 hash, bytes memory) external view returns (bytes4) {
        return hash == _digest ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}

contract IdentityStorageTest is IdentityFixture {
    using Eligibility for uint256;

    address internal identity;

    function setUp() public override {
        super.setUp();
        identity = onboard(alice, ALICE);
    }

    /* ONBOARDING */

    function test_OnboardReservesLinksSetsAndWrites() public {
        address bobIdentity = factory.predict(BOB);
        Claim[] memory claims = list(claimOn(BOB));
        bytes memory signature = signed(claims);
        vm.expectEmit(address(store));
        emit IStorage.IdentityStored(bob, bobIdentity);
        vm.expectEmit(address(store));
        emit IIdentityStorage.ClaimWritten(bobIdentity, KYC, issuer.addr, claims[0].dataHash, claims[0].validUntil, 1);

        assertEq(registry.onboard(investor(bob, BOB), claims, signature), bobIdentity);

        assertEq(store.storedIdentity(bob), bobIdentity);
        assertEq(store.storedInvestorCountry(bob), GERMANY);
        assertEq(store.predictIdentity(BOB), bobIdentity);
        (uint256 issuerIndex, uint256 expiryHour, uint256 epoch, uint256 nonce) = store.investorWord(bobIdentity).lane(0);
        assertEq(issuerIndex, 0);
        assertEq(expiryHour, claims[0].validUntil / 3600);
        assertEq(epoch, 0);
        assertEq(nonce, 1);
        assertEq(store.investorWord(bobIdentity).walletCount(), 1);
    }

    function test_RevertWhen_AStrangerWritesInvestors() public {
        Claim[] memory claims = list(claimOn(BOB));
        Investor[] memory investors = new Investor[](1);
        investors[0] = investor(bob, BOB);
        bytes memory refusal = abi.encodeWithSelector(IIdentityStorage.CallerNotBoundRegistry.selector, address(this));
        vm.expectRevert(refusal);
        store.onboardBatch(investors, claims, "");
        vm.expectRevert(refusal);
        store.addIdentityToStorage(bob, identity, GERMANY);
        vm.expectRevert(refusal);
        store.removeIdentityFromStorage(alice);
        vm.expectRevert(refusal);
        store.modifyStoredIdentity(alice, identity);
        vm.expectRevert(refusal);
        store.modifyStoredInvestorCountry(alice, FRANCE);
    }

    function test_RevertWhen_TooManyAreOnboarded() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.BatchTooLong.selector, 126, 125));
        registry.onboardBatch(new Investor[](126), new Claim[](0), "");
    }

    function test_RevertWhen_OnboardedWithoutClaims() public {
        vm.expectRevert(IIdentityStorage.ClaimsEmpty.selector);
        registry.onboard(investor(bob, BOB), new Claim[](0), "");
    }

    /* CLAIMS */

    function test_AnyoneRelaysAHigherNonce() public {
        Claim memory claim = claimOn(ALICE);
        claim.nonce = 7;
        Claim[] memory claims = list(claim);
        bytes memory signature = signed(claims);

        vm.prank(stranger);
        store.writeClaims(claims, signature);

        (,,, uint256 nonce) = store.investorWord(identity).lane(0);
        assertEq(nonce, 7);
    }

    function test_OneSignatureCarriesSeveralClaims() public {
        Claim memory renewed = claimOn(ALICE);
        renewed.nonce = 2;
        Claim memory aml = claimOn(ALICE);
        aml.topic = AML;
        Claim[] memory claims = list(renewed, aml);

        store.writeClaims(claims, signed(claims));

        (uint256 issuerIndex,,, uint256 nonce) = store.investorWord(identity).lane(1);
        assertEq(issuerIndex, 0);
        assertEq(nonce, 1);
    }

    function test_AContractSignsByErc1271() public {
        Claim memory claim = claimOn(ALICE);
        claim.nonce = 2;
        claim.issuer = makeAddr("contract issuer");
        Claim[] memory claims = list(claim);
        deployCodeTo("IdentityStorage.t.sol:ContractIssuer", abi.encode(store.claimsDigest(claims)), claim.issuer);
        store.addIssuer(claim.issuer);

        store.writeClaims(claims, "");

        claims[0].nonce = 3;
        bytes32 digest = store.claimsDigest(claims);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimSignatureInvalid.selector, claim.issuer, digest));
        store.writeClaims(claims, "");
    }

    function test_RevertWhen_ClaimsAreEmptyOrTooMany() public {
        vm.expectRevert(IIdentityStorage.ClaimsEmpty.selector);
        store.writeClaims(new Claim[](0), "");
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.BatchTooLong.selector, 251, 250));
        store.writeClaims(new Claim[](251), "");
    }

    function test_RevertWhen_IssuerIsNotInTheTable() public {
        Vm.Wallet memory unknown = vm.createWallet("unknown issuer");
        Claim memory claim = claimOn(ALICE);
        (claim.issuer, claim.nonce) = (unknown.addr, 2);
        Claim[] memory claims = list(claim);
        bytes memory signature = signedBy(unknown, claims);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimIssuerUnknown.selector, unknown.addr));
        store.writeClaims(claims, signature);
    }

    function test_RevertWhen_IssuersDiffer() public {
        Vm.Wallet memory second = vm.createWallet("second issuer");
        store.addIssuer(second.addr);
        Claim memory first = claimOn(ALICE);
        first.nonce = 2;
        Claim memory other = claimOn(ALICE);
        (other.issuer, other.nonce) = (second.addr, 3);
        Claim[] memory claims = list(first, other);
        bytes memory signature = signed(claims);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimIssuersDiffer.selector, 1, issuer.addr, second.addr));
        store.writeClaims(claims, signature);
    }

    function test_RevertWhen_AnotherSigned() public {
        Claim memory claim = claimOn(ALICE);
        claim.nonce = 2;
        Claim[] memory claims = list(claim);
        bytes memory signature = signedBy(vm.createWallet("forger"), claims);
        bytes32 digest = store.claimsDigest(claims);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimSignatureInvalid.selector, issuer.addr, digest));
        store.writeClaims(claims, signature);
    }

    function test_RevertWhen_IdentityIsUnknown() public {
        Claim memory claim = claimOn(BOB);
        _expectRefusal(claim, abi.encodeWithSelector(IIdentityStorage.IdentityUnknown.selector, claim.identity));
    }

    function test_RevertWhen_TopicHasNoLane() public {
        Claim memory claim = claimOn(ALICE);
        claim.nonce = 2;
        claim.topic = 0;
        _expectRefusal(claim, abi.encodeWithSelector(IIdentityStorage.ClaimTopicOutOfRange.selector, 0));
        claim.topic = 6;
        _expectRefusal(claim, abi.encodeWithSelector(IIdentityStorage.ClaimTopicOutOfRange.selector, 6));
    }

    function test_RevertWhen_IssuedInFuture() public {
        Claim memory claim = claimOn(ALICE);
        claim.nonce = 2;
        claim.issuedAt++;
        _expectRefusal(claim, abi.encodeWithSelector(IIdentityStorage.ClaimIssuedInFuture.selector, block.timestamp + 1, block.timestamp));
    }

    function test_RevertWhen_Expired() public {
        Claim memory claim = claimOn(ALICE);
        claim.nonce = 2;
        uint256 hourEnd = (block.timestamp / 3600 + 1) * 3600;
        // Ends within this hour, which counts as ended.
        claim.validUntil = uint40(hourEnd - 1);
        _expectRefusal(claim, abi.encodeWithSelector(IIdentityStorage.ClaimExpired.selector, hourEnd - 1, block.timestamp));
        claim.validUntil = uint40(hourEnd);
        write(claim);
    }

    function test_RevertWhen_ExpiryDoesNotFit() public {
        Claim memory claim = claimOn(ALICE);
        claim.nonce = 2;
        uint256 latest = ((1 << 20) - 1) * 3600;
        claim.validUntil = uint40(latest + 3600);
        _expectRefusal(claim, abi.encodeWithSelector(IIdentityStorage.ClaimExpiryTooLate.selector, latest + 3600, latest));
        claim.validUntil = uint40(latest + 3599);
        write(claim);
    }

    function test_RevertWhen_NonceIsNotAbove() public {
        Claim memory claim = claimOn(ALICE);
        _expectRefusal(claim, abi.encodeWithSelector(IIdentityStorage.ClaimNonceTooLow.selector, identity, KYC, 1, 1));
        claim.topic = AML;
        claim.nonce = 0;
        _expectRefusal(claim, abi.encodeWithSelector(IIdentityStorage.ClaimNonceTooLow.selector, identity, AML, 0, 0));
    }

    function test_RevertWhen_NonceDoesNotFit() public {
        Claim memory claim = claimOn(ALICE);
        claim.nonce = 4096;
        _expectRefusal(claim, abi.encodeWithSelector(IIdentityStorage.ClaimNonceTooHigh.selector, 4096, 4095));
        claim.nonce = 4095;
        write(claim);
    }

    /* REVOCATION AND EPOCHS */

    function test_RevocationActsAtOnceInEveryTokenAndKeepsTheNonce() public {
        assertTrue(registry.isVerified(alice) && otherRegistry.isVerified(alice));
        vm.expectEmit(address(store));
        emit IIdentityStorage.ClaimRevoked(identity, KYC, issuer.addr);

        vm.prank(issuer.addr);
        store.revokeClaim(identity, KYC);

        assertFalse(registry.isVerified(alice));
        assertFalse(otherRegistry.isVerified(alice));
        (, uint256 expiryHour,, uint256 nonce) = store.investorWord(identity).lane(0);
        assertEq(expiryHour, 0);
        assertEq(nonce, 1);
    }

    function test_TheOwnerOfTheTableRevokesToo() public {
        store.revokeClaim(identity, KYC);
        assertFalse(registry.isVerified(alice));
    }

    function test_RevertWhen_AStrangerRevokesOrRaises() public {
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.CallerNotIssuer.selector, stranger, issuer.addr));
        store.revokeClaim(identity, KYC);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.CallerNotIssuer.selector, stranger, issuer.addr));
        store.raiseIssuerEpoch(issuer.addr);
    }

    function test_RevertWhen_ThereIsNothingToRevoke() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimUnknown.selector, identity, AML));
        store.revokeClaim(identity, AML);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimTopicOutOfRange.selector, 9));
        store.revokeClaim(identity, 9);
        store.revokeClaim(identity, KYC);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimAlreadyRevoked.selector, identity, KYC));
        store.revokeClaim(identity, KYC);
    }

    function test_OnlyAClaimIssuedAfterTheRevocationLiftsIt() public {
        Claim memory heldBack = claimOn(ALICE);
        heldBack.nonce = 9;
        skip(1);
        store.revokeClaim(identity, KYC);
        _expectRefusal(heldBack, abi.encodeWithSelector(IIdentityStorage.ClaimIssuedTooEarly.selector, heldBack.issuedAt, block.timestamp));

        Claim memory renewed = claimOn(ALICE);
        renewed.nonce = 2;
        write(renewed);

        assertTrue(registry.isVerified(alice));
    }

    function test_RaisingTheEpochVoidsEveryClaimOfTheIssuer() public {
        vm.expectEmit(address(store));
        emit IIdentityStorage.IssuerEpochRaised(issuer.addr, 1);
        vm.prank(issuer.addr);
        store.raiseIssuerEpoch(issuer.addr);
        assertFalse(registry.isVerified(alice));
        assertEq(store.epochs().epochOf(0), 1);

        Claim memory renewed = claimOn(ALICE);
        renewed.nonce = 2;
        write(renewed);

        assertTrue(registry.isVerified(alice));
    }

    function test_RevertWhen_AnUnknownIssuersEpochIsRaised() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimIssuerUnknown.selector, stranger));
        store.raiseIssuerEpoch(stranger);
    }

    function test_RevertWhen_EpochsAreExhausted() public {
        bytes memory refusal = abi.encodeWithSelector(IIdentityStorage.IssuerEpochsExhausted.selector, issuer.addr);
        vm.startPrank(issuer.addr);
        for (uint256 i = 0; i < 239; i++) {
            store.raiseIssuerEpoch(issuer.addr);
        }
        vm.expectRevert(refusal);
        store.raiseIssuerEpoch(issuer.addr);
        vm.stopPrank();
        for (uint256 i = 0; i < 16; i++) {
            store.raiseIssuerEpoch(issuer.addr);
        }
        vm.expectRevert(refusal);
        store.raiseIssuerEpoch(issuer.addr);
    }

    function test_RevertWhen_ASuspendedIssuerSigns() public {
        vm.expectEmit(address(store));
        emit IIdentityStorage.IssuerSuspended(issuer.addr, true);
        store.setIssuerSuspended(issuer.addr, true);
        assertTrue(registry.isVerified(alice), "what it signed before stands");

        Claim[] memory claims = list(claimOn(BOB));
        bytes memory signature = signed(claims);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.IssuerIsSuspended.selector, issuer.addr));
        store.writeClaims(claims, signature);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.IssuerIsSuspended.selector, issuer.addr));
        registry.onboard(investor(bob, BOB), claims, signature);

        store.setIssuerSuspended(issuer.addr, false);
        registry.onboard(investor(bob, BOB), claims, signature);
        assertTrue(registry.isVerified(bob));
    }

    function test_RevertWhen_SomebodyElseSuspends_OrAnUnknownIssuerIs() public {
        vm.prank(issuer.addr);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.CallerNotOwner.selector, issuer.addr));
        store.setIssuerSuspended(issuer.addr, false);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimIssuerUnknown.selector, stranger));
        store.setIssuerSuspended(stranger, true);
    }

    /* ISSUER TABLE */

    function test_TheTableTakesSixteenIssuers() public {
        assertEq(store.issuerPlace(issuer.addr), 1);
        assertEq(store.issuerAt(1), issuer.addr);
        for (uint160 i = 2; i <= 16; i++) {
            assertEq(store.addIssuer(address(i)), i);
        }
        assertEq(store.issuerAt(17), address(0));

        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.IssuerTableFull.selector, 16));
        store.addIssuer(address(17));
    }

    function test_RevertWhen_AnIssuerIsAddedTwiceOrIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.IssuerAlreadyAdded.selector, issuer.addr, 1));
        store.addIssuer(issuer.addr);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.IssuerInvalid.selector, address(0)));
        store.addIssuer(address(0));
    }

    /* WALLETS */

    function test_AFurtherWalletSharesClaimsAndCountry() public {
        registry.registerIdentity(bob, identity, GERMANY);

        assertTrue(registry.isVerified(bob));
        assertEq(store.investorWord(identity).walletCount(), 2);
        assertEq(store.storedInvestorCountry(bob), GERMANY);
    }

    function test_RevertWhen_AFurtherWalletHasAnotherCountry() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.CountryDiffers.selector, identity, GERMANY, FRANCE));
        registry.registerIdentity(bob, identity, FRANCE);
    }

    function test_RevertWhen_TheWalletIsTakenOrZero() public {
        address other = store.reserveIdentity(BOB);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletTaken.selector, alice, identity));
        registry.registerIdentity(alice, other, GERMANY);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletInvalid.selector, address(0)));
        registry.registerIdentity(address(0), other, GERMANY);
    }

    function test_RevertWhen_ASixteenthWalletIsLinked() public {
        for (uint160 i = 1; i <= 14; i++) {
            registry.registerIdentity(address(i), identity, GERMANY);
        }
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.TooManyWallets.selector, identity, 15));
        registry.registerIdentity(bob, identity, GERMANY);
    }

    function test_CountryChangesForEveryWallet() public {
        registry.registerIdentity(bob, identity, GERMANY);
        token.noteHolding(store, bob, true);
        vm.expectEmit(address(store));
        emit IStorage.CountryModified(alice, FRANCE);
        vm.expectEmit(address(store));
        emit IStorage.CountryModified(bob, FRANCE);

        registry.updateCountry(alice, FRANCE);

        assertEq(store.storedInvestorCountry(bob), FRANCE);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletUnknown.selector, stranger));
        registry.updateCountry(stranger, FRANCE);
    }

    function test_DeletingFreesTheWallet() public {
        vm.expectEmit(address(store));
        emit IStorage.IdentityUnstored(alice, identity);

        registry.deleteIdentity(alice);

        assertEq(store.walletWord(alice), 0);
        assertEq(store.storedInvestorCountry(alice), 0);
        assertEq(store.investorWord(identity).walletCount(), 0);
        registry.registerIdentity(alice, store.reserveIdentity(BOB), FRANCE);
    }

    function test_MovingTakesTheCountryAlong() public {
        address other = store.reserveIdentity(BOB);
        vm.expectEmit(address(store));
        emit IStorage.IdentityModified(identity, other);

        registry.updateIdentity(alice, other);

        assertEq(store.storedIdentity(alice), other);
        assertEq(store.storedInvestorCountry(alice), GERMANY);
        assertEq(store.investorWord(identity).walletCount(), 0);
        assertEq(store.investorWord(other).walletCount(), 1);
        assertFalse(registry.isVerified(alice));
    }

    function test_MovingToTheSameIdentityChangesNothing() public {
        uint256 word = store.investorWord(identity);
        registry.updateIdentity(alice, identity);
        assertEq(store.investorWord(identity), word);
    }

    function test_RevertWhen_AnUnknownWalletOrIdentityMoves() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletUnknown.selector, bob));
        registry.updateIdentity(bob, identity);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletUnknown.selector, bob));
        registry.deleteIdentity(bob);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.IdentityUnknown.selector, stranger));
        registry.updateIdentity(alice, stranger);
    }

    /// @dev Else deleting or moving it would take a frozen wallet off the list of the investor's, and free what waits for him.
    function test_RevertGiven_TheWalletIsFrozenInAnyToken_ItLeaves() public {
        otherToken.freeze(alice, true);
        bytes memory refusal = abi.encodeWithSelector(IIdentityStorage.WalletFrozen.selector, alice, address(otherToken));
        vm.expectRevert(refusal);
        registry.deleteIdentity(alice);
        address other = store.reserveIdentity(BOB);
        vm.expectRevert(refusal);
        registry.updateIdentity(alice, other);

        otherToken.freeze(alice, false);
        registry.deleteIdentity(alice);
    }

    /* HOLDINGS */

    function test_HoldingsListTheWalletAndCount() public {
        assertEq(store.walletsOf(identity).length, 0);

        token.noteHolding(store, alice, true);
        otherToken.noteHolding(store, alice, true);

        assertEq(store.walletWord(alice).holdCount(), 2);
        assertEq(store.walletsOf(identity).length, 1);
        assertEq(store.walletsOf(identity)[0], alice);

        token.noteHolding(store, alice, false);
        otherToken.noteHolding(store, alice, false);

        assertEq(store.walletWord(alice).holdCount(), 0);
        assertEq(store.walletsOf(identity).length, 1);
        registry.deleteIdentity(alice);
        assertEq(store.walletsOf(identity).length, 0);
    }

    function test_TheLastOfTheListFillsAGap() public {
        address[3] memory wallets = [alice, bob, stranger];
        registry.registerIdentity(bob, identity, GERMANY);
        registry.registerIdentity(stranger, identity, GERMANY);
        for (uint256 i = 0; i < 3; i++) {
            token.noteHolding(store, wallets[i], true);
        }
        token.noteHolding(store, alice, false);

        registry.deleteIdentity(alice);

        address[] memory left = store.walletsOf(identity);
        assertEq(left.length, 2);
        assertEq(left[0], stranger);
        assertEq(left[1], bob);
    }

    function test_RevertWhen_AStrangerCountsOrRetires() public {
        bytes memory refusal = abi.encodeWithSelector(IIdentityStorage.CallerNotBoundToken.selector, address(this));
        vm.expectRevert(refusal);
        store.noteHolding(alice, true);
        vm.expectRevert(refusal);
        store.retireWallet(alice, bob);
    }

    function test_RevertWhen_HoldingsOfAnUnknownWalletAreCounted() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletUnknown.selector, bob));
        token.noteHolding(store, bob, true);
    }

    function test_RevertWhen_HoldingsWouldGoBelowZero() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.HoldCountOutOfRange.selector, alice, 0));
        token.noteHolding(store, alice, false);
    }

    /* RETIREMENT */

    function test_RetiringKeepsTheIdentityAndLinksTheReplacement() public {
        token.noteHolding(store, alice, true);
        vm.expectEmit(address(store));
        emit IStorage.IdentityStored(bob, identity);
        vm.expectEmit(address(store));
        emit IIdentityStorage.WalletRetired(alice, identity, bob);

        token.retireWallet(store, alice, bob);

        assertTrue(store.walletWord(alice).isRetired());
        assertEq(store.storedIdentity(alice), identity);
        assertFalse(registry.contains(alice));
        assertFalse(registry.isVerified(alice));
        assertTrue(registry.contains(bob) && registry.isVerified(bob));
        assertEq(store.storedInvestorCountry(bob), GERMANY);
        assertEq(store.investorWord(identity).walletCount(), 2);

        token.noteHolding(store, bob, true);
        token.noteHolding(store, alice, false);

        assertEq(store.investorWord(identity).walletCount(), 1);
        assertEq(store.walletsOf(identity).length, 1);
        assertEq(store.walletsOf(identity)[0], bob);
        assertEq(store.storedIdentity(alice), identity);
    }

    function test_EachTokenRecoversFromARetiredWallet() public {
        token.noteHolding(store, alice, true);
        otherToken.noteHolding(store, alice, true);
        token.retireWallet(store, alice, bob);
        token.noteHolding(store, alice, false);

        otherToken.retireWallet(store, alice, bob);
        otherToken.noteHolding(store, alice, false);

        assertEq(store.walletWord(alice).holdCount(), 0);
        assertEq(store.investorWord(identity).walletCount(), 1);
    }

    function test_ReplacementMayBeAWalletOfTheSameInvestor() public {
        registry.registerIdentity(bob, identity, GERMANY);
        token.retireWallet(store, alice, bob);
        assertEq(store.investorWord(identity).walletCount(), 1);
    }

    function test_RevertWhen_TheReplacementIsNotFit() public {
        address bobIdentity = onboard(bob, BOB);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletTaken.selector, bob, bobIdentity));
        token.retireWallet(store, alice, bob);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletInvalid.selector, alice));
        token.retireWallet(store, alice, alice);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletInvalid.selector, address(0)));
        token.retireWallet(store, alice, address(0));
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletUnknown.selector, stranger));
        token.retireWallet(store, stranger, alice);
    }

    function test_ARetiredWalletStaysRetired() public {
        token.retireWallet(store, alice, bob);
        bytes memory refusal = abi.encodeWithSelector(IIdentityStorage.WalletIsRetired.selector, alice);
        vm.expectRevert(refusal);
        registry.deleteIdentity(alice);
        vm.expectRevert(refusal);
        registry.updateIdentity(alice, identity);
        vm.expectRevert(refusal);
        token.noteHolding(store, alice, true);
        vm.expectRevert(refusal);
        token.retireWallet(store, bob, alice);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletTaken.selector, alice, identity));
        registry.registerIdentity(alice, identity, GERMANY);
    }

    /* IDENTITIES */

    function test_ReservingMakesAnIdentityKnown() public {
        vm.expectEmit(address(store));
        emit IIdentityStorage.IdentityReserved(factory.predict(BOB), BOB);
        assertTrue(store.investorWord(store.reserveIdentity(BOB)).isKnown());
    }

    function test_ReservingTwiceChangesNothing() public {
        uint256 word = store.investorWord(identity);
        vm.prank(stranger);
        assertEq(store.reserveIdentity(ALICE), identity);
        assertEq(store.investorWord(identity), word);
    }

    function test_AForeignIdentityIsTakenOnceAllowed() public {
        address foreign = address(token);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.IdentityUnknown.selector, foreign));
        registry.registerIdentity(bob, foreign, GERMANY);
        vm.expectEmit(address(store));
        emit IIdentityStorage.IdentityAllowed(foreign);

        store.allowIdentity(foreign);

        registry.registerIdentity(bob, foreign, GERMANY);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.IdentityWithoutCode.selector, stranger));
        store.allowIdentity(stranger);
    }

    function test_BlockingBarsAtOnceAndIsLifted() public {
        store.setBlocked(identity, true);
        assertFalse(registry.isVerified(alice) || otherRegistry.isVerified(alice));
        store.setBlocked(identity, false);
        assertTrue(registry.isVerified(alice));
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.IdentityUnknown.selector, stranger));
        store.setBlocked(stranger, true);
    }

    /* BINDING */

    function test_BindingMakesRegistryAndTokenWriters() public {
        assertTrue(store.isAgent(address(registry)));
        assertTrue(store.isTokenBound(address(token)));
        assertEq(store.linkedIdentityRegistries().length, 2);
        TokenStandIn third = new TokenStandIn(address(this));
        IdentityRegistry thirdRegistry = newRegistry(address(third));
        vm.expectEmit(address(store));
        emit IIdentityStorage.TokenBound(address(third));
        vm.expectEmit(address(store));
        emit IStorage.IdentityRegistryBound(address(thirdRegistry));
        vm.expectEmit(address(store));
        emit IAgentRole.AgentAdded(address(thirdRegistry));

        store.addAgent(address(thirdRegistry));
    }

    function test_UnbindingTakesThePowerToWrite() public {
        token.noteHolding(store, alice, true);
        vm.expectEmit(address(store));
        emit IStorage.IdentityRegistryUnbound(address(registry));

        store.unbindIdentityRegistry(address(registry));

        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.CallerNotBoundRegistry.selector, address(registry)));
        registry.registerIdentity(bob, identity, GERMANY);
        // Its holders can still leave.
        token.noteHolding(store, alice, false);

        store.unbindToken(address(token));

        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.CallerNotBoundToken.selector, address(token)));
        token.noteHolding(store, alice, true);
    }

    function test_RevertWhen_ATokenIsUnboundWhileServed() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.TokenServed.selector, address(token), address(registry)));
        store.unbindToken(address(token));
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.TokenNotBound.selector, stranger));
        store.unbindToken(stranger);
    }

    function test_RevertWhen_ARegistryIsNotFit() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.RegistryInvalid.selector, stranger));
        store.bindIdentityRegistry(stranger);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.RegistryAlreadyBound.selector, address(registry)));
        store.bindIdentityRegistry(address(registry));
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.RegistryNotBound.selector, stranger));
        store.removeAgent(stranger);
        IdentityStorage another = new IdentityStorage(address(manager), address(this), address(factory));
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.RegistryInvalid.selector, address(registry)));
        another.bindIdentityRegistry(address(registry));
    }

    function test_RevertWhen_ASixtyFifthRegistryIsBound() public {
        for (uint256 i = 2; i < 64; i++) {
            store.bindIdentityRegistry(address(newRegistry(address(token))));
        }
        IdentityRegistry oneMore = newRegistry(address(token));
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.TooManyRegistries.selector, 64));
        store.bindIdentityRegistry(address(oneMore));
    }

    function test_RevertWhen_AStrangerConfigures() public {
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        store.addIssuer(stranger);
        vm.expectRevert(refusal);
        store.setBlocked(identity, true);
        vm.expectRevert(refusal);
        store.allowIdentity(address(token));
        vm.expectRevert(refusal);
        store.bindIdentityRegistry(address(registry));
        vm.expectRevert(refusal);
        store.unbindIdentityRegistry(address(registry));
        vm.expectRevert(refusal);
        store.addAgent(address(registry));
        vm.expectRevert(refusal);
        store.removeAgent(address(registry));
        vm.expectRevert(refusal);
        store.unbindToken(address(token));
    }

    /* OWNERSHIP */

    function test_OwnershipPassesInTwoSteps() public {
        vm.expectEmit(address(store));
        emit IIdentityStorage.OwnershipTransferStarted(address(this), bob);
        store.transferOwnership(bob);
        assertEq(store.owner(), address(this));
        assertEq(store.pendingOwner(), bob);
        vm.expectEmit(address(store));
        emit IERC173.OwnershipTransferred(address(this), bob);

        vm.prank(bob);
        store.acceptOwnership();

        assertEq(store.owner(), bob);
        assertEq(store.pendingOwner(), address(0));
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.CallerNotOwner.selector, address(this)));
        store.transferOwnership(stranger);
    }

    function test_RevertWhen_AnotherAcceptsOwnership() public {
        store.transferOwnership(bob);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.CallerNotPendingOwner.selector, stranger));
        vm.prank(stranger);
        store.acceptOwnership();
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.OwnerInvalid.selector, address(0)));
        new IdentityStorage(address(manager), address(0), address(factory));
    }

    /* PAIR */

    function test_PairGivesTheWordsOfBoth() public {
        address bobIdentity = onboard(bob, BOB);
        store.raiseIssuerEpoch(issuer.addr);

        (uint256 fromWallet, uint256 fromInvestor, uint256 toWallet, uint256 toInvestor, uint256 epochs) = store.pair(alice, bob);

        assertEq(fromWallet, store.walletWord(alice));
        assertEq(fromInvestor, store.investorWord(identity));
        assertEq(toWallet, store.walletWord(bob));
        assertEq(toInvestor, store.investorWord(bobIdentity));
        assertEq(epochs, store.epochs());
        (fromWallet, fromInvestor, toWallet, toInvestor,) = store.pair(address(0), stranger);
        assertEq(fromWallet | fromInvestor | toWallet | toInvestor, 0);
    }

    function _expectRefusal(Claim memory claim, bytes memory refusal) private {
        Claim[] memory claims = list(claim);
        bytes memory signature = signed(claims);
        vm.expectRevert(refusal);
        store.writeClaims(claims, signature);
    }
}
