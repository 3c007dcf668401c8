// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { MinimumHolders } from "../../../contracts/compliance/rules/MinimumHolders.sol";
import { Kind, Transfer } from "../../../contracts/interfaces/IRule.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { HolderFixture } from "./HolderFixture.sol";

contract MinimumHoldersTest is HolderFixture {
    MinimumHolders internal rule = new MinimumHolders();
    address internal cem;

    function setUp() public override {
        super.setUp();
        cem = person("cem", 792);
    }

    function set(uint256 minimum) internal {
        setRule(rule, abi.encode(minimum));
    }

    function test_When_AHolderWouldLeaveTooFew_HisFullExitIsRefused() public {
        set(2);
        mint(ann, 10);
        mint(bob, 10);
        expectRefusal(rule, ReasonCode.MIN_HOLDERS, 1, 2);
        transfer(ann, bob, 10);
        transfer(ann, bob, 9);
        assertEq(rule.configuration(address(token)), abi.encode(uint256(2)));
        assertEq(rule.minimumOf(address(token)), 2);
    }

    function test_When_MoreHoldThanMust_OneMayExit() public {
        set(2);
        mint(ann, 10);
        mint(bob, 10);
        mint(cem, 10);
        transfer(ann, bob, 10);
        assertEq(token.holderCount(), 2);
    }

    function test_When_TheLastHolderSellsAllToANewcomer_ItPasses() public {
        set(5);
        mint(ann, 10);
        transfer(ann, bob, 10);
        assertEq(token.holderCount(), 1);
    }

    function test_When_TheLastHolderIsRedeemed_NoRuleMinds() public {
        set(2);
        mint(ann, 10);
        mint(bob, 10);
        burn(ann, 10);
        burn(bob, 10);
        assertEq(token.holderCount(), 0);
        assertFalse(compliance.rules()[0].faulted);
    }

    function test_When_OwnWalletsOrAnOfficerMoveAll_ItPasses() public {
        set(2);
        mint(ann, 10);
        mint(bob, 10);
        transfer(ann, annSecond, 10);
        force(bob, ann, 10);
    }

    function test_When_TheMinimumIsLowered_ItHoldsAtOnce() public {
        set(2);
        mint(ann, 10);
        mint(bob, 10);
        set(1);
        transfer(ann, bob, 10);
    }

    function testFuzz_When_Judged_TheHoldersAfterDecide(uint8 minimum, uint8 holders, Fuzzed memory fuzzed) public {
        set(minimum);
        Transfer memory t = movement(fuzzed);
        if (t.amount % 2 == 0) t.toPosition = 0;
        if (t.amount % 3 != 0) t.fromPosition = t.amount;
        assertEnforceAgreesAsTheTokenCounts(rule, t, holders);

        tokenCounts(holders);
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        bool gone = t.fromPosition == t.amount && t.amount > 0 && t.toPosition != 0;
        bool refused = t.kind == Kind.TRANSFER && !same && gone && uint256(holders) < uint256(minimum) + 1 && minimum != 0;
        assertEq(rule.check(t).pass, !refused);
    }

    function testFuzz_When_TheRoomIsAsked_ItIsExact(uint8 minimum, uint8 holders, uint112 position, uint112 toPosition) public {
        set(minimum);
        tokenCounts(holders);
        Transfer memory t;
        (t.token, t.fromInvestor, t.toInvestor) = (address(token), annIdentity, bobIdentity);
        (t.fromPosition, t.toPosition) = (bound(position, 1, type(uint112).max), toPosition);
        assertRoomIsExact(rule, t);
    }
}
