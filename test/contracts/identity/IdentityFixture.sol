// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManager } from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";
import { Test, Vm } from "forge-std/Test.sol";
import { Identity } from "../../../contracts/identity/Identity.sol";
import { IdentityFactory } from "../../../contracts/identity/IdentityFactory.sol";
import { IdentityRegistry } from "../../../contracts/identity/IdentityRegistry.sol";
import { IdentityStorage } from "../../../contracts/identity/IdentityStorage.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { Claim, Investor } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { TokenStandIn } from "./TokenStandIn.sol";

/// @notice A storage with one claim issuer, and two tokens with their registries bound to it. The test contract is AccessManager admin,
///         owner and registrar of both. Both registries require KYC of the issuer.
abstract contract IdentityFixture is Test {
    uint256 internal constant KYC = 1;
    uint256 internal constant AML = 2;
    uint16 internal constant GERMANY = 276;
    uint16 internal constant FRANCE = 250;
    bytes32 internal constant ALICE = "alice";
    bytes32 internal constant BOB = "bob";

    AccessManager internal manager;
    IdentityFactory internal factory;
    IdentityStorage internal store;
    IdentityRegistry internal registry;
    IdentityRegistry internal otherRegistry;
    TokenStandIn internal token;
    TokenStandIn internal otherToken;
    Vm.Wallet internal issuer;
    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");
    address internal stranger = makeAddr("stranger");
    address private _registryImplementation;

    function setUp() public virtual {
        vm.warp(1_780_000_000);
        issuer = vm.createWallet("issuer");
        manager = new AccessManager(address(this));
        factory = new IdentityFactory(address(manager), address(new Identity()));
        store = new IdentityStorage(address(manager), address(this), address(factory));
        store.addIssuer(issuer.addr);
        _registryImplementation = address(new IdentityRegistry());
        (token, registry) = newSuite();
        (otherToken, otherRegistry) = newSuite();
    }

    function newSuite() internal returns (TokenStandIn token_, IdentityRegistry registry_) {
        token_ = new TokenStandIn(address(this));
        registry_ = newRegistry(address(token_));
        token_.setRegistry(address(registry_));
        store.bindIdentityRegistry(address(registry_));
        registry_.setAgent(address(this), AgentRole.REGISTRAR);
        registry_.addTrustedIssuer(issuer.addr, topics(KYC));
        registry_.addClaimTopic(KYC);
    }

    function newRegistry(address token_) internal returns (IdentityRegistry registry_) {
        registry_ = newClone();
        registry_.initialize(token_, address(store), address(manager));
    }

    /// @dev Not yet tied to a token.
    function newClone() internal returns (IdentityRegistry) {
        return IdentityRegistry(Clones.clone(_registryImplementation));
    }

    /* BUILDERS */

    function topics(uint256 topic) internal pure returns (uint256[] memory numbers) {
        numbers = new uint256[](1);
        numbers[0] = topic;
    }

    function topics(uint256 first, uint256 second) internal pure returns (uint256[] memory numbers) {
        numbers = new uint256[](2);
        (numbers[0], numbers[1]) = (first, second);
    }

    function investor(address wallet, bytes32 salt) internal pure returns (Investor memory) {
        return Investor({ wallet: wallet, salt: salt, country: GERMANY });
    }

    /// @dev A KYC claim of the issuer, first of its lane, valid for a year.
    function claimOn(bytes32 salt) internal view returns (Claim memory) {
        return Claim({
            issuer: issuer.addr,
            identity: factory.predict(salt),
            topic: KYC,
            dataHash: keccak256(abi.encode("evidence", salt)),
            issuedAt: uint40(block.timestamp),
            validUntil: uint40(block.timestamp + 365 days),
            nonce: 1
        });
    }

    function list(Claim memory claim) internal pure returns (Claim[] memory claims) {
        claims = new Claim[](1);
        claims[0] = claim;
    }

    function list(Claim memory first, Claim memory second) internal pure returns (Claim[] memory claims) {
        claims = new Claim[](2);
        (claims[0], claims[1]) = (first, second);
    }

    function signed(Claim[] memory claims) internal returns (bytes memory) {
        return signedBy(issuer, claims);
    }

    function signedBy(Vm.Wallet memory signer, Claim[] memory claims) internal returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer, store.claimsDigest(claims));
        return abi.encodePacked(r, s, v);
    }

    /* STEPS */

    /// @dev Onboards at `registry` with a KYC claim.
    function onboard(address wallet, bytes32 salt) internal returns (address identity) {
        Claim[] memory claims = list(claimOn(salt));
        return registry.onboard(investor(wallet, salt), claims, signed(claims));
    }

    function write(Claim memory claim) internal {
        Claim[] memory claims = list(claim);
        store.writeClaims(claims, signed(claims));
    }
}
