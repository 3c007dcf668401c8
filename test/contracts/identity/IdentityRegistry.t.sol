// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { Initializable } from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { IdentityRegistry } from "../../../contracts/identity/IdentityRegistry.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { IIdentityRegistry } from "../../../contracts/interfaces/IIdentityRegistry.sol";
import { Claim, IIdentityStorage, Investor } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { IAgentRole } from "../../../contracts/interfaces/erc3643/IAgentRole.sol";
import { IERC3643ClaimTopicsRegistry as ITopics } from "../../../contracts/interfaces/erc3643/IERC3643ClaimTopicsRegistry.sol";
import { IERC3643IdentityRegistry as IRegistry } from "../../../contracts/interfaces/erc3643/IERC3643IdentityRegistry.sol";
import { IERC3643TrustedIssuersRegistry as IIssuers } from "../../../contracts/interfaces/erc3643/IERC3643TrustedIssuersRegistry.sol";
import { IdentityFixture } from "./IdentityFixture.sol";
import { TokenStandIn } from "./TokenStandIn.sol";

contract IdentityRegistryTest is IdentityFixture {
    using Eligibility for uint80;

    address internal second = makeAddr("second issuer");

    /* INITIALISATION */

    function test_RevertWhen_InitialisedTwiceOrOnTheImplementation() public {
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        registry.initialize(address(token), address(store), address(manager));
        IdentityRegistry implementation = new IdentityRegistry();
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        implementation.initialize(address(token), address(store), address(manager));
    }

    function test_RevertWhen_AnInitialPartIsNotFit() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.PartInvalid.selector, address(0)));
        this.makeRegistry(address(0), address(store), address(manager));
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.PartInvalid.selector, stranger));
        this.makeRegistry(address(token), stranger, address(manager));
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.PartInvalid.selector, stranger));
        this.makeRegistry(address(token), address(store), stranger);
    }

    function makeRegistry(address token_, address store_, address manager_) external {
        newClone().initialize(token_, store_, manager_);
    }

    function test_PartsAreFixedAndItsOwnRegistriesAreItself() public {
        assertEq(registry.identityStorage(), address(store));
        assertEq(registry.issuersRegistry(), address(registry));
        assertEq(registry.topicsRegistry(), address(registry));
        assertEq(registry.token(), address(token));
        assertEq(registry.owner(), address(this));

        bytes memory refusal = abi.encodeWithSelector(IIdentityRegistry.PartFixed.selector, stranger);
        vm.expectRevert(refusal);
        registry.setIdentityRegistryStorage(stranger);
        vm.expectRevert(refusal);
        registry.setClaimTopicsRegistry(stranger);
        vm.expectRevert(refusal);
        registry.setTrustedIssuersRegistry(stranger);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.OwnershipFollowsToken.selector, address(token)));
        registry.transferOwnership(stranger);
    }

    function test_StorageSlotFollowsErc7201() public view {
        bytes32 slot = keccak256(abi.encode(uint256(keccak256("muniment.storage.IdentityRegistry")) - 1)) & ~bytes32(uint256(0xff));
        assertEq(address(uint160(uint256(vm.load(address(registry), slot)))), address(token));
    }

    /* AGENTS */

    function test_AgentsAreGrantedAndRevoked() public {
        vm.expectEmit(address(registry));
        emit IIdentityRegistry.AgentSet(stranger, AgentRole.REGISTRAR);
        vm.expectEmit(address(registry));
        emit IAgentRole.AgentAdded(stranger);
        registry.addAgent(stranger);
        assertTrue(registry.isAgent(stranger));
        assertEq(registry.agentRoles(stranger), AgentRole.REGISTRAR);
        vm.expectEmit(address(registry));
        emit IAgentRole.AgentRemoved(stranger);
        registry.removeAgent(stranger);
        assertFalse(registry.isAgent(stranger));
    }

    function test_RevertWhen_TheWordHoldsMoreThanRegistrar() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.AgentRolesInvalid.selector, stranger, AgentRole.MINTER));
        registry.setAgent(stranger, AgentRole.MINTER);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.AgentInvalid.selector, address(0)));
        registry.addAgent(address(0));
    }

    function test_RevertWhen_AStrangerRegisters() public {
        Claim[] memory claims = list(claimOn(ALICE));
        bytes memory refusal = abi.encodeWithSelector(IIdentityRegistry.AgentRoleMissing.selector, stranger, AgentRole.REGISTRAR);
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        registry.onboard(investor(alice, ALICE), claims, "");
        vm.expectRevert(refusal);
        registry.onboardBatch(new Investor[](1), claims, "");
        vm.expectRevert(refusal);
        registry.registerIdentity(alice, stranger, GERMANY);
        vm.expectRevert(refusal);
        registry.batchRegisterIdentity(new address[](1), new address[](1), new uint16[](1));
        vm.expectRevert(refusal);
        registry.deleteIdentity(alice);
        vm.expectRevert(refusal);
        registry.updateCountry(alice, FRANCE);
        vm.expectRevert(refusal);
        registry.updateIdentity(alice, stranger);
    }

    function test_RevertWhen_AStrangerConfigures() public {
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        registry.addClaimTopic(AML);
        vm.expectRevert(refusal);
        registry.removeClaimTopic(KYC);
        vm.expectRevert(refusal);
        registry.addTrustedIssuer(issuer.addr, topics(KYC));
        vm.expectRevert(refusal);
        registry.removeTrustedIssuer(issuer.addr);
        vm.expectRevert(refusal);
        registry.updateIssuerClaimTopics(issuer.addr, topics(KYC));
        vm.expectRevert(refusal);
        registry.setAgent(stranger, AgentRole.REGISTRAR);
        vm.expectRevert(refusal);
        registry.addAgent(stranger);
        vm.expectRevert(refusal);
        registry.removeAgent(address(this));
    }

    /* REGISTRATION */

    function test_OnboardingManyUnderOneSignature() public {
        Investor[] memory investors = new Investor[](2);
        (investors[0], investors[1]) = (investor(alice, ALICE), investor(bob, BOB));
        // Not in the investors' order, and two for one of them.
        Claim[] memory claims = new Claim[](3);
        (claims[0], claims[1], claims[2]) = (claimOn(BOB), claimOn(ALICE), claimOn(BOB));
        claims[2].topic = AML;
        bytes memory signature = signed(claims);
        vm.expectEmit(address(registry));
        emit IRegistry.IdentityRegistered(alice, factory.predict(ALICE));
        vm.expectEmit(address(registry));
        emit IRegistry.IdentityRegistered(bob, factory.predict(BOB));

        registry.onboardBatch(investors, claims, signature);

        assertTrue(registry.isVerified(alice) && registry.isVerified(bob));
        assertEq(Eligibility.status(store.investorWord(factory.predict(BOB)), 1, uint80(1) << 16, 0, block.timestamp), 0);
    }

    function test_WhereRegistrationSuffices_ARegisteredInvestorIsVerifiedUntilATopicIsAsked() public {
        registry.setRegistrationOnly();
        assertTrue(registry.registrationOnly());
        assertEq(registry.getClaimTopics().length, 0);
        assertEq(registry.acceptance(), 0);
        assertFalse(registry.isVerified(alice), "a stranger");
        registry.registerIdentity(alice, store.reserveIdentity(ALICE), 276);
        assertTrue(registry.isVerified(alice), "registered");
        store.setBlocked(factory.predict(ALICE), true);
        assertFalse(registry.isVerified(alice), "blocked");
        store.setBlocked(factory.predict(ALICE), false);

        registry.addClaimTopic(KYC);
        assertFalse(registry.registrationOnly());
        assertFalse(registry.isVerified(alice), "without the claim that is asked now");
    }

    function test_ATopicThatNoIssuerMayClaim_IsMissingForEveryone() public view {
        assertEq(registry.topicStatus(store.investorWord(factory.predict(ALICE)), KYC), ReasonCode.RECIPIENT_CLAIM_MISSING, "unknown");
        assertEq(registry.topicStatus(type(uint256).max, 5), ReasonCode.RECIPIENT_CLAIM_MISSING, "no issuer is trusted with it");
        assertEq(registry.topicStatus(type(uint256).max, 0), ReasonCode.RECIPIENT_CLAIM_MISSING, "topics begin with 1");
        assertEq(registry.topicStatus(type(uint256).max, 6), ReasonCode.RECIPIENT_CLAIM_MISSING, "and end with 5");
    }

    function test_OnboardingIsAllOrNothing() public {
        Investor[] memory investors = new Investor[](2);
        (investors[0], investors[1]) = (investor(alice, ALICE), investor(bob, BOB));
        Claim[] memory claims = list(claimOn(ALICE), claimOn(BOB));
        claims[1].nonce = 0;
        bytes memory signature = signed(claims);
        vm.expectRevert(
            abi.encodeWithSelector(IIdentityStorage.ClaimNonceTooLow.selector, factory.predict(BOB), KYC, uint256(0), uint256(0))
        );
        registry.onboardBatch(investors, claims, signature);
        assertFalse(registry.contains(alice));
    }

    function test_Erc3643RegistrationOfReservedIdentities() public {
        address identity = store.reserveIdentity(ALICE);
        vm.expectEmit(address(registry));
        emit IRegistry.IdentityRegistered(alice, identity);
        registry.registerIdentity(alice, identity, GERMANY);
        assertTrue(registry.contains(alice));
        assertEq(registry.identity(alice), identity);
        assertEq(registry.investorCountry(alice), GERMANY);
        assertFalse(registry.isVerified(alice));
        assertEq(registry.verification(alice), ReasonCode.RECIPIENT_CLAIM_MISSING);

        vm.expectEmit(address(registry));
        emit IRegistry.CountryUpdated(alice, FRANCE);
        registry.updateCountry(alice, FRANCE);
        address other = store.reserveIdentity(BOB);
        vm.expectEmit(address(registry));
        emit IRegistry.IdentityUpdated(identity, other);
        registry.updateIdentity(alice, other);
        vm.expectEmit(address(registry));
        emit IRegistry.IdentityRemoved(alice, other);
        registry.deleteIdentity(alice);
        assertFalse(registry.contains(alice));
        assertEq(registry.verification(alice), ReasonCode.RECIPIENT_NOT_REGISTERED);
    }

    function test_BatchRegistration() public {
        address[] memory wallets = new address[](2);
        address[] memory identities = new address[](2);
        uint16[] memory countries = new uint16[](2);
        (wallets[0], wallets[1]) = (alice, bob);
        (identities[0], identities[1]) = (store.reserveIdentity(ALICE), store.reserveIdentity(BOB));
        (countries[0], countries[1]) = (GERMANY, FRANCE);

        registry.batchRegisterIdentity(wallets, identities, countries);

        assertEq(registry.investorCountry(bob), FRANCE);
    }

    function test_RevertWhen_BatchArraysDiffer() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.LengthMismatch.selector, 2, 1));
        registry.batchRegisterIdentity(new address[](2), new address[](1), new uint16[](2));
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.LengthMismatch.selector, 2, 3));
        registry.batchRegisterIdentity(new address[](2), new address[](2), new uint16[](3));
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.BatchTooLong.selector, 126, 125));
        registry.batchRegisterIdentity(new address[](126), new address[](126), new uint16[](126));
    }

    /* TOPICS AND ISSUERS */

    function test_ChangesPushTheMatrix() public {
        store.addIssuer(second);
        assertEq(token.matrix(), 1);
        registry.addTrustedIssuer(second, topics(KYC, AML));
        assertEq(token.matrix(), 1 | (1 << 1));
        vm.expectEmit(address(registry));
        emit IIdentityRegistry.AcceptanceChanged(1 | (1 << 1), 1 | (1 << 1) | (1 << 17));
        vm.expectEmit(address(registry));
        emit ITopics.ClaimTopicAdded(AML);
        registry.addClaimTopic(AML);
        assertEq(token.matrix(), 1 | (1 << 1) | (1 << 17));
        registry.removeTrustedIssuer(issuer.addr);
        assertEq(token.matrix(), (1 << 1) | (1 << 17));
        registry.removeClaimTopic(KYC);
        assertEq(token.matrix(), 1 << 17);
        assertEq(registry.acceptance(), token.matrix());
        assertEq(otherToken.matrix(), 1);
    }

    function test_ATokenWithAnotherRegistryIsLeftAlone() public {
        IdentityRegistry next = newRegistry(address(token));
        next.addTrustedIssuer(issuer.addr, topics(AML));
        next.addClaimTopic(AML);
        assertEq(token.matrix(), 1);
        token.setRegistry(address(next));
        assertEq(token.matrix(), 1 << 16);
    }

    function test_ViewsOfTopicsAndIssuers() public {
        store.addIssuer(second);
        registry.addTrustedIssuer(second, topics(AML, 5));
        assertEq(registry.getClaimTopics(), topics(KYC));
        assertEq(registry.getTrustedIssuers().length, 2);
        assertEq(registry.getTrustedIssuers()[1], second);
        assertEq(registry.getTrustedIssuersForClaimTopic(KYC).length, 1);
        assertEq(registry.getTrustedIssuersForClaimTopic(5)[0], second);
        assertEq(registry.getTrustedIssuersForClaimTopic(9).length, 0);
        assertEq(registry.getTrustedIssuerClaimTopics(second), topics(AML, 5));
        assertTrue(registry.isTrustedIssuer(second));
        assertFalse(registry.isTrustedIssuer(stranger));
        assertTrue(registry.hasClaimTopic(second, 5));
        assertFalse(registry.hasClaimTopic(second, KYC));
        assertFalse(registry.hasClaimTopic(second, 0));
        assertFalse(registry.hasClaimTopic(stranger, KYC));
    }

    function test_IssuerTopicsAreReplaced() public {
        store.addIssuer(second);
        vm.expectEmit(address(registry));
        emit IIssuers.TrustedIssuerAdded(second, topics(KYC));
        registry.addTrustedIssuer(second, topics(KYC));
        vm.expectEmit(address(registry));
        emit IIssuers.ClaimTopicsUpdated(second, topics(AML));
        registry.updateIssuerClaimTopics(second, topics(AML));
        assertEq(registry.getTrustedIssuerClaimTopics(second), topics(AML));
        vm.expectEmit(address(registry));
        emit IIssuers.TrustedIssuerRemoved(second);
        registry.removeTrustedIssuer(second);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.IssuerNotTrusted.selector, second));
        registry.getTrustedIssuerClaimTopics(second);
    }

    function test_RevertWhen_ATopicIsNotFit() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TopicOutOfRange.selector, 0));
        registry.addClaimTopic(0);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TopicOutOfRange.selector, 6));
        registry.addClaimTopic(6);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TopicAlreadyRequired.selector, KYC));
        registry.addClaimTopic(KYC);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TopicNotRequired.selector, AML));
        registry.removeClaimTopic(AML);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TopicWithoutIssuer.selector, AML));
        registry.addClaimTopic(AML);
    }

    function test_RevertWhen_ARequiredTopicWouldLoseItsIssuer() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TopicWithoutIssuer.selector, KYC));
        registry.removeTrustedIssuer(issuer.addr);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TopicWithoutIssuer.selector, KYC));
        registry.updateIssuerClaimTopics(issuer.addr, topics(AML));
    }

    function test_RevertWhen_AnIssuerIsNotFit() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.IssuerUnknown.selector, second));
        registry.addTrustedIssuer(second, topics(KYC));
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.IssuerAlreadyTrusted.selector, issuer.addr));
        registry.addTrustedIssuer(issuer.addr, topics(AML));
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.IssuerNotTrusted.selector, second));
        registry.updateIssuerClaimTopics(second, topics(KYC));
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.IssuerNotTrusted.selector, second));
        registry.removeTrustedIssuer(second);
        store.addIssuer(second);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TopicsEmpty.selector, second));
        registry.addTrustedIssuer(second, new uint256[](0));
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TopicRepeated.selector, KYC));
        registry.addTrustedIssuer(second, topics(KYC, KYC));
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TopicOutOfRange.selector, 7));
        registry.addTrustedIssuer(second, topics(KYC, 7));
    }

    /* VERIFICATION */

    /// @dev Through the doors: random claims of three issuers, random demands, revocations, epochs and time.
    function testFuzz_IsVerifiedEqualsTheModel(uint256 seed) public {
        registry.onboard(investor(alice, ALICE), list(claimOn(ALICE)), signed(list(claimOn(ALICE))));
        address identity = factory.predict(ALICE);
        uint40 start = uint40(block.timestamp);
        bool[6] memory required;
        required[KYC] = true;
        for (uint256 topic = 2; topic <= 5; topic++) {
            uint256 draw = uint256(keccak256(abi.encode(seed, topic)));
            if (draw & 1 == 0) continue;
            required[topic] = true;
        }
        uint256[] memory all = new uint256[](5);
        for (uint256 i = 0; i < 5; i++) {
            all[i] = i + 1;
        }
        registry.updateIssuerClaimTopics(issuer.addr, all);
        for (uint256 topic = 2; topic <= 5; topic++) {
            if (required[topic]) registry.addClaimTopic(topic);
        }

        bool expected = true;
        uint256 laterBy = seed % 5 hours;
        bool raise = seed % 5 == 0;
        for (uint256 topic = 2; topic <= 5; topic++) {
            uint256 draw = uint256(keccak256(abi.encode(seed, topic))) >> 8;
            bool written = draw % 8 != 0;
            bool revoked = written && (draw >> 8) % 8 == 0;
            uint40 validUntil = start + 1 hours + uint40((draw >> 16) % 12 hours);
            if (written) {
                Claim memory claim = claimOn(ALICE);
                (claim.topic, claim.validUntil) = (topic, validUntil);
                write(claim);
            }
            if (revoked) store.revokeClaim(identity, topic);
            bool counts = written && !revoked && (start + laterBy) / 1 hours < validUntil / 1 hours;
            if (required[topic] && !counts) expected = false;
        }
        if (raise) store.raiseIssuerEpoch(issuer.addr);
        vm.warp(start + laterBy);

        assertEq(registry.isVerified(alice), expected && !raise);
        assertEq(registry.isVerified(alice), registry.verification(alice) == ReasonCode.OK);
        assertEq(registry.acceptance(), token.matrix());
    }
}
