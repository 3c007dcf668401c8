// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Initializable } from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { IAccessManager } from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import { IERC5267 } from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import { ERC1967Proxy } from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import { UUPSUpgradeable } from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IERC165 } from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import { MaximumBalance } from "../../../contracts/compliance/rules/MaximumBalance.sol";
import { Compliance } from "../../../contracts/compliance/Compliance.sol";
import { Roles } from "../../../contracts/factory/Roles.sol";
import { IdentityRegistry } from "../../../contracts/identity/IdentityRegistry.sol";
import { IdentityStorage } from "../../../contracts/identity/IdentityStorage.sol";
import { IERC173 } from "../../../contracts/interfaces/erc3643/IERC173.sol";
import { IERC3643Token } from "../../../contracts/interfaces/erc3643/IERC3643Token.sol";
import { IERC7943Fungible } from "../../../contracts/interfaces/IERC7943Fungible.sol";
import {
    InitialSettings,
    ISecurityToken,
    ISecurityTokenCore,
    ISecurityTokenExtension,
    SenderPolicy
} from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { SecurityToken } from "../../../contracts/token/SecurityToken.sol";
import { SecurityTokenExplanations } from "../../../contracts/token/SecurityTokenExplanations.sol";
import { SecurityTokenExtension } from "../../../contracts/token/SecurityTokenExtension.sol";
import { TokenFixture } from "./TokenFixture.sol";

