// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { MessageHashUtils } from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import { Test, Vm } from "forge-std/Test.sol";
import { IERC3643ClaimTopicsRegistry } from "../../../contracts/interfaces/erc3643/IERC3643ClaimTopicsRegistry.sol";
import { IERC3643IdentityRegistry } from "../../../contracts/interfaces/erc3643/IERC3643IdentityRegistry.sol";
import { IERC3643IdentityRegistryStorage } from "../../../contracts/interfaces/erc3643/IERC3643IdentityRegistryStorage.sol";
import { IERC3643Token } from "../../../contracts/interfaces/erc3643/IERC3643Token.sol";
import { IERC3643TrustedIssuersRegistry } from "../../../contracts/interfaces/erc3643/IERC3643TrustedIssuersRegistry.sol";
import { IERC735 } from "../../../contracts/interfaces/erc735/IERC735.sol";
import {
    IOnchainIdClaimIssuer,
    IOnchainIdFactory,
    ITrexAuthority,
    ITrexCompliance,
    ITrexFactory,
    TrexClaimDetails,
    TrexImplementations,
    TrexTokenDetails,
    TrexVersion
} from "./TrexInterfaces.sol";

struct TrexSuite {
    IERC3643Token token;
    IERC3643IdentityRegistry registry;
    IERC3643IdentityRegistryStorage store;
    IERC3643ClaimTopicsRegistry topics;
    IERC3643TrustedIssuersRegistry issuers;
    ITrexCompliance compliance;
}

