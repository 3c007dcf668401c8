// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManager } from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";
import { Test } from "forge-std/Test.sol";
import { Compliance } from "../../../contracts/compliance/Compliance.sol";
import { RuleTable } from "../../../contracts/compliance/RuleTable.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { IRule, Kind, Transfer } from "../../../contracts/interfaces/IRule.sol";

/// @dev Token and storage in one, as far as compliance and rules ask them: lets a test set the positions it wants.
contract TokenStandIn {
    struct Party {
        address investor;
        uint256 word;
    }

    address public immutable authority;
    address public immutable owner;
    address public compliance;
    uint8 public ruleCount;
    bool public feeCharged;
    uint256 public totalSupply;
    uint256 public holderCount;
    mapping(address wallet => Party) internal parties;
    address[] internal wallets;
    mapping(uint256 investorWord => mapping(uint256 topic => uint8)) internal topicCodes;
    mapping(address investor => uint256) public positionOf;

    constructor(address authority_, address owner_) {
        (authority, owner) = (authority_, owner_);
    }

    function setCompliance(Compliance compliance_) external {
        if (compliance != address(0)) Compliance(compliance).unbindToken(address(this));
        compliance = address(compliance_);
        compliance_.bindToken(address(this));
    }

    function setRuleCount(uint8 count, bool feeCharged_) external {
        require(msg.sender == compliance, "only compliance");
        (ruleCount, feeCharged) = (count, feeCharged_);
    }

    function link(address wallet, address investor, uint16 country) external {
        parties[wallet] = Party(investor, Eligibility.withCountry(0, country));
        wallets.push(wallet);
    }

    /// @dev Also changes the country of an investor who holds.
    function setWord(address wallet, uint256 word) external {
        parties[wallet].word = word;
    }

    /// @param code ReasonCode that the registry answers for an investor with this word
    function setTopicStatus(uint256 word, uint256 topic, uint8 code) external {
        topicCodes[word][topic] = code;
    }

    function topicStatus(uint256 word, uint256 topic) external view returns (uint8) {
        return topicCodes[word][topic];
    }

    function identityRegistry() external view returns (address) {
        return address(this);
    }

    function identityStorage() external view returns (address) {
        return address(this);
    }

    function investorWord(address investor) external view returns (uint256 word) {
        for (uint256 i = 0; i < wallets.length; i++) {
            if (parties[wallets[i]].investor == investor) return parties[wallets[i]].word;
        }
    }

    function pair(address from, address to) external view returns (uint256, uint256, uint256, uint256, uint256) {
        Party memory a = parties[from];
        Party memory b = parties[to];
        return (uint160(a.investor), a.word, uint160(b.investor), b.word, 0);
    }

    /// @dev Moves positions and asks compliance, as the token does: balances first.
    function move(Kind kind, address from, address to, uint256 amount) external {
        Transfer memory t = Compliance(compliance).describe(kind, msg.sender, from, to, amount);
        if (t.fromInvestor != address(0)) {
            positionOf[t.fromInvestor] -= amount;
            if (amount != 0 && positionOf[t.fromInvestor] == 0) holderCount--;
        }
        if (t.toInvestor != address(0)) {
            if (amount != 0 && positionOf[t.toInvestor] == 0) holderCount++;
            positionOf[t.toInvestor] += amount;
        }
        if (kind == Kind.MINT) totalSupply += amount;
        if (kind == Kind.BURN) totalSupply -= amount;
        Compliance(compliance).enforce(t);
    }

    function report(Transfer calldata t) external {
        Compliance(compliance).enforce(t);
    }
}

abstract contract ComplianceFixture is Test {
    uint64 internal constant NOBODY = type(uint64).max - 1;

    address internal issuer = makeAddr("issuer");
    address internal ann = makeAddr("ann");
    address internal annSecond = makeAddr("ann, second wallet");
    address internal annIdentity = makeAddr("ann's identity");
    address internal bob = makeAddr("bob");
    address internal bobIdentity = makeAddr("bob's identity");

    AccessManager internal manager;
    TokenStandIn internal token;
    Compliance internal implementation;
    Compliance internal compliance;

    function setUp() public virtual {
        vm.warp(1_700_000_000);
        manager = new AccessManager(issuer);
        token = new TokenStandIn(address(manager), issuer);
        implementation = new Compliance(address(new RuleTable()));
        compliance = complianceOf(address(token));
        token.setCompliance(compliance);
        // It is closed until its rules are set, and these tests begin with none.
        setRules(new RuleSetting[](0));
        token.link(ann, annIdentity, 840);
        token.link(annSecond, annIdentity, 840);
        token.link(bob, bobIdentity, 276);
    }

    function complianceOf(address token_) internal returns (Compliance) {
        return Compliance(Clones.cloneWithImmutableArgs(address(implementation), abi.encodePacked(token_)));
    }

    function setRules(RuleSetting[] memory settings) internal {
        vm.prank(issuer);
        compliance.setRules(settings);
    }

    function setRule(IRule rule, bytes memory parameters) internal {
        RuleSetting[] memory settings = new RuleSetting[](1);
        settings[0] = RuleSetting(address(rule), parameters);
        setRules(settings);
    }

    function mint(address to, uint256 amount) internal {
        token.move(Kind.MINT, address(0), to, amount);
    }

    function transfer(address from, address to, uint256 amount) internal {
        token.move(Kind.TRANSFER, from, to, amount);
    }

    /// @dev What a fuzzer may choose of a movement; a struct with an enum in it would be refused before the test begins.
    struct Fuzzed {
        uint8 kind;
        address operator;
        address from;
        address to;
        uint256 amount;
        address fromInvestor;
        address toInvestor;
        uint256 fromWord;
        uint256 toWord;
        uint256 fromPosition;
        uint256 toPosition;
        uint256 supply;
    }

    function movement(Fuzzed memory f) internal view returns (Transfer memory t) {
        t.token = address(token);
        t.kind = Kind(bound(f.kind, 0, uint8(type(Kind).max)));
        (t.operator, t.from, t.to, t.amount) = (f.operator, f.from, f.to, f.amount);
        (t.fromInvestor, t.toInvestor, t.fromWord, t.toWord) = (f.fromInvestor, f.toInvestor, f.fromWord, f.toWord);
        (t.fromPosition, t.toPosition, t.supply) = (f.fromPosition, f.toPosition, f.supply);
    }

    /// @dev `enforce` as the compliance calls it must revert iff `check` fails, and then with the verdict.
    function assertEnforceAgrees(IRule rule, Transfer memory t) internal {
        (bool pass, bytes memory expected) = verdictOf(rule, t);
        vm.prank(address(compliance));
        (bool enforced, bytes memory returned) = address(rule).call(abi.encodeCall(IRule.enforce, (t)));
        assertEq(enforced, pass, "enforce and check disagree");
        if (!enforced) assertEq(returned, expected, "another reason");
    }

    function verdictOf(IRule rule, Transfer memory t) internal view returns (bool pass, bytes memory refusal) {
        pass = rule.check(t).pass;
        if (!pass) {
            refusal = abi.encodeWithSelector(IRule.RuleRefused.selector, rule.check(t).code, rule.check(t).actual, rule.check(t).limit);
        }
    }
}
