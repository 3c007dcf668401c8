// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Vm } from "forge-std/Test.sol";
import { IdentityStorage } from "../../../contracts/identity/IdentityStorage.sol";
import { IIdentityRegistry } from "../../../contracts/interfaces/IIdentityRegistry.sol";
import { Claim, IIdentityStorage } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { IdentityFixture } from "./IdentityFixture.sol";

/// @notice Says of itself whatever is asked: the shape of ERC-3643 issue 101.
contract SelfAttestingIdentity {
    function getClaim(bytes32) external view returns (uint256, uint256, address, bytes memory, bytes memory, string memory) {
        return (1, 1, address(this), "", "", "");
    }

    function isClaimValid(address, uint256, bytes calldata, bytes calldata) external pure returns (bool) {
        return true;
    }
}

/// @notice The abuse cases of the identity layer, each refused.
contract IdentityAbuseTest is IdentityFixture {
    uint256 private constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    address internal identity;

    function setUp() public override {
        super.setUp();
        identity = onboard(alice, ALICE);
    }

    /// @dev C1: the same claim again with (r, n − s, v flipped), or with v of 0 and 1.
    function test_ARevokedClaimDoesNotReturnByAMalleatedSignature() public {
        Claim memory claim = claimOn(ALICE);
        Claim[] memory claims = list(claim);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(issuer, store.claimsDigest(claims));
        store.revokeClaim(identity, KYC);

        bytes[3] memory forms = [
            abi.encodePacked(r, bytes32(CURVE_ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27)),
            abi.encodePacked(r, s, v - 27),
            abi.encodePacked(r, s | bytes32(uint256(1 << 255)), v)
        ];
        for (uint256 i = 0; i < forms.length; i++) {
            bytes memory refusal =
                abi.encodeWithSelector(IIdentityStorage.ClaimSignatureInvalid.selector, issuer.addr, store.claimsDigest(claims));
            vm.expectRevert(refusal);
            store.writeClaims(claims, forms[i]);
        }
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimNonceTooLow.selector, identity, KYC, 1, 1));
        store.writeClaims(claims, abi.encodePacked(r, s, v));
        assertEq(registry.verification(alice), ReasonCode.RECIPIENT_CLAIM_REVOKED);
    }

    /// @dev C1: a malleated form is refused for a fresh claim too.
    function test_AMalleatedSignatureWritesNothing() public {
        Claim memory claim = claimOn(ALICE);
        claim.nonce = 2;
        Claim[] memory claims = list(claim);
        bytes32 digest = store.claimsDigest(claims);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(issuer, digest);
        bytes memory malleated = abi.encodePacked(r, bytes32(CURVE_ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimSignatureInvalid.selector, issuer.addr, digest));
        store.writeClaims(claims, malleated);
    }

    /// @dev C3: an identity that attests itself.
    function test_ASelfAttestingIdentityIsNotRegistered() public {
        address forged = address(new SelfAttestingIdentity());
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.IdentityUnknown.selector, forged));
        registry.registerIdentity(stranger, forged, GERMANY);
        assertFalse(registry.isVerified(stranger));
    }

    /// @dev C8: no topics would verify everybody.
    function test_TopicsCannotBeEmptied() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TopicIsLast.selector, KYC));
        registry.removeClaimTopic(KYC);
        assertFalse(registry.isVerified(stranger));
        assertEq(newRegistry(address(token)).verification(alice), ReasonCode.RECIPIENT_CLAIM_MISSING);
    }

    /// @dev C9: the same signature on another chain, in another storage, for another issuer.
    function test_AClaimIsNotReplayedElsewhere() public {
        Claim memory claim = claimOn(ALICE);
        claim.nonce = 2;
        Claim[] memory claims = list(claim);
        bytes memory signature = signed(claims);
        bytes32 here = store.claimsDigest(claims);

        IdentityStorage another = new IdentityStorage(address(manager), address(this), address(factory));
        another.addIssuer(issuer.addr);
        another.reserveIdentity(ALICE);
        bytes32 digest = another.claimsDigest(claims);
        assertNotEq(digest, here);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimSignatureInvalid.selector, issuer.addr, digest));
        another.writeClaims(claims, signature);

        uint256 chain = block.chainid;
        vm.chainId(chain + 1);
        digest = store.claimsDigest(claims);
        assertNotEq(digest, here);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimSignatureInvalid.selector, issuer.addr, digest));
        store.writeClaims(claims, signature);
        vm.chainId(chain);

        Vm.Wallet memory second = vm.createWallet("second issuer");
        store.addIssuer(second.addr);
        claims[0].issuer = second.addr;
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimSignatureInvalid.selector, second.addr, store.claimsDigest(claims)));
        store.writeClaims(claims, signature);
    }

    /// @dev C9: a signed claim with a longer expiry, a changed field, an older nonce.
    function test_AClaimIsNotStretchedOrPutBack() public {
        Claim memory claim = claimOn(ALICE);
        claim.nonce = 2;
        Claim[] memory claims = list(claim);
        bytes memory signature = signed(claims);
        store.writeClaims(claims, signature);

        claims[0].validUntil += 365 days;
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimSignatureInvalid.selector, issuer.addr, store.claimsDigest(claims)));
        store.writeClaims(claims, signature);
        Claim[] memory first = list(claimOn(ALICE));
        bytes memory firstSignature = signed(first);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimNonceTooLow.selector, identity, KYC, 1, 2));
        store.writeClaims(first, firstSignature);
    }

    /// @dev C9: whatever single field is changed, the signature no longer holds.
    function testFuzz_TheSignatureCoversEveryField(uint8 field, uint256 value) public {
        Claim memory claim = claimOn(ALICE);
        claim.nonce = 2;
        Claim[] memory claims = list(claim);
        bytes memory signature = signed(claims);
        bytes32 before = keccak256(abi.encode(claims));
        field %= 6;
        if (field == 0) claims[0].identity = address(uint160(value));
        if (field == 1) claims[0].topic = value;
        if (field == 2) claims[0].dataHash = bytes32(value);
        if (field == 3) claims[0].issuedAt = uint40(value);
        if (field == 4) claims[0].validUntil = uint40(value);
        if (field == 5) claims[0].nonce = uint16(value);
        vm.assume(keccak256(abi.encode(claims)) != before);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimSignatureInvalid.selector, issuer.addr, store.claimsDigest(claims)));
        store.writeClaims(claims, signature);
    }

    /// @dev C19: a wallet leaves its investor while it holds units.
    function test_AWalletWithUnitsDoesNotLeaveItsInvestor() public {
        address other = store.reserveIdentity(BOB);
        otherToken.noteHolding(store, alice, true);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletHoldsUnits.selector, alice, 1));
        registry.deleteIdentity(alice);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletHoldsUnits.selector, alice, 1));
        registry.updateIdentity(alice, other);
        otherToken.noteHolding(store, alice, false);
        registry.updateIdentity(alice, other);
    }

    /// @dev C29: the issuer's key leaked and old signatures flood in after its epoch was raised.
    function test_OldSignaturesAreVoidAfterTheEpochWasRaised() public {
        Claim memory heldBack = claimOn(ALICE);
        heldBack.nonce = 2;
        Claim[] memory claims = list(heldBack);
        bytes memory signature = signed(claims);
        skip(10);

        store.raiseIssuerEpoch(issuer.addr);

        assertEq(registry.verification(alice), ReasonCode.RECIPIENT_CLAIM_REVOKED);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimIssuedTooEarly.selector, heldBack.issuedAt, block.timestamp));
        store.writeClaims(claims, signature);
        assertFalse(otherRegistry.isVerified(alice));
    }
}
