// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManager } from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import { CountryGroup } from "../../../contracts/compliance/CountryValues.sol";
import { Compliance } from "../../../contracts/compliance/Compliance.sol";
import { HolderCap } from "../../../contracts/compliance/rules/HolderCap.sol";
import { HolderCapByCountry } from "../../../contracts/compliance/rules/HolderCapByCountry.sol";
import { SupplyLimit } from "../../../contracts/compliance/rules/SupplyLimit.sol";
import { IssuerManager } from "../../../contracts/factory/IssuerManager.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { IdentityRegistry } from "../../../contracts/identity/IdentityRegistry.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { Claim, Investor } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { AgentGrant, ISecurityToken } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ITokenFactory } from "../../../contracts/interfaces/ITokenFactory.sol";
import { HostileRule } from "../compliance/HostileRule.sol";
import { SuiteFixture } from "../factory/SuiteFixture.sol";
import { Toll } from "./Toll.sol";

/// @notice Three suites of the factory on one storage, each under its own delays: the first keeps ordinary rules and is never over-frozen,
///         the second charges a toll, the third starts without rules and before its launch. Four investors with two wallets each, two
///         claim issuers.
abstract contract SuiteWorld is SuiteFixture {
    uint256 internal constant TOKENS = 3;
    uint256 internal constant KYC = 1;
    uint256 internal constant ACCREDITED = 3;
    uint256 internal constant CAP = 2500e18;
    uint256 internal constant UNITED_STATES = 840;
    uint96 internal constant DAY_CAP = 20_000e18;
    uint16 internal constant ENFORCER = AgentRole.FORCED | AgentRole.RECOVERY;
    uint16 internal constant ALL_ROLES = AgentRole.MINTER | AgentRole.BURNER | AgentRole.FREEZER | AgentRole.PAUSER | ENFORCER;

    ISecurityToken[TOKENS] public tokens;
    IdentityRegistry[TOKENS] public registries;
    Compliance[TOKENS] public compliances;
    IssuerManager[TOKENS] public managers;
    HolderCap internal holderCap = new HolderCap();
    HolderCapByCountry internal countryCap = new HolderCapByCountry();
    SupplyLimit internal supplyLimit = new SupplyLimit();
    Toll internal toll = new Toll();
    HostileRule[6] internal hostile;

    address[] public wallets;
    address[] public identities;
    address[2] internal issuers;
    uint256[2] internal keys;
    address internal minter = makeAddr("minter");
    uint256 private _salts;

    function setUp() public virtual override {
        super.setUp();
        (issuers[0], keys[0]) = makeAddrAndKey("claim issuer");
        (issuers[1], keys[1]) = makeAddrAndKey("second claim issuer");
        vm.prank(operator);
        store.addIssuer(issuers[1]);
        for (uint256 i = 0; i < hostile.length; ++i) {
            hostile[i] = new HostileRule(HostileRule.Mode(i));
        }
        for (uint256 t = 0; t < TOKENS; ++t) {
            deploySuite(t);
        }
        uint16[4] memory countries_ = [uint16(840), 276, 250, 840];
        for (uint256 i = 0; i < 4; ++i) {
            newInvestor(countries_[i]);
            linkWallet(identities[i]);
        }
        for (uint256 t = 0; t < 2; ++t) {
            scheduled(owner, t, address(tokens[t]), abi.encodeCall(tokens[t].unpause, ()));
        }
    }

    /* SUITES */

    function deploySuite(uint256 t) private {
        ITokenFactory.Suite memory suite = ordinary();
        suite.issuers = new ITokenFactory.TrustedIssuer[](2);
        uint256[] memory topics = new uint256[](2);
        (topics[0], topics[1]) = (KYC, ACCREDITED);
        suite.issuers[0] = ITokenFactory.TrustedIssuer(issuers[0], topics);
        suite.issuers[1] = ITokenFactory.TrustedIssuer(issuers[1], one(ACCREDITED));
        suite.rules = new RuleSetting[](0);
        suite.agents = new AgentGrant[](2);
        suite.agents[0] = AgentGrant(agent, ALL_ROLES, DAY_CAP);
        suite.agents[1] = AgentGrant(minter, AgentRole.MINTER, 1500e18);
        vm.prank(operator);
        ITokenFactory.Addresses memory parts = factory.deploySuite(vm.toString(t), suite);
        tokens[t] = ISecurityToken(parts.token);
        registries[t] = IdentityRegistry(parts.registry);
        compliances[t] = Compliance(parts.compliance);
        managers[t] = IssuerManager(parts.manager);
        if (t < 2) setRules(t, t == 0 ? ordinaryRules(CAP, 4, 3, 9000e18) : tollRules(makeAddr("nobody")));
    }

    function setRules(uint256 t, RuleSetting[] memory rules) internal {
        scheduled(owner, t, address(compliances[t]), abi.encodeCall(Compliance.setRules, (rules)));
    }

    function ordinaryRules(uint256 cap, uint256 holders, uint256 inCountry, uint256 supply)
        internal
        view
        returns (RuleSetting[] memory rules)
    {
        CountryGroup[] memory groups = new CountryGroup[](1);
        groups[0] = CountryGroup(new uint16[](1), inCountry);
        groups[0].countries[0] = uint16(UNITED_STATES);
        rules = new RuleSetting[](5);
        rules[0] = RuleSetting(address(maximum), abi.encode(cap));
        rules[1] = RuleSetting(address(holderCap), abi.encode(holders));
        rules[2] = RuleSetting(address(countryCap), abi.encode(inCountry, groups));
        rules[3] = RuleSetting(address(lockup), abi.encode(uint32(4 hours), cap % 2 == 1));
        rules[4] = RuleSetting(address(supplyLimit), abi.encode(supply));
    }

    function tollRules(address collector) internal view returns (RuleSetting[] memory rules) {
        rules = new RuleSetting[](2);
        rules[0] = RuleSetting(address(toll), abi.encode(collector));
        rules[1] = RuleSetting(address(lockup), abi.encode(uint32(1 hours), true));
    }

    /* HOW AN OFFICER ACTS: announced, waited for, carried out */

    function announce(address officer, uint256 t, address target, bytes memory data) internal returns (uint32 delay) {
        bool immediate;
        (immediate, delay) = managers[t].canCall(officer, target, bytes4(data));
        require(!immediate && delay >= 1 days, "an officer's act has a delay");
        vm.prank(officer);
        managers[t].schedule(target, data, 0);
    }

    function scheduled(address officer, uint256 t, address target, bytes memory data) internal returns (bool success) {
        skip(announce(officer, t, target, data));
        vm.prank(officer);
        (success,) = target.call(data);
        if (!success) cancel(officer, t, officer, target, data);
    }

    function cancel(address by, uint256 t, address officer, address target, bytes memory data) internal {
        vm.prank(by);
        IAccessManager(managers[t]).cancel(officer, target, data);
    }

    /* INVESTORS */

    function newInvestor(uint16 country) internal returns (address identity) {
        bytes32 salt = bytes32(++_salts);
        identity = store.predictIdentity(salt);
        address wallet = nextWallet();
        Claim[] memory claims = new Claim[](1);
        claims[0] = claimOn(0, identity, KYC, 1, 300 days);
        bytes memory signature = signed(0, claims);
        vm.prank(registrar);
        registries[0].onboard(Investor({ wallet: wallet, salt: salt, country: country }), claims, signature);
        identities.push(identity);
        wallets.push(wallet);
    }

    function linkWallet(address identity) internal returns (address wallet) {
        wallet = nextWallet();
        uint16 country = Eligibility.country(store.investorWord(identity));
        vm.prank(registrar);
        registries[1].registerIdentity(wallet, identity, country);
        wallets.push(wallet);
    }

    function nextWallet() internal view returns (address) {
        return vm.addr(0x5000 + wallets.length);
    }

    function claimOn(uint256 issuer, address identity, uint256 topic, uint16 nonce, uint256 valid) internal view returns (Claim memory) {
        return Claim({
            issuer: issuers[issuer],
            identity: identity,
            topic: topic,
            dataHash: keccak256(abi.encode(identity, topic, nonce)),
            issuedAt: uint40(block.timestamp),
            validUntil: uint40(block.timestamp + valid),
            nonce: nonce
        });
    }

    function signed(uint256 issuer, Claim[] memory claims) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[issuer], store.claimsDigest(claims));
        return abi.encodePacked(r, s, v);
    }

    /* VIEWS */

    function walletCount() public view returns (uint256) {
        return wallets.length;
    }

    function identityCount() public view returns (uint256) {
        return identities.length;
    }
}
