// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Vm } from "forge-std/Test.sol";
import { MessageHashUtils } from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { OnchainIdIssuer } from "../../../contracts/identity/OnchainIdIssuer.sol";
import { Claim, IIdentityStorage } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { IOnchainIdIssuer } from "../../../contracts/interfaces/IOnchainIdIssuer.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { IClaimIssuer } from "../../../contracts/interfaces/erc735/IClaimIssuer.sol";
import { IERC734 } from "../../../contracts/interfaces/erc735/IERC734.sol";
import { IERC735 } from "../../../contracts/interfaces/erc735/IERC735.sol";
import { IdentityFixture } from "./IdentityFixture.sol";

/// @dev What an ONCHAINID claim issuer has besides (EIP-3643, CC0).
interface IRevokingIssuer is IClaimIssuer, IERC734 {
    function revokeClaim(bytes32 claimId, address identity) external returns (bool);
    function revokeClaimBySignature(bytes calldata signature) external;
}

/// @notice An identity contract that shows what it is told to, or misbehaves.
contract HostileIdentity {
    enum Mode {
        Show,
        Refuse,
        RefuseAtLength,
        Garbage,
        Flood,
        Burn,
        Reenter
    }

    struct Shown {
        uint256 topic;
        uint256 scheme;
        address issuer;
        bytes signature;
        bytes data;
    }

    Mode public mode;
    Shown public shown;
    address public deceived;
    bytes public decoy;

    function set(Mode mode_) external {
        mode = mode_;
    }

    function show(Shown memory shown_) external {
        shown = shown_;
    }

    /// @dev Shows another signature to whoever is deceived.
    function deceive(address deceived_, bytes memory decoy_) external {
        (deceived, decoy) = (deceived_, decoy_);
    }

    function isClaimValid(address, uint256, bytes calldata, bytes calldata) external pure returns (bool) {
        return true;
    }

    function getClaim(bytes32) external returns (uint256, uint256, address, bytes memory, bytes memory, string memory) {
        if (mode == Mode.Refuse) revert("no");
        if (mode == Mode.RefuseAtLength) return _end(100_000, true);
        if (mode == Mode.Garbage) return _end(64, false);
        if (mode == Mode.Flood) return _end(400_000, false);
        if (mode == Mode.Burn) while (true) { }
        if (mode == Mode.Reenter) IOnchainIdIssuer(msg.sender).dropClaim(address(this), 1);
        bytes memory signature = msg.sender == deceived ? decoy : shown.signature;
        return (shown.topic, shown.scheme, shown.issuer, signature, shown.data, "");
    }

    function _end(uint256 length, bool refuse) private pure returns (uint256, uint256, address, bytes memory, bytes memory, string memory) {
        assembly {
            if refuse { revert(0, length) }
            mstore(0, not(0))
            return(0, length)
        }
    }
}