/// @notice The reference: T-REX 4.1.6 with ONCHAINID 2.2.1, from the artifacts of their npm packages, and one suite on it that requires
///         a KYC claim of one issuer. Everything is named `trex…`, so that a test can stand on one of our fixtures as well.
///         `deployTrex` sets it up: launched, the test contract owns the platform, `trexOwner` the suite; no investor yet.
abstract contract TrexFixture is Test {
    string private constant TREX = "node_modules/@tokenysolutions/t-rex/artifacts/contracts/";
    string private constant ONCHAINID = "node_modules/@onchain-id/solidity/artifacts/contracts/";
    uint256 internal constant TREX_KYC = 1;
    uint256 private constant CLAIM_SIGNER = 3;
    uint256 private constant ECDSA_KEY = 1;

    ITrexAuthority internal trexAuthority;
    ITrexFactory internal trexFactory;
    IOnchainIdFactory internal trexIdentities;
    IOnchainIdClaimIssuer internal trexIssuer;
    Vm.Wallet internal trexSigner;
    address internal trexOwner = makeAddr("reference owner");
    address internal trexAgent = makeAddr("reference agent");
    TrexSuite internal trex;
    mapping(address wallet => address) internal trexIdentityOf;

    function deployTrex() internal {
        trexSigner = vm.createWallet("reference claim signer");
        _deployTrexPlatform();
        trexIssuer = newTrexClaimIssuer(trexSigner.addr);
        trex = newTrexSuite("first", address(0));
        vm.prank(trexAgent);
        trex.token.unpause();
    }

    /* PLATFORM */

    function _deployTrexPlatform() private {
        trexAuthority = ITrexAuthority(trexCode("proxy/authority/TREXImplementationAuthority", abi.encode(true, address(0), address(0))));
        TrexImplementations memory parts = TrexImplementations({
            token: trexCode("token/Token", ""),
            topics: trexCode("registry/implementation/ClaimTopicsRegistry", ""),
            registry: trexCode("registry/implementation/IdentityRegistry", ""),
            store: trexCode("registry/implementation/IdentityRegistryStorage", ""),
            issuers: trexCode("registry/implementation/TrustedIssuersRegistry", ""),
            compliance: trexCode("compliance/modular/ModularCompliance", "")
        });
        trexAuthority.addAndUseTREXVersion(TrexVersion(4, 1, 6), parts);

        address identity = onchainIdCode("Identity", abi.encode(address(this), true));
        address authority = onchainIdCode("proxy/ImplementationAuthority", abi.encode(identity));
        trexIdentities = IOnchainIdFactory(onchainIdCode("factory/IdFactory", abi.encode(authority)));
        trexFactory = ITrexFactory(trexCode("factory/TREXFactory", abi.encode(address(trexAuthority), address(trexIdentities))));
        trexIdentities.addTokenFactory(address(trexFactory));
    }

    /// @param path as `token/Token`: folder and name of a contract of T-REX
    function trexCode(string memory path, bytes memory arguments) internal returns (address) {
        return deployCode(_artifact(TREX, path), arguments);
    }

    function onchainIdCode(string memory path, bytes memory arguments) internal returns (address) {
        return deployCode(_artifact(ONCHAINID, path), arguments);
    }

    function _artifact(string memory root, string memory path) private pure returns (string memory) {
        string[] memory parts = vm.split(path, "/");
        return string.concat(root, path, ".sol/", parts[parts.length - 1], ".json");
    }

    /// @dev The test contract manages it; `signer` signs its claims.
    function newTrexClaimIssuer(address signer) internal returns (IOnchainIdClaimIssuer issuer) {
        issuer = IOnchainIdClaimIssuer(onchainIdCode("ClaimIssuer", abi.encode(address(this))));
        issuer.addKey(keccak256(abi.encode(signer)), CLAIM_SIGNER, ECDSA_KEY);
    }

    /// @param store identity storage of another suite, or zero for one of its own
    function newTrexSuite(string memory salt, address store) internal returns (TrexSuite memory suite) {
        TrexTokenDetails memory details;
        (details.owner, details.name, details.symbol, details.decimals) = (trexOwner, "Reference", "REF", 18);
        details.store = store;
        details.registryAgents = _list(trexAgent);
        details.tokenAgents = _list(trexAgent);
        TrexClaimDetails memory claims;
        claims.topics = _list(TREX_KYC);
        claims.issuers = _list(address(trexIssuer));
        claims.issuerTopics = new uint256[][](1);
        claims.issuerTopics[0] = _list(TREX_KYC);
        trexFactory.deployTREXSuite(salt, details, claims);

        suite.token = IERC3643Token(trexFactory.getToken(salt));
        suite.registry = IERC3643IdentityRegistry(suite.token.identityRegistry());
        suite.store = IERC3643IdentityRegistryStorage(suite.registry.identityStorage());
        suite.topics = IERC3643ClaimTopicsRegistry(suite.registry.topicsRegistry());
        suite.issuers = IERC3643TrustedIssuersRegistry(suite.registry.issuersRegistry());
        suite.compliance = ITrexCompliance(suite.token.compliance());
    }

    /// @dev A rule module of the reference behind its proxy, bound to the first suite.
    /// @param name as `MaxBalanceModule`
    function bindTrexModule(string memory name) internal returns (address module) {
        module = newTrexModule(name);
        vm.prank(trexOwner);
        trex.compliance.addModule(module);
    }

    function newTrexModule(string memory name) internal returns (address) {
        address implementation = trexCode(string.concat("compliance/modular/modules/", name), "");
        bytes memory call = abi.encodeWithSignature("initialize()");
        return trexCode("compliance/modular/modules/ModuleProxy", abi.encode(implementation, call));
    }

    function _list(address item) private pure returns (address[] memory items) {
        items = new address[](1);
        items[0] = item;
    }

    function _list(uint256 item) private pure returns (uint256[] memory items) {
        items = new uint256[](1);
        items[0] = item;
    }

    /* INVESTORS */

    /// @return signature of the claim signer: over identity, topic and data, and nothing else
    function trexClaimSignature(address identity, bytes memory data) internal returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(trexSigner, trexClaimDigest(identity, data));
        return abi.encodePacked(r, s, v);
    }

    function trexClaimDigest(address identity, bytes memory data) internal pure returns (bytes32) {
        return MessageHashUtils.toEthSignedMessageHash(keccak256(abi.encode(identity, TREX_KYC, data)));
    }

    function trexClaimId(address issuer) internal pure returns (bytes32) {
        return keccak256(abi.encode(issuer, TREX_KYC));
    }

    /// @dev An identity of its factory for the wallet, with the KYC claim and registered.
    function trexOnboard(address wallet) internal returns (address identity) {
        identity = trexOnboardWithoutClaim(wallet);
        trexAddClaim(wallet, "passed");
    }

    function trexOnboardWithoutClaim(address wallet) internal returns (address identity) {
        identity = trexIdentities.createIdentity(wallet, vm.toString(wallet));
        trexIdentityOf[wallet] = identity;
        vm.prank(trexAgent);
        trex.registry.registerIdentity(wallet, identity, 276);
    }

    /// @return signature of the claim
    function trexAddClaim(address wallet, bytes memory data) internal returns (bytes memory signature) {
        address identity = trexIdentityOf[wallet];
        signature = trexClaimSignature(identity, data);
        vm.prank(wallet);
        IERC735(identity).addClaim(TREX_KYC, 1, address(trexIssuer), signature, data, "");
    }

    function trexMint(address to, uint256 amount) internal {
        vm.prank(trexAgent);
        trex.token.mint(to, amount);
    }
}
