// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Vm } from "forge-std/Test.sol";
import { IdentityStorage } from "../../../contracts/identity/IdentityStorage.sol";
import { IIdentityRegistry } from "../../../contracts/interfaces/IIdentityRegistry.sol";
import { Claim, IIdentityStorage } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { IERC735 } from "../../../contracts/interfaces/erc735/IERC735.sol";
import { TrexSuite } from "../reference/TrexFixture.sol";
import { IOnchainIdClaimIssuer } from "../reference/TrexInterfaces.sol";
import { AbuseFixture } from "./AbuseFixture.sol";
import { DecoyIdentity, SelfAttestingIdentity } from "./HostileIdentities.sol";

/// @notice Getting past the question who may hold: claims revived, forged, borrowed or outlived.
contract ClaimsAbuseTest is AbuseFixture {
    uint256 private constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    address internal newcomer = makeAddr("newcomer");

    function malleated(bytes memory signature) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s, uint8 v) = parts(signature);
        return abi.encodePacked(r, CURVE_ORDER - uint256(s), v == 27 ? uint8(28) : uint8(27));
    }

    function withLowV(bytes memory signature) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s, uint8 v) = parts(signature);
        return abi.encodePacked(r, s, v - 27);
    }

    function parts(bytes memory signature) internal pure returns (bytes32 r, bytes32 s, uint8 v) {
        assembly {
            r := mload(add(signature, 0x20))
            s := mload(add(signature, 0x40))
            v := byte(0, mload(add(signature, 0x60)))
        }
    }

    function expectInvalidSignature(address issuer_, Claim[] memory claims) internal {
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimSignatureInvalid.selector, issuer_, store.claimsDigest(claims)));
    }

    /* C1 */

    function test_C01_ARevokedClaimComesBackInAnotherForm_Refused() external {
        Claim[] memory claims = list(claimOn(bobIdentity, 1));
        bytes memory signature = signed(claims);
        revokeKyc(bobIdentity);

        bytes[2] memory forms = [malleated(signature), withLowV(signature)];
        for (uint256 i = 0; i < forms.length; i++) {
            expectInvalidSignature(issuer.addr, claims);
            store.writeClaims(claims, forms[i]);
        }
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimNonceTooLow.selector, bobIdentity, KYC, 1, 1));
        store.writeClaims(claims, signature);
        expectRefusal(ReasonCode.RECIPIENT_CLAIM_REVOKED);
        mint(bob, 1);
    }

    function test_C01_ARevokedClaimComesBackInAnotherForm_SucceedsOnTheReference() external {
        bytes memory signature = trexClaimSignature(trexIdentityOf[bob], "passed");
        bytes[2] memory forms = [malleated(signature), withLowV(signature)];
        for (uint256 i = 0; i < forms.length; i++) {
            trexIssuer.revokeClaimBySignature(i == 0 ? signature : forms[0]);
            assertFalse(trex.registry.isVerified(bob));

            vm.prank(bob);
            IERC735(trexIdentityOf[bob]).addClaim(TREX_KYC, 1, address(trexIssuer), forms[i], "passed", "");
            assertTrue(trex.registry.isVerified(bob));
            trexMint(bob, 1);
        }
    }

    /* C2 */

    function test_C02_TheIdentityShowsItsIssuerADecoy_RefusedByNotAskingIt() external {
        address decoy = address(new DecoyIdentity());
        store.allowIdentity(decoy);
        registry.registerIdentity(newcomer, decoy, GERMANY);
        renewKyc(decoy, 1);
        mint(newcomer, 1);

        revokeKyc(decoy);
        expectRefusal(ReasonCode.RECIPIENT_CLAIM_REVOKED);
        mint(newcomer, 1);
    }

    function test_C02_TheIdentityShowsItsIssuerADecoy_SucceedsOnTheReference() external {
        DecoyIdentity decoy = new DecoyIdentity();
        decoy.hold(address(trexIssuer), trexClaimSignature(address(decoy), "passed"), "passed");
        vm.prank(trexAgent);
        trex.registry.registerIdentity(newcomer, address(decoy), GERMANY);

        trexIssuer.revokeClaim(trexClaimId(address(trexIssuer)), address(decoy));
        assertTrue(trexIssuer.isClaimRevoked("decoy"));
        assertTrue(trex.registry.isVerified(newcomer));
        trexMint(newcomer, 1);
    }

    /* C3 */

    function test_C03_AnIdentityAttestsItself_Refused() external {
        address forged = address(new SelfAttestingIdentity());
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.IdentityUnknown.selector, forged));
        registry.registerIdentity(newcomer, forged, GERMANY);
        expectRefusal(ReasonCode.RECIPIENT_NOT_REGISTERED);
        mint(newcomer, 1);
    }

    /// @dev Even one that the operator allowed has no say in its claims.
    function test_C03_AnAllowedIdentityAttestsItself_Refused() external {
        address forged = address(new SelfAttestingIdentity());
        store.allowIdentity(forged);
        registry.registerIdentity(newcomer, forged, GERMANY);
        expectRefusal(ReasonCode.RECIPIENT_CLAIM_MISSING);
        mint(newcomer, 1);
    }

    function test_C03_AnIdentityAttestsItself_SucceedsOnTheReference() external {
        address forged = address(new SelfAttestingIdentity());
        vm.prank(trexAgent);
        trex.registry.registerIdentity(newcomer, forged, GERMANY);
        assertTrue(trex.registry.isVerified(newcomer));
        trexMint(newcomer, 1);
        assertEq(trex.token.balanceOf(newcomer), 1);
    }

    /* C7 */

    function test_C07_AClaimIsOverAndItsHolderReceives_RefusedInTheSameBlock() external {
        vm.warp((block.timestamp + 365 days) / 1 hours * 1 hours - 1);
        mint(bob, 1);
        vm.warp(block.timestamp + 1);
        expectRefusal(ReasonCode.RECIPIENT_CLAIM_EXPIRED);
        mint(bob, 1);
    }

    function test_C07_AClaimIsRevokedAndItsHolderSends_RefusedInTheSameBlock() external {
        mint(ann, 2);
        vm.prank(ann);
        token.transfer(bob, 1);
        revokeKyc(annIdentity);
        expectRefusal(ReasonCode.SENDER_NOT_ELIGIBLE);
        vm.prank(ann);
        token.transfer(bob, 1);
    }

    /// @dev Nothing in the reference reads an end of validity, not even of a claim that carries one.
    function test_C07_AClaimIsOverAndItsHolderReceives_SucceedsOnTheReference() external {
        trexOnboardWithoutClaim(newcomer);
        trexAddClaim(newcomer, abi.encode(block.timestamp + 365 days));
        skip(3650 days);
        assertTrue(trex.registry.isVerified(newcomer));
        trexMint(newcomer, 1);
    }

    function test_C07_AClaimIsRevokedAndItsHolderSends_SucceedsOnTheReference() external {
        trexMint(ann, 1);
        trexIssuer.revokeClaimBySignature(trexClaimSignature(trexIdentityOf[ann], "passed"));
        assertFalse(trex.registry.isVerified(ann));
        vm.prank(ann);
        trex.token.transfer(bob, 1);
        assertEq(trex.token.balanceOf(bob), 1);
    }

    /* C8 */

    function test_C08_TheClaimTopicsAreEmptied_Refused() external {
        registry.registerIdentity(newcomer, store.reserveIdentity("newcomer"), GERMANY);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TopicIsLast.selector, KYC));
        registry.removeClaimTopic(KYC);
        expectRefusal(ReasonCode.RECIPIENT_CLAIM_MISSING);
        mint(newcomer, 1);
    }

    function test_C08_TheClaimTopicsAreEmptied_SucceedsOnTheReference() external {
        trexOnboardWithoutClaim(newcomer);
        assertFalse(trex.registry.isVerified(newcomer));
        vm.prank(trexOwner);
        trex.topics.removeClaimTopic(TREX_KYC);
        assertTrue(trex.registry.isVerified(newcomer));
        trexMint(newcomer, 1);
    }

    /* C9 */

    function test_C09_AClaimIsUsedOnAnotherChain_Refused() external {
        Claim[] memory claims = list(claimOn(bobIdentity, 2));
        bytes memory signature = signed(claims);
        vm.chainId(block.chainid + 1);
        expectInvalidSignature(issuer.addr, claims);
        store.writeClaims(claims, signature);
    }

    function test_C09_AClaimIsUsedInAnotherStorage_Refused() external {
        Claim[] memory claims = list(claimOn(bobIdentity, 2));
        bytes memory signature = signed(claims);
        IdentityStorage another = new IdentityStorage(address(manager), address(this), address(identityFactory));
        another.addIssuer(issuer.addr);
        another.reserveIdentity("bob");
        bytes32 digest = another.claimsDigest(claims);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimSignatureInvalid.selector, issuer.addr, digest));
        another.writeClaims(claims, signature);
    }

    function test_C09_AClaimIsPassedOffAsAnotherIssuers_Refused() external {
        Vm.Wallet memory second = vm.createWallet("second issuer");
        store.addIssuer(second.addr);
        Claim[] memory claims = list(claimOn(bobIdentity, 2));
        bytes memory signature = signed(claims);
        claims[0].issuer = second.addr;
        expectInvalidSignature(second.addr, claims);
        store.writeClaims(claims, signature);
    }

    function test_C09_AClaimIsPutBackOrStretched_Refused() external {
        Claim[] memory old = list(claimOn(bobIdentity, 1));
        bytes memory oldSignature = signed(old);
        Claim[] memory claims = list(claimOn(bobIdentity, 2));
        bytes memory signature = signed(claims);
        store.writeClaims(claims, signature);

        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimNonceTooLow.selector, bobIdentity, KYC, 1, 2));
        store.writeClaims(old, oldSignature);
        claims[0].validUntil += 365 days;
        expectInvalidSignature(issuer.addr, claims);
        store.writeClaims(claims, signature);
    }

    /// @dev The same identity address on another chain, as a factory that uses CREATE2 gives it.
    function test_C09_AClaimIsUsedOnAnotherChain_SucceedsOnTheReference() external {
        bytes memory signature = trexClaimSignature(trexIdentityOf[bob], "passed");
        vm.chainId(block.chainid + 1);
        assertTrue(trexIssuer.isClaimValid(trexIdentityOf[bob], TREX_KYC, signature, "passed"));
        assertTrue(trex.registry.isVerified(bob));
    }

    function test_C09_AClaimIsUsedInAnotherStorage_SucceedsOnTheReference() external {
        TrexSuite memory another = newTrexSuite("another", address(0));
        assertTrue(address(another.store) != address(trex.store));
        vm.prank(trexAgent);
        another.registry.registerIdentity(bob, trexIdentityOf[bob], FRANCE);
        assertTrue(another.registry.isVerified(bob));
    }

    /// @dev Two issuer contracts with one signer: what he signed for the first speaks for the second.
    function test_C09_AClaimIsPassedOffAsAnotherIssuers_SucceedsOnTheReference() external {
        IOnchainIdClaimIssuer second = newTrexClaimIssuer(trexSigner.addr);
        bytes memory signature = trexClaimSignature(trexIdentityOf[bob], "passed");
        vm.prank(bob);
        IERC735(trexIdentityOf[bob]).addClaim(TREX_KYC, 1, address(second), signature, "passed", "");
        (,, address holder,,,) = IERC735(trexIdentityOf[bob]).getClaim(trexClaimId(address(second)));
        assertEq(holder, address(second));
    }

    function test_C09_AClaimIsPutBack_SucceedsOnTheReference() external {
        trexAddClaim(bob, "passed, with conditions");
        trexAddClaim(bob, "passed");
        (,,,, bytes memory data,) = IERC735(trexIdentityOf[bob]).getClaim(trexClaimId(address(trexIssuer)));
        assertEq(data, "passed");
        assertTrue(trex.registry.isVerified(bob));
    }
}
