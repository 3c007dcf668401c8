// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { Initializable } from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import { Errors } from "@openzeppelin/contracts/utils/Errors.sol";
import { MessageHashUtils } from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import { Identity } from "../../../contracts/identity/Identity.sol";
import { IdentityFactory } from "../../../contracts/identity/IdentityFactory.sol";
import { IIdentity } from "../../../contracts/interfaces/IIdentity.sol";
import { IIdentityFactory } from "../../../contracts/interfaces/IIdentityFactory.sol";
import { IClaimIssuer } from "../../../contracts/interfaces/erc735/IClaimIssuer.sol";
import { IERC734 } from "../../../contracts/interfaces/erc735/IERC734.sol";
import { IERC735 } from "../../../contracts/interfaces/erc735/IERC735.sol";
import { IdentityFixture } from "./IdentityFixture.sol";

/// @notice A claim issuer's contract, and a target of calls.
contract Counterpart is IClaimIssuer {
    uint256 public calls;
    bool public open = true;

    function isClaimValid(address, uint256 topic, bytes calldata, bytes calldata) external pure returns (bool) {
        return topic == 1;
    }

    function act() external payable {
        require(open, "closed");
        calls++;
    }

    function setOpen(bool open_) external {
        open = open_;
    }
}

contract IdentityTest is IdentityFixture {
    Identity internal identity;
    Counterpart internal counterpart = new Counterpart();
    address internal actor = makeAddr("action key");

    function setUp() public override {
        super.setUp();
        identity = Identity(payable(factory.deploy(ALICE, alice)));
        vm.prank(alice);
        identity.addKey(_key(actor), 2, 1);
    }

    /* FACTORY */

    function test_DeploysAtThePredictedAddress() public {
        address predicted = factory.predict(BOB);
        vm.expectEmit(address(factory));
        emit IIdentityFactory.IdentityDeployed(predicted, BOB, bob);
        assertEq(factory.deploy(BOB, bob), predicted);
        assertEq(predicted, store.predictIdentity(BOB));
        assertTrue(Identity(payable(predicted)).keyHasPurpose(_key(bob), 1));
        vm.expectRevert(Errors.FailedDeployment.selector);
        factory.deploy(BOB, bob);
    }

    function test_RevertWhen_AStrangerDeploys() public {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        vm.prank(stranger);
        factory.deploy(BOB, stranger);
    }

    function test_RevertWhen_TheImplementationHasNoCode() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityFactory.ImplementationInvalid.selector, stranger));
        new IdentityFactory(address(manager), stranger);
    }

    function test_RevertWhen_InitialisedTwiceOrOnTheImplementation() public {
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        identity.initialize(stranger);
        Identity implementation = new Identity();
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        implementation.initialize(stranger);
        vm.expectRevert(abi.encodeWithSelector(IIdentity.KeyInvalid.selector, _key(address(0))));
        factory.deploy(BOB, address(0));
    }

    function test_StorageSlotFollowsErc7201() public view {
        bytes32 slot = keccak256(abi.encode(uint256(keccak256("muniment.storage.Identity")) - 1)) & ~bytes32(uint256(0xff));
        bytes32 key = keccak256(abi.encode(_key(alice), slot));
        assertEq(uint256(vm.load(address(identity), key)), 1 << 1);
    }

    /* KEYS */

    function test_AKeyGathersPurposes() public {
        vm.startPrank(alice);
        vm.expectEmit(address(identity));
        emit IERC734.KeyAdded(_key(actor), 3, 1);
        assertTrue(identity.addKey(_key(actor), 3, 1));

        (uint256[] memory purposes, uint256 keyType, bytes32 key) = identity.getKey(_key(actor));
        assertEq(purposes, topics(2, 3));
        assertEq(keyType, 1);
        assertEq(key, _key(actor));
        assertEq(identity.getKeyPurposes(_key(actor)), topics(2, 3));
        assertEq(identity.getKeysByPurpose(3).length, 1);
        assertTrue(identity.keyHasPurpose(_key(alice), 3));
        assertFalse(identity.keyHasPurpose(_key(actor), 1));
        assertFalse(identity.keyHasPurpose(_key(actor), 999));

        vm.expectEmit(address(identity));
        emit IERC734.KeyRemoved(_key(actor), 2, 1);
        identity.removeKey(_key(actor), 2);
        identity.removeKey(_key(actor), 3);
        (purposes,, key) = identity.getKey(_key(actor));
        assertEq(purposes.length, 0);
        assertEq(key, bytes32(0));
    }

    function test_RevertWhen_AKeyIsNotFit() public {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IIdentity.KeyInvalid.selector, bytes32(0)));
        identity.addKey(bytes32(0), 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IIdentity.KeyPurposeUnknown.selector, 5));
        identity.addKey(_key(bob), 5, 1);
        vm.expectRevert(abi.encodeWithSelector(IIdentity.KeyAlreadyAdded.selector, _key(actor), 2));
        identity.addKey(_key(actor), 2, 1);
        vm.expectRevert(abi.encodeWithSelector(IIdentity.KeyTypeDiffers.selector, _key(actor), 1, 2));
        identity.addKey(_key(actor), 3, 2);
        vm.expectRevert(abi.encodeWithSelector(IIdentity.KeyNotFound.selector, _key(bob), 2));
        identity.removeKey(_key(bob), 2);
        vm.expectRevert(abi.encodeWithSelector(IIdentity.LastManagementKey.selector, _key(alice)));
        identity.removeKey(_key(alice), 1);
    }

    function test_RevertWhen_KeysAreTooMany() public {
        vm.startPrank(alice);
        for (uint256 i = 1; i <= 64; i++) {
            identity.addKey(bytes32(i), 4, 1);
        }
        vm.expectRevert(abi.encodeWithSelector(IIdentity.TooManyKeys.selector, 4, 64));
        identity.addKey(bytes32(uint256(65)), 4, 1);
    }

    function test_RevertWhen_AnotherManagesKeys() public {
        vm.startPrank(actor);
        vm.expectRevert(abi.encodeWithSelector(IIdentity.KeyPurposeMissing.selector, actor, 1));
        identity.addKey(_key(bob), 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IIdentity.KeyPurposeMissing.selector, actor, 1));
        identity.removeKey(_key(alice), 1);
    }

    /* EXECUTION */

    function test_AnActionKeyCallsOthersAtOnce() public {
        vm.deal(actor, 1 ether);
        bytes memory data = abi.encodeCall(Counterpart.act, ());
        vm.expectEmit(address(identity));
        emit IERC734.Executed(0, address(counterpart), 1 ether, data);
        vm.prank(actor);
        identity.execute{ value: 1 ether }(address(counterpart), 1 ether, data);
        assertEq(counterpart.calls(), 1);
        assertEq(address(counterpart).balance, 1 ether);
    }

    function test_AStrangersRequestWaitsForAnActionKey() public {
        bytes memory data = abi.encodeCall(Counterpart.act, ());
        vm.prank(stranger);
        uint256 id = identity.execute(address(counterpart), 0, data);
        assertEq(counterpart.calls(), 0);
        vm.expectRevert(abi.encodeWithSelector(IIdentity.KeyPurposeMissing.selector, stranger, 2));
        vm.prank(stranger);
        identity.approve(id, true);
        vm.startPrank(actor);
        assertTrue(identity.approve(id, true));
        assertEq(counterpart.calls(), 1);
        vm.expectRevert(abi.encodeWithSelector(IIdentity.ExecutionClosed.selector, id));
        identity.approve(id, true);
        vm.expectRevert(abi.encodeWithSelector(IIdentity.ExecutionUnknown.selector, 7));
        identity.approve(7, true);
    }

    function test_ATurnedDownRequestStaysClosed() public {
        vm.prank(stranger);
        uint256 id = identity.execute(address(counterpart), 0, abi.encodeCall(Counterpart.act, ()));
        vm.startPrank(actor);
        vm.expectEmit(address(identity));
        emit IERC734.Approved(id, false);
        identity.approve(id, false);
        vm.expectRevert(abi.encodeWithSelector(IIdentity.ExecutionClosed.selector, id));
        identity.approve(id, true);
    }

    function test_CallsToItselfNeedAManagementKey() public {
        bytes memory data = abi.encodeCall(IERC734.addKey, (_key(bob), 2, 1));
        vm.prank(actor);
        uint256 id = identity.execute(address(identity), 0, data);
        assertFalse(identity.keyHasPurpose(_key(bob), 2));
        vm.expectRevert(abi.encodeWithSelector(IIdentity.KeyPurposeMissing.selector, actor, 1));
        vm.prank(actor);
        identity.approve(id, true);
        vm.prank(alice);
        identity.approve(id, true);
        assertTrue(identity.keyHasPurpose(_key(bob), 2));
    }

    function test_AFailedCallIsToldAndMayBeApprovedAgain() public {
        counterpart.setOpen(false);
        bytes memory data = abi.encodeCall(Counterpart.act, ());
        vm.expectEmit(address(identity));
        emit IERC734.ExecutionFailed(0, address(counterpart), 0, data);
        vm.prank(actor);
        uint256 id = identity.execute(address(counterpart), 0, data);
        counterpart.setOpen(true);
        vm.prank(actor);
        assertTrue(identity.approve(id, true));
    }

    /* CLAIMS */

    function test_ClaimsAreAddedChangedAndRemoved() public {
        bytes32 claimId = keccak256(abi.encode(address(counterpart), uint256(1)));
        vm.startPrank(alice);
        vm.expectEmit(address(identity));
        emit IERC735.ClaimAdded(claimId, 1, 1, address(counterpart), "sig", "data", "uri");
        assertEq(identity.addClaim(1, 1, address(counterpart), "sig", "data", "uri"), claimId);
        vm.expectEmit(address(identity));
        emit IERC735.ClaimChanged(claimId, 1, 1, address(counterpart), "sig2", "data2", "uri2");
        identity.addClaim(1, 1, address(counterpart), "sig2", "data2", "uri2");
        (uint256 topic, uint256 scheme, address by, bytes memory signature, bytes memory data, string memory uri) =
            identity.getClaim(claimId);
        assertEq(topic + scheme, 2);
        assertEq(by, address(counterpart));
        assertEq(signature, "sig2");
        assertEq(data, "data2");
        assertEq(uri, "uri2");
        assertEq(identity.getClaimIdsByTopic(1).length, 1);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IIdentity.KeyPurposeMissing.selector, stranger, 3));
        vm.prank(stranger);
        identity.removeClaim(claimId);
        vm.expectEmit(address(identity));
        emit IERC735.ClaimRemoved(claimId, 1, 1, address(counterpart), "sig2", "data2", "uri2");
        vm.prank(address(counterpart));
        identity.removeClaim(claimId);
        assertEq(identity.getClaimIdsByTopic(1).length, 0);
        vm.expectRevert(abi.encodeWithSelector(IIdentity.ClaimNotFound.selector, claimId));
        identity.removeClaim(claimId);
    }

    function test_AnAccountsSignatureIsChecked() public {
        bytes memory data = "statement";
        bytes32 hash = MessageHashUtils.toEthSignedMessageHash(keccak256(abi.encode(address(identity), uint256(1), data)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(issuer, hash);
        vm.startPrank(alice);
        identity.addClaim(1, 1, issuer.addr, abi.encodePacked(r, s, v), data, "");
        vm.expectRevert(abi.encodeWithSelector(IIdentity.ClaimNotValid.selector, issuer.addr, 2));
        identity.addClaim(2, 1, issuer.addr, abi.encodePacked(r, s, v), data, "");
        vm.expectRevert(abi.encodeWithSelector(IIdentity.ClaimNotValid.selector, address(counterpart), 2));
        identity.addClaim(2, 1, address(counterpart), "", data, "");
        identity.addClaim(2, 1, address(identity), "", "of myself", "");
    }

    function test_RevertWhen_ClaimsOnATopicAreTooMany() public {
        vm.startPrank(alice);
        for (uint256 i = 0; i < 64; i++) {
            identity.addClaim(1, 1, address(new Counterpart()), "", "", "");
        }
        Counterpart oneMore = new Counterpart();
        vm.expectRevert(abi.encodeWithSelector(IIdentity.TooManyClaims.selector, 1, 64));
        identity.addClaim(1, 1, address(oneMore), "", "", "");
    }

    function test_RevertWhen_AnotherAddsClaims() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentity.KeyPurposeMissing.selector, actor, 3));
        vm.prank(actor);
        identity.addClaim(1, 1, address(counterpart), "", "", "");
    }

    function _key(address account) private pure returns (bytes32) {
        return keccak256(abi.encode(account));
    }
}