/// @notice The importing issuer beside ONCHAINID 2.2.1 itself, from its npm artifacts.
contract OnchainIdIssuerTest is IdentityFixture {
    using Eligibility for uint256;

    uint256 private constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    uint256 private constant FOREIGN_KYC = 10101000100006;
    uint256 private constant ECDSA_SCHEME = 1;
    uint256 private constant CLAIM_SIGNER = 3;
    bytes private constant DATA = "passed, 2026-05-28";

    Vm.Wallet internal signer;
    IRevokingIssuer internal foreign;
    address internal person;
    HostileIdentity internal hostile = new HostileIdentity();
    OnchainIdIssuer internal importer;

    function setUp() public override {
        super.setUp();
        signer = vm.createWallet("foreign claim signer");
        foreign = IRevokingIssuer(deployOnchainId("ClaimIssuer", abi.encode(address(this))));
        foreign.addKey(keccak256(abi.encode(signer.addr)), CLAIM_SIGNER, 1);
        person = deployOnchainId("Identity", abi.encode(alice, false));

        importer = newImporter();
        store.addIssuer(address(importer));
        store.allowIdentity(person);
        store.allowIdentity(address(hostile));
        registry.addTrustedIssuer(address(importer), topics(KYC));
        registry.registerIdentity(alice, person, GERMANY);
        registry.registerIdentity(bob, address(hostile), FRANCE);
    }

    /* BUILDERS */

    function deployOnchainId(string memory name, bytes memory arguments) internal returns (address deployed) {
        string memory path = string.concat("node_modules/@onchain-id/solidity/artifacts/contracts/", name, ".sol/", name, ".json");
        return deployCode(path, arguments);
    }

    function newImporter() internal returns (OnchainIdIssuer) {
        return new OnchainIdIssuer(address(store), address(foreign), [FOREIGN_KYC, 0, 0, 0, 0]);
    }

    function signatureOn(address identity, bytes memory data) internal returns (bytes memory) {
        bytes32 hash = MessageHashUtils.toEthSignedMessageHash(keccak256(abi.encode(identity, FOREIGN_KYC, data)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer, hash);
        return abi.encodePacked(r, s, v);
    }

    /// @dev Two other forms that ONCHAINID takes for the same signature.
    function malleated(bytes memory signature) internal pure returns (bytes[2] memory forms) {
        (bytes32 r, bytes32 s, uint8 v) = (word(signature, 0), word(signature, 32), uint8(signature[64]));
        forms[0] = abi.encodePacked(r, CURVE_ORDER - uint256(s), v == 27 ? uint8(28) : uint8(27));
        forms[1] = abi.encodePacked(r, s, v - 27);
    }

    function word(bytes memory data, uint256 offset) internal pure returns (bytes32 value) {
        assembly {
            value := mload(add(add(data, 32), offset))
        }
    }

    function add(bytes memory signature, bytes memory data) internal {
        vm.prank(alice);
        IERC735(person).addClaim(FOREIGN_KYC, ECDSA_SCHEME, address(foreign), signature, data, "");
    }

    function addGenuine() internal returns (bytes memory signature) {
        signature = signatureOn(person, DATA);
        add(signature, DATA);
    }

    function showGenuine() internal {
        bytes memory signature = signatureOn(address(hostile), DATA);
        hostile.show(HostileIdentity.Shown(FOREIGN_KYC, ECDSA_SCHEME, address(foreign), signature, DATA));
    }

    function laneOf(address identity) internal view returns (uint256 issuerIndex, uint256 expiry, uint256 nonce) {
        (issuerIndex, expiry,, nonce) = store.investorWord(identity).lane(KYC - 1);
        expiry *= 1 hours;
    }

    function expectInvalid(address identity) internal {
        vm.expectRevert(abi.encodeWithSelector(IOnchainIdIssuer.ForeignClaimInvalid.selector, identity, KYC));
    }

    /* IMPORT */

    function test_AConfirmedClaimCountsFor90Days() public {
        bytes memory signature = addGenuine();
        bytes32 dataHash = keccak256(abi.encode(address(foreign), FOREIGN_KYC, signature, DATA));
        assertEq(importer.evidenceOf(person, KYC), dataHash);
        uint40 until = uint40(block.timestamp + 90 days);
        vm.expectEmit(address(store));
        emit IIdentityStorage.ClaimWritten(person, KYC, address(importer), dataHash, until, 1);
        vm.prank(stranger);
        importer.importClaim(person, KYC);

        assertEq(registry.verification(alice), ReasonCode.OK);
        (uint256 index, uint256 expiry,) = laneOf(person);
        assertEq(index + 1, store.issuerPlace(address(importer)));
        assertLe(expiry, until);
        vm.warp(expiry - 1);
        assertEq(registry.verification(alice), ReasonCode.OK);
        vm.warp(expiry);
        assertEq(registry.verification(alice), ReasonCode.RECIPIENT_CLAIM_EXPIRED, "at the latest after 90 days");
    }

    function test_AClaimIsRenewedAfter30DaysAndNotBefore() public {
        addGenuine();
        importer.importClaim(person, KYC);
        (, uint256 expiry,) = laneOf(person);
        uint256 earliest = expiry - 60 days;
        vm.warp(earliest - 1);
        vm.expectRevert(abi.encodeWithSelector(IOnchainIdIssuer.ImportTooEarly.selector, person, KYC, earliest));
        importer.importClaim(person, KYC);

        vm.warp(earliest);
        importer.importClaim(person, KYC);
        (, uint256 renewed, uint256 nonce) = laneOf(person);
        assertEq(renewed, expiry + 30 days);
        assertEq(nonce, 2);
    }

    function test_AnExpiredClaimIsImportedAgain() public {
        addGenuine();
        importer.importClaim(person, KYC);
        skip(200 days);
        importer.importClaim(person, KYC);
        assertTrue(registry.isVerified(alice));
    }

    function test_AChangedClaimIsImportedAtOnce() public {
        addGenuine();
        importer.importClaim(person, KYC);
        add(signatureOn(person, "passed again"), "passed again");
        importer.importClaim(person, KYC);
        (,, uint256 nonce) = laneOf(person);
        assertEq(nonce, 2);
    }

    function test_RevertWhen_TheHolderShowsNoClaim() public {
        expectInvalid(person);
        importer.importClaim(person, KYC);
        vm.expectRevert(abi.encodeWithSelector(IOnchainIdIssuer.ForeignClaimDiffers.selector, person, address(0), 0, 0));
        importer.evidenceOf(person, KYC);
    }

    function test_RevertWhen_TheTopicIsNotImported() public {
        addGenuine();
        uint256[4] memory others = [uint256(0), AML, 6, type(uint256).max];
        for (uint256 i = 0; i < others.length; i++) {
            bytes memory refusal = abi.encodeWithSelector(IOnchainIdIssuer.TopicNotImported.selector, others[i]);
            vm.expectRevert(refusal);
            importer.importClaim(person, others[i]);
            vm.expectRevert(refusal);
            importer.dropClaim(person, others[i]);
            vm.expectRevert(refusal);
            importer.readmit(person, others[i]);
            vm.expectRevert(refusal);
            importer.evidenceOf(person, others[i]);
        }
        assertEq(importer.foreignTopicOf(KYC), FOREIGN_KYC);
        assertEq(importer.foreignTopicOf(AML), 0);
    }

    function test_RevertWhen_TheStorageKnowsNeitherIdentityNorImporter() public {
        address unknown = deployOnchainId("Identity", abi.encode(stranger, false));
        bytes memory signature = signatureOn(unknown, DATA);
        vm.prank(stranger);
        IERC735(unknown).addClaim(FOREIGN_KYC, ECDSA_SCHEME, address(foreign), signature, DATA, "");
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.IdentityUnknown.selector, unknown));
        importer.importClaim(unknown, KYC);

        addGenuine();
        OnchainIdIssuer outside = newImporter();
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimIssuerUnknown.selector, address(outside)));
        outside.importClaim(person, KYC);
    }

    function test_RevertWhen_TheIdentityHasNoCode() public {
        address reserved = store.reserveIdentity(ALICE);
        expectInvalid(reserved);
        importer.importClaim(reserved, KYC);
    }

    function test_RevertWhen_DeployedWithoutStorageOrIssuer() public {
        uint256[5] memory none;
        vm.expectRevert(abi.encodeWithSelector(IOnchainIdIssuer.StorageInvalid.selector, stranger));
        new OnchainIdIssuer(stranger, address(foreign), none);
        vm.expectRevert(abi.encodeWithSelector(IOnchainIdIssuer.ForeignIssuerInvalid.selector, stranger));
        new OnchainIdIssuer(address(store), stranger, none);
    }

    /* REVOCATION */

    function test_WhatTheForeignIssuerRevokesIsDroppedAtOnce() public {
        bytes memory signature = addGenuine();
        importer.importClaim(person, KYC);
        vm.expectRevert(abi.encodeWithSelector(IOnchainIdIssuer.ForeignClaimStands.selector, person, KYC));
        importer.dropClaim(person, KYC);

        foreign.revokeClaimBySignature(signature);
        vm.prank(stranger);
        importer.dropClaim(person, KYC);
        assertEq(registry.verification(alice), ReasonCode.RECIPIENT_CLAIM_REVOKED);

        expectInvalid(person);
        importer.importClaim(person, KYC);
        vm.expectRevert(abi.encodeWithSelector(IOnchainIdIssuer.ForeignIssuerDenies.selector, person, KYC));
        importer.evidenceOf(person, KYC);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimAlreadyRevoked.selector, person, KYC));
        importer.dropClaim(person, KYC);
    }

    function test_AfterADropAClaimSignedAnewIsImported() public {
        foreign.revokeClaimBySignature(addGenuineAndImport());
        importer.dropClaim(person, KYC);
        add(signatureOn(person, "passed again"), "passed again");
        importer.importClaim(person, KYC);
        assertTrue(registry.isVerified(alice));
    }

    function test_WhatTheHolderRemovesIsDroppedAndReturnsWhenTheOwnerReadmitsIt() public {
        bytes memory signature = addGenuineAndImport();
        vm.prank(alice);
        IERC735(person).removeClaim(keccak256(abi.encode(address(foreign), FOREIGN_KYC)));
        importer.dropClaim(person, KYC);
        assertFalse(registry.isVerified(alice));

        add(signature, DATA);
        vm.expectRevert(abi.encodeWithSelector(IOnchainIdIssuer.ClaimWithdrawn.selector, person, KYC));
        importer.importClaim(person, KYC);
        importer.readmit(person, KYC);
        importer.importClaim(person, KYC);
        assertTrue(registry.isVerified(alice));
    }

    function test_WhenTheSignersKeyIsRemoved_TheClaimIsDropped() public {
        addGenuineAndImport();
        foreign.removeKey(keccak256(abi.encode(signer.addr)), CLAIM_SIGNER);
        importer.dropClaim(person, KYC);
        assertFalse(registry.isVerified(alice));
    }

    function test_RevertWhen_ThereIsNothingToDrop() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimUnknown.selector, person, KYC));
        importer.dropClaim(person, KYC);
    }

    /// @dev A foreign claim cannot prove to be younger than the revocation.
    function test_WhatTheTablesOwnerRevokesStaysRevokedUntilHeReadmitsIt() public {
        addGenuineAndImport();
        store.revokeClaim(person, KYC);
        add(signatureOn(person, "passed again"), "passed again");
        vm.expectRevert(abi.encodeWithSelector(IOnchainIdIssuer.ClaimWithdrawn.selector, person, KYC));
        importer.importClaim(person, KYC);

        vm.expectRevert(abi.encodeWithSelector(IOnchainIdIssuer.CallerNotOwner.selector, stranger));
        vm.prank(stranger);
        importer.readmit(person, KYC);
        vm.expectEmit(address(importer));
        emit IOnchainIdIssuer.ClaimReadmitted(person, KYC);
        importer.readmit(person, KYC);
        importer.importClaim(person, KYC);
        assertTrue(registry.isVerified(alice));

        store.revokeClaim(person, KYC);
        vm.expectRevert(abi.encodeWithSelector(IOnchainIdIssuer.ClaimWithdrawn.selector, person, KYC));
        importer.importClaim(person, KYC);
    }

    function test_WhenTheEpochIsRaised_ClaimsMustBeImportedAgain() public {
        addGenuineAndImport();
        store.raiseIssuerEpoch(address(importer));
        assertEq(registry.verification(alice), ReasonCode.RECIPIENT_CLAIM_REVOKED);
        importer.importClaim(person, KYC);
        assertTrue(registry.isVerified(alice));
    }

    function addGenuineAndImport() internal returns (bytes memory signature) {
        signature = addGenuine();
        importer.importClaim(person, KYC);
    }

    /* OTHER ISSUERS */

    function test_AnotherIssuersClaimGivesWayOnlyOnceExpired() public {
        Claim memory claim = claimOn(ALICE);
        claim.identity = person;
        write(claim);
        addGenuine();
        bytes memory refusal = abi.encodeWithSelector(IOnchainIdIssuer.TopicTaken.selector, person, KYC, issuer.addr);
        vm.expectRevert(refusal);
        importer.importClaim(person, KYC);

        uint256 live = vm.snapshotState();
        store.revokeClaim(person, KYC);
        skip(400 days);
        vm.expectRevert(refusal);
        importer.importClaim(person, KYC);

        vm.revertToState(live);
        store.raiseIssuerEpoch(issuer.addr);
        skip(400 days);
        vm.expectRevert(refusal);
        importer.importClaim(person, KYC);
        importer.readmit(person, KYC);
        importer.importClaim(person, KYC);
        assertTrue(registry.isVerified(alice));

        vm.revertToState(live);
        skip(400 days);
        importer.importClaim(person, KYC);
        assertTrue(registry.isVerified(alice));
    }

    function test_RevertWhen_TheClaimOnTheTopicIsAnotherIssuers_ItIsNotDropped() public {
        Claim memory claim = claimOn(ALICE);
        claim.identity = person;
        write(claim);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.CallerNotIssuer.selector, address(importer), issuer.addr));
        importer.dropClaim(person, KYC);
    }

    /* SIGNATURES */

    function test_NobodyElseWritesInTheImportersName() public {
        addGenuineAndImport();
        Claim memory claim = claimOn(ALICE);
        (claim.issuer, claim.identity, claim.nonce) = (address(importer), person, 2);
        Claim[] memory claims = list(claim);
        bytes32 digest = store.claimsDigest(claims);
        bytes[2] memory signatures = [bytes(""), signed(claims)];
        for (uint256 i = 0; i < 2; i++) {
            vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.ClaimSignatureInvalid.selector, address(importer), digest));
            store.writeClaims(claims, signatures[i]);
        }
        assertEq(importer.isValidSignature(0, ""), bytes4(0xffffffff));
        assertEq(importer.isValidSignature(digest, ""), bytes4(0xffffffff));
    }

    /// @dev Within one transaction the importer must forget the digest once the claim is written.
    function test_AnImportedClaimIsNotConfirmedAgain() public {
        addGenuineAndImport();
        Claim memory claim = Claim({
            issuer: address(importer),
            identity: person,
            topic: KYC,
            dataHash: importer.evidenceOf(person, KYC),
            issuedAt: uint40(block.timestamp),
            validUntil: uint40(block.timestamp + 90 days),
            nonce: 1
        });
        assertEq(importer.isValidSignature(store.claimsDigest(list(claim)), ""), bytes4(0xffffffff));
    }

    /// @dev The abuse that works on ONCHAINID 2.2.1: a revoked signature in another form is valid again.
    function test_ARevokedClaimDoesNotReturnByAMalleatedSignature() public {
        bytes memory signature = addGenuineAndImport();
        foreign.revokeClaimBySignature(signature);
        importer.dropClaim(person, KYC);
        bytes[2] memory forms = malleated(signature);
        for (uint256 i = 0; i < forms.length; i++) {
            add(forms[i], DATA);
            assertTrue(foreign.isClaimValid(person, FOREIGN_KYC, forms[i], DATA), "ONCHAINID takes it");
            expectInvalid(person);
            importer.importClaim(person, KYC);
            vm.expectRevert(abi.encodeWithSelector(IOnchainIdIssuer.SignatureNotCanonical.selector, person, KYC));
            importer.evidenceOf(person, KYC);
        }
        assertFalse(registry.isVerified(alice));
    }

    /// @dev The same, when the malleated form stands in for a claim that is not dropped yet.
    function test_AMalleatedSignatureDoesNotKeepAClaim() public {
        bytes memory signature = addGenuineAndImport();
        foreign.revokeClaimBySignature(signature);
        add(malleated(signature)[0], DATA);
        importer.dropClaim(person, KYC);
        assertFalse(registry.isVerified(alice));
    }

    function test_RevertWhen_TheSignatureIsAnothersOrCutShort() public {
        bytes memory signature = signatureOn(person, DATA);
        bytes[3] memory forms = [signature, abi.encodePacked(signature, hex"00"), bytes("")];
        for (uint256 i = 0; i < forms.length; i++) {
            hostile.show(HostileIdentity.Shown(FOREIGN_KYC, ECDSA_SCHEME, address(foreign), forms[i], DATA));
            expectInvalid(address(hostile));
            importer.importClaim(address(hostile), KYC);
        }
    }

    /* HOSTILE IDENTITIES */

    /// @dev ERC-3643 issue 101: the identity names itself, another issuer, another topic or scheme under the claim's id.
    function test_ADecoyIsNotImported() public {
        bytes memory signature = signatureOn(address(hostile), DATA);
        HostileIdentity.Shown[3] memory decoys = [
            HostileIdentity.Shown(FOREIGN_KYC, ECDSA_SCHEME, address(hostile), signature, DATA),
            HostileIdentity.Shown(FOREIGN_KYC + 1, ECDSA_SCHEME, address(foreign), signature, DATA),
            HostileIdentity.Shown(FOREIGN_KYC, 2, address(foreign), signature, DATA)
        ];
        for (uint256 i = 0; i < decoys.length; i++) {
            hostile.show(decoys[i]);
            expectInvalid(address(hostile));
            importer.importClaim(address(hostile), KYC);
            vm.expectRevert(
                abi.encodeWithSelector(
                    IOnchainIdIssuer.ForeignClaimDiffers.selector, address(hostile), decoys[i].issuer, decoys[i].topic, decoys[i].scheme
                )
            );
            importer.evidenceOf(address(hostile), KYC);
        }
        assertFalse(registry.isVerified(bob));
    }

    /// @dev onchain-id issue 172: `revokeClaim` of the foreign issuer asks the identity for the signature, and believes it.
    function test_WhenTheForeignIssuerIsDeceived_TheTablesOwnerStillRevokes() public {
        showGenuine();
        importer.importClaim(address(hostile), KYC);
        hostile.deceive(address(foreign), signatureOn(address(hostile), "decoy"));
        foreign.revokeClaim(keccak256(abi.encode(address(foreign), FOREIGN_KYC)), address(hostile));
        assertTrue(foreign.isClaimValid(address(hostile), FOREIGN_KYC, signatureOn(address(hostile), DATA), DATA), "ONCHAINID is deceived");

        store.revokeClaim(address(hostile), KYC);
        assertFalse(registry.isVerified(bob));
        vm.expectRevert(abi.encodeWithSelector(IOnchainIdIssuer.ClaimWithdrawn.selector, address(hostile), KYC));
        importer.importClaim(address(hostile), KYC);
    }

    function test_AMisbehavingIdentityImportsNothingAndKeepsNothing() public {
        showGenuine();
        importer.importClaim(address(hostile), KYC);
        uint256 imported = vm.snapshotState();
        for (uint256 mode = 1; mode <= uint256(type(HostileIdentity.Mode).max); mode++) {
            hostile.set(HostileIdentity.Mode(mode));
            uint256 before = gasleft();
            importer.dropClaim(address(hostile), KYC);
            assertLt(before - gasleft(), importer.CHECK_GAS() + 100_000);
            assertFalse(registry.isVerified(bob));

            expectInvalid(address(hostile));
            importer.importClaim(address(hostile), KYC);
            vm.revertToState(imported);
        }
    }

    /// @dev Starving the questions must not make a standing claim look invalid.
    function testFuzz_WhateverTheGas_AStandingClaimIsNotDropped(uint256 gas_) public {
        addGenuineAndImport();
        gas_ = bound(gas_, 0, 1_500_000);
        (bool dropped,) = address(importer).call{ gas: gas_ }(abi.encodeCall(importer.dropClaim, (person, KYC)));
        assertFalse(dropped);
        assertTrue(registry.isVerified(alice));
    }

    function test_RevertWhen_TooLittleGasIsLeft() public {
        addGenuineAndImport();
        (bool done, bytes memory refusal) = address(importer).call{ gas: 400_000 }(abi.encodeCall(importer.dropClaim, (person, KYC)));
        assertFalse(done);
        assertEq(bytes4(refusal), IOnchainIdIssuer.GasTooLow.selector);
    }

    /// @dev What ONCHAINID 2.2.1 costs, with room for proxies and for data of a kilobyte.
    function test_TheAllowanceSufficesForAClaimOfAKilobyte() public {
        bytes memory data = new bytes(1024);
        for (uint256 i = 0; i < data.length; i++) {
            data[i] = 0xff;
        }
        add(signatureOn(person, data), data);
        vm.cool(person);
        uint256 before = gasleft();
        importer.evidenceOf(person, KYC);
        assertLt(before - gasleft(), importer.CHECK_GAS() / 2);
    }
}
