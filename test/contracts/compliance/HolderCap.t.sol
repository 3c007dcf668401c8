// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { HolderCap } from "../../../contracts/compliance/rules/HolderCap.sol";
import { Kind, Transfer } from "../../../contracts/interfaces/IRule.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { HolderFixture } from "./HolderFixture.sol";

contract HolderCapTest is HolderFixture {
    HolderCap internal rule = new HolderCap();
    address internal cem;

    function setUp() public override {
        super.setUp();
        cem = person("cem", 792);
    }

    function set(uint256 cap) internal {
        setRule(rule, abi.encode(cap));
    }

    function test_When_TheCapIsReached_NewcomersAreRefused() public {
        set(2);
        mint(ann, 10);
        mint(bob, 10);
        expectRefusal(rule, ReasonCode.HOLDER_CAP_REACHED, 3, 2);
        mint(cem, 1);
        expectRefusal(rule, ReasonCode.HOLDER_CAP_REACHED, 3, 2);
        transfer(ann, cem, 9);
        mint(ann, 1);
        transfer(ann, bob, 1);
        assertEq(rule.configuration(address(token)), abi.encode(uint256(2)));
        assertEq(rule.capOf(address(token)), 2);
    }

    function test_When_ASellerExitsToANewcomerAtTheCap_ItPasses() public {
        set(2);
        mint(ann, 10);
        mint(bob, 10);
        transfer(ann, cem, 10);
        assertEq(token.holderCount(), 2);
    }

    function test_When_AnInvestorTakesASecondWallet_HeIsOneHolder() public {
        set(1);
        mint(ann, 10);
        mint(annSecond, 10);
        transfer(ann, annSecond, 10);
        expectRefusal(rule, ReasonCode.HOLDER_CAP_REACHED, 2, 1);
        transfer(annSecond, bob, 10);
        transfer(annSecond, bob, 20);
    }

    function test_When_TheCapIsLoweredBelowTheCount_ItClosesToNewcomersOnly() public {
        set(3);
        mint(ann, 10);
        mint(bob, 10);
        set(1);
        transfer(ann, bob, 1);
        expectRefusal(rule, ReasonCode.HOLDER_CAP_REACHED, 2, 1);
        transfer(ann, cem, 9);
        transfer(ann, bob, 9);
        transfer(bob, cem, 20);
    }

    function test_When_AnOfficerForces_TheCapDoesNotStopHim() public {
        set(1);
        mint(ann, 10);
        force(ann, bob, 1);
        assertEq(token.holderCount(), 2);
    }

    function test_When_TheCapIsZero_ThereIsNone() public {
        set(0);
        mint(ann, 10);
        transfer(ann, bob, 1);
    }

    function testFuzz_When_Judged_TheHoldersAfterDecide(uint8 cap, uint8 holders, Fuzzed memory fuzzed) public {
        set(cap);
        Transfer memory t = movement(fuzzed);
        if (t.amount % 2 == 0) t.toPosition = 0;
        if (t.amount % 3 == 0) t.fromPosition = t.amount;
        assertEnforceAgreesAsTheTokenCounts(rule, t, holders);

        tokenCounts(holders);
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        bool exits = t.kind == Kind.TRANSFER && t.fromPosition == t.amount;
        bool newcomer = t.toPosition == 0 && t.amount > 0;
        uint256 after_ = uint256(holders) + (exits ? 0 : 1);
        bool refused = cap != 0 && t.kind <= Kind.MINT && !same && newcomer && after_ > cap;
        assertEq(rule.check(t).pass, !refused);
    }

    function testFuzz_When_TheRoomIsAsked_ItIsExact(uint8 cap, uint8 holders, uint112 position, bool minted) public {
        set(bound(cap, 1, 255));
        tokenCounts(holders);
        Transfer memory t;
        (t.token, t.kind, t.toInvestor) = (address(token), minted ? Kind.MINT : Kind.TRANSFER, bobIdentity);
        if (!minted) (t.fromInvestor, t.fromPosition) = (annIdentity, position);
        assertRoomIsExact(rule, t);
        // Beyond the full exit a newcomer at the cap is refused.
        t.amount = 1;
        uint256 room = rule.check(t).room;
        if (room == type(uint256).max) return;
        t.amount = room + 1;
        assertFalse(rule.check(t).pass);
    }
}