/// @dev Deployment, settings, ownership, upgrades, and what the token says of itself.
contract AdministrationTest is TokenFixture {
    /* DEPLOYMENT */

    function test_WhenDeployed() external view {
        assertEq(token.name(), "Treasury Fund");
        assertEq(token.symbol(), "TBILL");
        assertEq(token.decimals(), 18);
        assertEq(token.version(), "1.0.0");
        assertEq(token.owner(), owner);
        assertEq(token.onchainID(), address(0));
        assertEq(token.identityRegistry(), address(registry));
        assertEq(token.identityStorage(), address(store));
        assertEq(token.compliance(), address(compliance));
        assertEq(IAccessManaged(address(token)).authority(), address(manager));
    }

    function test_When_DeployedWithAnOnchainId_ItIsKnownAndAnnounced() external {
        InitialSettings memory s = settings();
        s.identityRegistry = address(registry);
        s.compliance = address(compliance);
        s.onchainID = makeAddr("the issuer's ONCHAINID");
        address expected = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.expectEmit(expected);
        emit IERC3643Token.UpdatedTokenInformation("Treasury Fund", "TBILL", 18, "1.0.0", s.onchainID);
        address deployed = address(new ERC1967Proxy(implementation(), abi.encodeCall(token.initialize, (s))));
        assertEq(ISecurityToken(deployed).onchainID(), s.onchainID);
    }

    function test_RevertWhen_InitializedAgain() external {
        InitialSettings memory s = settings();
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        token.initialize(s);
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        ISecurityToken(implementation()).initialize(s);
        SecurityTokenExtension extension = new SecurityTokenExtension(address(new SecurityTokenExplanations()));
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        extension.initialize(s);
    }

    function test_RevertGiven_BadSettings() external {
        InitialSettings memory s = completeSettings();
        s.decimals = 19;
        expectRefusedDeployment(s, abi.encodeWithSelector(ISecurityTokenExtension.InitialSettingInvalid.selector, "decimals"));
        s = completeSettings();
        s.manager = address(0);
        expectRefusedDeployment(s, abi.encodeWithSelector(ISecurityTokenExtension.InitialSettingInvalid.selector, "address"));
        s = completeSettings();
        s.owner = address(0);
        expectRefusedDeployment(s, abi.encodeWithSelector(ISecurityTokenExtension.InitialSettingInvalid.selector, "address"));
        s = completeSettings();
        s.compliance = address(0);
        expectRefusedDeployment(s, abi.encodeWithSelector(ISecurityTokenExtension.InitialSettingInvalid.selector, "address"));
    }

    function test_RevertGiven_ShortDelays() external {
        vm.chainId(1);
        InitialSettings memory s = completeSettings();
        s.forcedDelay = 1 days - 1;
        expectRefusedDeployment(s, abi.encodeWithSelector(ISecurityTokenExtension.DelayTooShort.selector, 1 days - 1, 1 days));
        s = completeSettings();
        s.recoveryDelay = 2 days - 1;
        expectRefusedDeployment(s, abi.encodeWithSelector(ISecurityTokenExtension.DelayTooShort.selector, 2 days - 1, 2 days));

        vm.chainId(31337);
        (s.forcedDelay, s.recoveryDelay) = (0, 0);
        new ERC1967Proxy(implementation(), abi.encodeCall(token.initialize, (s)));
    }

    function completeSettings() internal view returns (InitialSettings memory s) {
        s = settings();
        (s.identityRegistry, s.compliance) = (address(registry), address(compliance));
    }

    function expectRefusedDeployment(InitialSettings memory s, bytes memory reason) internal {
        address target = implementation();
        vm.expectRevert(reason);
        new ERC1967Proxy(target, abi.encodeCall(token.initialize, (s)));
    }

    /* SENDER POLICY */

    function test_GivenAnOpenPolicy() external {
        ISecurityToken open = tokenWithPolicy(SenderPolicy.OPEN);
        assertTrue(open.canSend(stranger));
        assertFalse(open.canReceive(stranger));
    }

    function test_GivenAVerifiedPolicy() external {
        ISecurityToken strict = tokenWithPolicy(SenderPolicy.VERIFIED);
        assertTrue(strict.canSend(ann));
        skip(366 days);
        assertFalse(strict.canSend(ann));
        assertTrue(token.canSend(ann));
    }

    function tokenWithPolicy(SenderPolicy policy) internal returns (ISecurityToken token_) {
        InitialSettings memory s = completeSettings();
        s.senderPolicy = policy;
        token_ = ISecurityToken(address(new ERC1967Proxy(implementation(), abi.encodeCall(token.initialize, (s)))));
        uint80 matrix = registry.acceptance();
        vm.prank(address(registry));
        token_.setAcceptance(matrix, false);
    }

    /* INFORMATION */

    function test_WhenRenamed() external {
        bytes32 separator = token.DOMAIN_SEPARATOR();
        vm.expectEmit(address(token));
        emit IERC3643Token.UpdatedTokenInformation("Renamed", "TBILL", 18, "1.0.0", address(0));
        vm.expectEmit(address(token));
        emit ISecurityTokenCore.TokenInformationUpdated("Renamed", "TBILL", 18, "1.0.0", address(0));
        token.setName("Renamed");
        token.setName("Renamed again");
        token.setSymbol("TB2");
        token.setOnchainID(bob);

        assertEq(token.name(), "Renamed again");
        assertEq(token.symbol(), "TB2");
        assertEq(token.onchainID(), bob);
        assertEq(token.DOMAIN_SEPARATOR(), separator);
        (, string memory name, string memory version, uint256 chainId, address verifier,,) = token.eip712Domain();
        assertEq(name, "Treasury Fund");
        assertEq(version, "1");
        assertEq(chainId, block.chainid);
        assertEq(verifier, address(token));
    }

    /* PARTS OF THE SUITE */

    function test_WhenComplianceIsReplaced() external {
        setRule(address(new MaximumBalance()), abi.encode(uint256(10)));
        mint(ann, 5);
        Compliance next = newCompliance(address(token));
        token.setCompliance(address(next));

        assertEq(token.compliance(), address(next));
        // A token with holders is closed until the rules of the new compliance are set.
        assertExplained(ann, bob, 1, ReasonCode.RULE_FAULT);
        vm.prank(ann);
        expectRefusalBy(address(next), ReasonCode.RULE_FAULT, 0, 0);
        token.transfer(bob, 1);
        compliance = next;
        setRule(address(new MaximumBalance()), abi.encode(uint256(10)));
        vm.prank(ann);
        token.transfer(bob, 1);
    }

    function test_WhenTheRegistryIsReplaced() external {
        mint(ann, 5);
        IdentityRegistry next = newRegistry(address(token));
        token.setIdentityRegistry(address(next));
        assertEq(token.identityRegistry(), address(next));
        vm.prank(ann);
        token.transfer(bob, 1);
    }

    function test_RevertGiven_HoldersWhenTheStorageChanges() external {
        mint(ann, 5);
        IdentityStorage other = new IdentityStorage(address(manager), address(this), address(identityFactory));
        IdentityRegistry next = IdentityRegistry(address(new IdentityRegistryOf(address(token), address(other))));
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.IdentityStorageMismatch.selector, address(other), address(store)));
        token.setIdentityRegistry(address(next));

        vm.prank(agent);
        token.burn(ann, 5);
        token.setIdentityRegistry(address(next));
        assertEq(token.identityStorage(), address(other));
    }

    function test_When_RegistrationSuffices_TheTokenAsksForNoClaim() external {
        revokeKyc(bobIdentity);
        mint(ann, 10);
        assertExplained(ann, bob, 1, ReasonCode.RECIPIENT_CLAIM_REVOKED);
        registry.setRegistrationOnly();
        assertExplained(ann, bob, 1, ReasonCode.OK);
        assertTrue(token.canReceive(bob) && token.canSend(bob));
        vm.prank(ann);
        token.transfer(bob, 1);
        assertExplained(ann, stranger, 1, ReasonCode.RECIPIENT_NOT_REGISTERED);
        registry.addClaimTopic(KYC);
        assertExplained(ann, bob, 1, ReasonCode.RECIPIENT_CLAIM_REVOKED);
    }

    function test_When_TheSenderPolicyChanges_ItDecidesAtOnce() external {
        mint(ann, 10);
        revokeKyc(annIdentity);
        assertExplained(ann, bob, 1, ReasonCode.SENDER_NOT_ELIGIBLE);
        vm.expectEmit(address(token));
        emit ISecurityTokenExtension.SenderPolicySet(SenderPolicy.NOT_BLOCKED, SenderPolicy.OPEN);
        token.setSenderPolicy(SenderPolicy.OPEN);
        assertEq(uint8(token.senderPolicy()), uint8(SenderPolicy.OPEN));
        vm.prank(ann);
        token.transfer(bob, 1);
        token.setSenderPolicy(SenderPolicy.VERIFIED);
        assertExplained(ann, bob, 1, ReasonCode.SENDER_NOT_ELIGIBLE);
    }

    function test_RevertGiven_AStrangerSpeaksForTheSuite() external {
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.CallerNotSuitePart.selector, stranger));
        token.setAcceptance(1, false);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.CallerNotSuitePart.selector, stranger));
        token.setRuleCount(0, false);
    }

    /// @dev What the issuer sets is restricted, every function of it.
    function test_RevertGiven_AStrangerAdministers() external {
        bytes[] memory calls = new bytes[](8);
        calls[0] = abi.encodeCall(token.setName, (""));
        calls[1] = abi.encodeCall(token.setSymbol, (""));
        calls[2] = abi.encodeCall(token.setOnchainID, (stranger));
        calls[3] = abi.encodeCall(token.setCompliance, (stranger));
        calls[4] = abi.encodeCall(token.setIdentityRegistry, (stranger));
        calls[5] = abi.encodeCall(token.unpause, ());
        calls[6] = abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (stranger, ""));
        calls[7] = abi.encodeCall(token.setAgent, (stranger, 1, 1));
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(stranger);
            (bool success, bytes memory reason) = address(token).call(calls[i]);
            assertFalse(success);
            assertEq(reason, abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        }
    }

    /* OWNERSHIP */

    function test_WhenOwnershipIsTransferred() external {
        uint64 admin = Roles.id(address(token), Roles.ISSUER_ADMIN);
        uint64 ownership = Roles.id(address(token), Roles.OWNERSHIP);
        manager.setRoleAdmin(admin, ownership);
        manager.grantRole(ownership, address(token), 0);
        manager.grantRole(ownership, address(this), 0);
        manager.grantRole(admin, owner, 1 days);
        vm.prank(owner);
        token.transferOwnership(bob);
        assertEq(token.owner(), owner);
        assertEq(token.pendingOwner(), bob);

        vm.expectEmit(address(token));
        emit IERC173.OwnershipTransferred(owner, bob);
        vm.prank(bob);
        token.acceptOwnership();

        assertEq(token.owner(), bob);
        assertEq(registry.owner(), bob);
        assertEq(compliance.owner(), bob);
        (bool isMember, uint32 delay) = manager.hasRole(admin, bob);
        assertTrue(isMember);
        assertEq(delay, 1 days);
        (isMember,) = manager.hasRole(admin, owner);
        assertFalse(isMember);
    }

    /// @dev Otherwise the next owner would have it without the execution delay.
    function test_RevertGiven_TheOwnerRenouncedTheRole() external {
        uint64 admin = Roles.id(address(token), Roles.ISSUER_ADMIN);
        uint64 ownership = Roles.id(address(token), Roles.OWNERSHIP);
        manager.setRoleAdmin(admin, ownership);
        manager.grantRole(ownership, address(token), 0);
        manager.grantRole(ownership, address(this), 0);
        manager.grantRole(admin, owner, 1 days);
        vm.startPrank(owner);
        token.transferOwnership(bob);
        manager.renounceRole(admin, owner);
        vm.stopPrank();

        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenExtension.OwnershipRoleMissing.selector, owner));
        token.acceptOwnership();
        assertEq(token.owner(), owner);
        (bool isMember,) = manager.hasRole(admin, bob);
        assertFalse(isMember);
    }

    /// @dev On every part of the suite, or on none.
    function test_RevertGiven_TheTokenCannotMoveTheRole() external {
        manager.grantRole(Roles.id(address(token), Roles.ISSUER_ADMIN), owner, 1 days);
        vm.prank(owner);
        token.transferOwnership(bob);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerUnauthorizedAccount.selector, address(token), uint64(0)));
        token.acceptOwnership();
        assertEq(token.owner(), owner);
    }

    function test_RevertGiven_AStrangerTakesOwnership() external {
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.CallerNotOwner.selector, stranger));
        token.transferOwnership(stranger);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.CallerNotOwner.selector, stranger));
        token.acceptOwnership();
    }

    /* UPGRADE */

    function test_WhenUpgraded() external {
        mint(ann, 5);
        address next = address(new SecurityToken(address(new SecurityTokenExtension(address(new SecurityTokenExplanations())))));
        UUPSUpgradeable(address(token)).upgradeToAndCall(next, "");

        assertEq(token.balanceOf(ann), 5);
        vm.prank(ann);
        token.transfer(bob, 5);
    }

    /// @dev ERC-7201: the name decides where the state is.
    function test_WhenTheStorageSlotIsComputed() external {
        bytes32 slot = keccak256(abi.encode(uint256(keccak256("muniment.storage.SecurityToken")) - 1)) & ~bytes32(uint256(0xff));
        (,, uint256 configuration, uint256 totals) = token.words(ann);
        assertEq(vm.load(address(token), slot), bytes32(configuration));
        assertEq(vm.load(address(token), bytes32(uint256(slot) + 1)), bytes32(totals));
        mint(ann, 3);
        (uint256 holder,,,) = token.words(ann);
        assertEq(vm.load(address(token), keccak256(abi.encode(ann, uint256(slot) + 2))), bytes32(holder));
    }

    /* WHAT THE TOKEN SAYS OF ITSELF */

    function test_WhenInterfacesAreAsked() external view {
        IERC165 self = IERC165(address(token));
        assertEq(type(IERC7943Fungible).interfaceId, bytes4(0x3edbb4c4));
        assertTrue(self.supportsInterface(0x3edbb4c4));
        assertTrue(self.supportsInterface(type(IERC165).interfaceId));
        assertTrue(self.supportsInterface(type(IERC20).interfaceId));
        assertTrue(self.supportsInterface(type(IERC3643Token).interfaceId));
        assertTrue(self.supportsInterface(type(IERC5267).interfaceId));
        assertFalse(self.supportsInterface(0xffffffff));
    }

    /// @dev Both parts together answer every function of the interface: what neither knows reverts without a word.
    function test_WhenEveryFunctionIsCalled() external {
        string memory artifact = vm.readFile("out/ISecurityToken.sol/ISecurityToken.json");
        string[] memory signatures = vm.parseJsonKeys(artifact, ".methodIdentifiers");
        assertGt(signatures.length, 90);
        for (uint256 i = 0; i < signatures.length; ++i) {
            bytes memory call = abi.encodePacked(bytes4(keccak256(bytes(signatures[i]))), new bytes(32 * 24));
            vm.prank(stranger);
            (bool success, bytes memory answer) = address(token).call(call);
            assertTrue(success || answer.length != 0, signatures[i]);
        }
        (bool known, bytes memory nothing) = address(token).call(abi.encodePacked(bytes4(0xdeadbeef)));
        assertFalse(known);
        assertEq(nothing.length, 0);
    }

    /// @dev EIP-170.
    function test_WhenTheCodeIsMeasured() external {
        assertLe(implementation().code.length, 24_576);
        assertLe(address(new SecurityTokenExtension(address(new SecurityTokenExplanations()))).code.length, 24_576);
    }

    /* PERMIT */

    function test_WhenPermitted() external {
        (uint8 v, bytes32 r, bytes32 s) = signPermit(bob, 7, block.timestamp);
        // An allowance moves nothing: neither pause nor freeze stops it.
        vm.startPrank(agent);
        token.pause();
        token.setAddressFrozen(ann, true);
        vm.stopPrank();
        vm.expectEmit(address(token));
        emit IERC20.Approval(ann, bob, 7);
        token.permit(ann, bob, 7, block.timestamp, v, r, s);

        assertEq(token.allowance(ann, bob), 7);
        assertEq(token.nonces(ann), 1);
    }

    function test_RevertWhen_APermitIsUsedAgainOrLateOrForged() external {
        (uint8 v, bytes32 r, bytes32 s) = signPermit(bob, 7, block.timestamp);
        token.permit(ann, bob, 7, block.timestamp, v, r, s);
        vm.expectPartialRevert(ISecurityTokenExtension.ERC2612InvalidSigner.selector);
        token.permit(ann, bob, 7, block.timestamp, v, r, s);

        (v, r, s) = signPermit(bob, 7, block.timestamp);
        vm.expectPartialRevert(ISecurityTokenExtension.ERC2612InvalidSigner.selector);
        token.permit(ann, stranger, 7, block.timestamp, v, r, s);
        uint256 deadline = block.timestamp;
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenExtension.ERC2612ExpiredSignature.selector, deadline));
        token.permit(ann, bob, 7, deadline, v, r, s);
    }

    /// @dev Another chain, another token, and a rename between signing and use.
    function test_WhenTheDomainDiffers() external {
        (uint8 v, bytes32 r, bytes32 s) = signPermit(bob, 7, block.timestamp);
        (ISecurityToken second,,) = newSuite();
        vm.expectPartialRevert(ISecurityTokenExtension.ERC2612InvalidSigner.selector);
        second.permit(ann, bob, 7, block.timestamp, v, r, s);
        vm.chainId(5);
        vm.expectPartialRevert(ISecurityTokenExtension.ERC2612InvalidSigner.selector);
        token.permit(ann, bob, 7, block.timestamp, v, r, s);
        vm.chainId(31337);
        token.setName("Renamed");
        token.permit(ann, bob, 7, block.timestamp, v, r, s);
    }

    function signPermit(address spender, uint256 value, uint256 deadline) internal returns (uint8, bytes32, bytes32) {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                ann,
                spender,
                value,
                token.nonces(ann),
                deadline
            )
        );
        return vm.sign(annWallet, keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), structHash)));
    }
}

/// @dev As much of a registry as the token asks when it changes to another.
contract IdentityRegistryOf {
    address public immutable token;
    address public immutable identityStorage;

    constructor(address token_, address identityStorage_) {
        (token, identityStorage) = (token_, identityStorage_);
    }

    function acceptance() external pure returns (uint80) {
        return 2;
    }

    function registrationOnly() external pure returns (bool) {
        return false;
    }
}
