// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { Rule } from "../../../contracts/compliance/rules/Rule.sol";
import { ICompliance, RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { Capability, IFeeRule, IRule, Kind, Transfer } from "../../../contracts/interfaces/IRule.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { TokenFixture } from "./TokenFixture.sol";

/// @dev Charges what the test says, and answers badly when told to.
contract FeeStandIn is Rule, IFeeRule {
    uint256 public fee;
    address public collector;
    bytes public answer;
    uint256 public ledger;
    Kind public lastKind;

    function set(uint256 fee_, address collector_) external {
        (fee, collector) = (fee_, collector_);
    }

    function answerWith(bytes calldata answer_) external {
        answer = answer_;
    }

    function feeOf(Transfer calldata) external view returns (uint256, address) {
        bytes memory given = answer;
        if (given.length == 0) return (fee, collector);
        assembly {
            return(add(given, 0x20), mload(given))
        }
    }

    function enforce(Transfer calldata t) external override(IRule, Rule) {
        ledger += t.amount;
        lastKind = t.kind;
    }

    function capabilities() public pure override(IRule, Rule) returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHARGES_FEE | Capability.LEDGER_FORCED;
    }

    function configure(address, bytes calldata) external { }

    function configuration(address) external pure returns (bytes memory) {
        return "";
    }

    function name() external pure returns (string memory) {
        return "FeeStandIn";
    }

    function _judge(Transfer calldata) internal pure override returns (uint8, uint256, uint256, uint256) {
        return (ReasonCode.OK, 0, 0, type(uint256).max);
    }
}

contract FeeTest is TokenFixture {
    FeeStandIn internal rule;
    address internal treasury = makeAddr("treasury");

    function setUp() public override {
        super.setUp();
        rule = new FeeStandIn();
        onboard(registry, treasury, "treasury", GERMANY);
        mint(ann, 100);
        setRule(address(rule), "");
        rule.set(3, treasury);
    }

    function test_When_AFeeIsCharged_BothLegsAreInOneTransfer() external {
        vm.expectEmit(address(token));
        emit IERC20.Transfer(ann, bob, 40);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(bob, treasury, 3);
        vm.prank(ann);
        token.transfer(bob, 40);
        assertEq(token.balanceOf(ann), 60);
        assertEq(token.balanceOf(bob), 37);
        assertEq(token.balanceOf(treasury), 3);
        assertEq(token.totalSupply(), 100);
        assertEq(token.holderCount(), 3);
        assertEq(rule.ledger(), 43);
        assertEq(uint8(rule.lastKind()), uint8(Kind.FORCED));
    }

    function test_When_TheWholeAmountIsTheFee_TheRecipientDoesNotBecomeAHolder() external {
        rule.set(40, treasury);
        vm.prank(ann);
        token.transfer(bob, 40);
        assertEq(token.balanceOf(bob), 0);
        assertEq(token.balanceOf(treasury), 40);
        assertEq(token.holderCount(), 2);
    }

    function test_When_TheFeeIsZero_NothingElseHappens() external {
        rule.set(0, address(0));
        vm.prank(ann);
        token.transfer(bob, 40);
        assertEq(token.balanceOf(bob), 40);
    }

    function test_When_UnitsAreIssuedRedeemedOrForced_NoFeeIsTaken() external {
        mint(bob, 10);
        vm.prank(agent);
        token.burn(bob, 5);
        force(ann, bob, 10);
        assertEq(token.balanceOf(treasury), 0);
    }

    function test_When_TheRecipientsUnitsAreFrozen_TheFeeComesOutOfWhatArrives() external {
        vm.prank(agent);
        token.setFrozenTokens(bob, 1000);
        vm.prank(ann);
        token.transfer(bob, 40);
        assertEq(token.balanceOf(treasury), 3);
        assertEq(token.getFrozenTokens(bob), 1000);
    }

    function test_When_ASnapshotPrecedes_ItKeepsEveryBalance() external {
        uint256 id = takeSnapshot();
        vm.prank(ann);
        token.transfer(bob, 40);
        assertEq(token.balanceOfAt(ann, id) + token.balanceOfAt(bob, id) + token.balanceOfAt(treasury, id), 100);
        assertEq(token.balanceOfAt(ann, id), 100);
    }

    function test_RevertWhen_TheRuleGivesNoUsableAnswer_AndTheReasonIsExplained() external {
        bytes[4] memory answers = [
            abi.encode(uint256(41), treasury), abi.encode(uint256(1), address(0)), abi.encode(uint256(3), type(uint256).max), bytes("short")
        ];
        for (uint256 i = 0; i < answers.length; ++i) {
            rule.answerWith(answers[i]);
            assertExplained(ann, bob, 40, ReasonCode.RULE_FAULT);
            vm.prank(ann);
            expectRefusalBy(address(rule), ReasonCode.RULE_FAULT, 0, 0);
            token.transfer(bob, 40);
        }
    }

    function test_When_TheFeeRuleIsRemoved_TransfersAreFree() external {
        compliance.removeModule(address(rule));
        vm.prank(ann);
        token.transfer(bob, 40);
        assertEq(token.balanceOf(bob), 40);
    }

    function test_RevertWhen_ASecondRuleChargesToo() external {
        RuleSetting[] memory rules = new RuleSetting[](2);
        rules[0] = RuleSetting(address(rule), "");
        rules[1] = RuleSetting(address(new FeeStandIn()), "");
        vm.expectRevert(abi.encodeWithSelector(ICompliance.FeeRuleSecond.selector, rules[1].rule));
        compliance.setRules(rules);
    }

    function testFuzz_When_AFeeIsTaken_NoUnitIsLostOrMade(uint256 amount, uint256 fee) external {
        amount = bound(amount, 0, 100);
        fee = bound(fee, 0, amount);
        rule.set(fee, treasury);
        assertExplained(ann, bob, amount, ReasonCode.OK);
        vm.prank(ann);
        token.transfer(bob, amount);
        assertEq(token.balanceOf(ann), 100 - amount);
        assertEq(token.balanceOf(bob), amount - fee);
        assertEq(token.balanceOf(treasury), fee);
    }
}
