// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Lockup } from "../../../contracts/compliance/rules/Lockup.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

contract LockupTest is ComplianceFixture {
    Lockup internal rule = new Lockup();

    function setLock(uint32 lockSeconds, bool lockReceived) internal {
        setRule(rule, abi.encode(lockSeconds, lockReceived));
    }

    function locked(address investor) internal view returns (uint256) {
        return rule.lockedOf(address(token), investor);
    }

    function lots(address investor) internal view returns (Lockup.Lot[] memory) {
        return rule.lotsOf(address(token), investor);
    }

    function verdict(address from, address to, uint256 amount) internal view returns (Verdict memory) {
        return rule.check(compliance.describe(Kind.TRANSFER, from, from, to, amount));
    }

    function refusal(uint256 amount, uint256 free) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.LOCKUP_ACTIVE, address(rule), amount, free);
    }

    /* ISSUE AND EXPIRY */

    function test_When_UnitsAreMinted_TheyAreLockedToTheWholeSecond() public {
        setLock(1 days, false);
        mint(ann, 100);
        vm.expectRevert(refusal(1, 0));
        transfer(ann, bob, 1);

        vm.warp(block.timestamp + 1 days - 1);
        vm.expectRevert(refusal(1, 0));
        transfer(ann, bob, 1);

        vm.warp(block.timestamp + 1);
        transfer(ann, bob, 100);
        assertEq(lots(annIdentity).length, 0);
    }

    function test_When_TheLockIsZero_NothingIsStored() public {
        setLock(0, false);
        vm.record();
        mint(ann, 100);
        (, bytes32[] memory writes) = vm.accesses(address(rule));
        assertEq(writes.length, 0);
        transfer(ann, bob, 100);
    }

    function test_When_LotsEndOneAfterAnother_TheVerdictSaysWhenEnoughIsFree() public {
        setLock(10 days, false);
        uint256 start = block.timestamp;
        for (uint256 i = 0; i < 4; i++) {
            vm.warp(start + i * 1 days);
            mint(ann, 10);
        }
        Verdict memory refused = verdict(ann, bob, 25);
        assertEq(refused.code, ReasonCode.LOCKUP_ACTIVE);
        assertEq(refused.until, start + 12 days);
        assertEq(refused.room, 0);
        vm.warp(start + 11 days);
        assertEq(verdict(ann, bob, 25).room, 20);
        vm.warp(refused.until - 1);
        assertFalse(verdict(ann, bob, 25).pass);
        vm.warp(refused.until);
        assertTrue(verdict(ann, bob, 25).pass);
        transfer(ann, bob, 25);
    }

    function test_When_MoreIsAskedThanHeld_TimeDoesNotCureIt() public {
        setLock(10 days, false);
        mint(ann, 10);
        assertEq(verdict(ann, bob, 11).until, 0);
        assertFalse(verdict(ann, bob, 11).pass);
    }

    function test_When_NothingWasEverLocked_TheRuleHasNoOpinion() public {
        setLock(10 days, false);
        assertTrue(verdict(ann, bob, 11).pass);
        assertEq(verdict(ann, bob, 11).room, type(uint256).max);
    }

    function test_When_TheLockIsShortened_NewLotsEndFirstAndTheVerdictKnows() public {
        setLock(10 days, false);
        mint(ann, 10);
        setLock(1 days, false);
        mint(ann, 20);
        assertEq(verdict(ann, bob, 15).until, block.timestamp + 1 days);
        assertEq(verdict(ann, bob, 25).until, block.timestamp + 10 days);
        vm.warp(block.timestamp + 1 days);
        assertEq(locked(annIdentity), 10);
        transfer(ann, bob, 20);
        vm.expectRevert(refusal(1, 0));
        transfer(ann, bob, 1);
    }

    /* TRANSFERS */

    function test_When_ReceivedUnitsAreFree_TheBuyerMaySellAtOnce() public {
        setLock(1 days, false);
        mint(ann, 100);
        vm.warp(block.timestamp + 1 days);
        transfer(ann, bob, 40);
        transfer(bob, ann, 40);
        assertEq(locked(bobIdentity), 0);
    }

    function test_When_ReceivedUnitsAreLocked_ATransferStartsALot() public {
        setLock(1 days, true);
        mint(ann, 100);
        vm.warp(block.timestamp + 1 days);
        vm.expectEmit(address(rule));
        emit Lockup.LotStarted(address(token), bobIdentity, 40, uint40(block.timestamp + 1 days));
        transfer(ann, bob, 40);
        vm.expectRevert(refusal(40, 0));
        transfer(bob, ann, 40);
        vm.warp(block.timestamp + 1 days);
        transfer(bob, ann, 40);
    }

    function test_When_UnitsMoveBetweenOwnWallets_TheDatesStay() public {
        setLock(1 days, true);
        mint(ann, 100);
        uint40 until = lots(annIdentity)[0].until;
        vm.warp(block.timestamp + 1 hours);
        transfer(ann, annSecond, 100);
        token.move(Kind.RECOVERY, annSecond, ann, 100);
        assertEq(lots(annIdentity).length, 1);
        assertEq(lots(annIdentity)[0].until, until);
        vm.expectRevert(refusal(1, 0));
        transfer(ann, bob, 1);
    }

    /* EXITS */

    function test_When_UnitsAreBurned_FreeOnesGoFirstThenTheOldestLots() public {
        setLock(1 days, false);
        mint(ann, 10);
        vm.warp(block.timestamp + 1 days);
        mint(ann, 20);
        vm.warp(block.timestamp + 1 hours);
        mint(ann, 30);

        token.move(Kind.BURN, ann, address(0), 10);
        assertEq(locked(annIdentity), 50);
        vm.expectEmit(address(rule));
        emit Lockup.LotsConsumed(address(token), annIdentity, 25);
        token.move(Kind.BURN, ann, address(0), 25);
        assertEq(lots(annIdentity).length, 1);
        assertEq(lots(annIdentity)[0].units, 25);
        token.move(Kind.BURN, ann, address(0), 25);
        assertEq(locked(annIdentity), 0);
    }

    function test_When_LockedUnitsAreForced_TheyStayLockedUntilTheLastOfTheirDates() public {
        setLock(1 days, false);
        mint(ann, 10);
        vm.warp(block.timestamp + 1 hours);
        mint(ann, 10);
        uint40 last = uint40(block.timestamp + 1 days);
        token.move(Kind.FORCED, ann, bob, 15);
        assertEq(locked(annIdentity), 5);
        assertEq(lots(bobIdentity).length, 1);
        assertEq(lots(bobIdentity)[0].units, 15);
        assertEq(lots(bobIdentity)[0].until, last);
    }

    function test_When_FreeUnitsAreForced_TheyStayFree() public {
        setLock(1 days, false);
        mint(ann, 10);
        vm.warp(block.timestamp + 1 days);
        mint(ann, 10);
        token.move(Kind.FORCED, ann, bob, 10);
        assertEq(locked(bobIdentity), 0);
        assertEq(locked(annIdentity), 10);
    }

    function test_When_ReceivedUnitsAreLocked_ForcedUnitsNeverEndSooner() public {
        setLock(10 days, true);
        mint(ann, 10);
        setLock(1 days, true);
        token.move(Kind.FORCED, ann, bob, 10);
        assertEq(lots(bobIdentity)[0].until, block.timestamp + 10 days);
        assertEq(lots(bobIdentity)[0].units, 10);
    }

    /* BOUNDS */

    function test_When_TheYoungestLotsAreTheCheapestToJoin_TheyTakeTheNewUnitsIn() public {
        setLock(100 days, false);
        uint256 start = block.timestamp;
        for (uint256 i = 0; i < 16; i++) {
            vm.warp(start + i * 1 days);
            mint(ann, i == 15 ? 1 : 100);
        }
        vm.warp(start + 16 days);
        vm.expectEmit(address(rule));
        emit Lockup.LotMerged(address(token), annIdentity, 6, uint40(start + 116 days));
        mint(ann, 5);
        assertEq(lots(annIdentity).length, 16);
        assertEq(lots(annIdentity)[15].units, 6);
        assertEq(lots(annIdentity)[15].until, start + 116 days);
        assertEq(lots(annIdentity)[14].until, start + 114 days);
    }

    /// @dev Whoever sends a holder dust must not prolong what he bought.
    function test_When_DustFillsTheLots_OnlyDustIsProlonged() public {
        setLock(365 days, true);
        mint(ann, 100);
        vm.warp(block.timestamp + 365 days);
        uint256 start = block.timestamp;
        for (uint256 i = 0; i < 8; i++) {
            vm.warp(start + i);
            transfer(ann, bob, 1);
        }
        vm.warp(start + 20);
        mint(bob, 1_000_000);
        uint40 promised = uint40(block.timestamp + 365 days);
        for (uint256 i = 0; i < 20; i++) {
            vm.warp(start + 40 days + i * 10 days);
            transfer(ann, bob, 1);
        }
        vm.warp(promised - 1);
        assertEq(lots(bobIdentity).length, 16);
        uint256 kept;
        for (uint256 i = 0; i < 16; i++) {
            if (lots(bobIdentity)[i].units >= 1_000_000) kept = lots(bobIdentity)[i].until;
        }
        assertEq(kept, promised);
        vm.expectRevert(refusal(1_000_000, 0));
        transfer(bob, ann, 1_000_000);
        vm.warp(promised);
        transfer(bob, ann, 1_000_000);
    }

    function test_When_AllSixteenLotsAreDear_TheCheapestPairIsJoined() public {
        setLock(100 days, false);
        uint256 start = block.timestamp;
        for (uint256 i = 0; i < 16; i++) {
            vm.warp(start + i * 1 days);
            mint(ann, i == 5 ? 10 : 100);
        }
        vm.warp(start + 16 days);
        vm.expectEmit(address(rule));
        emit Lockup.LotsJoined(address(token), annIdentity, 5, 110, uint40(start + 106 days));
        mint(ann, 100);
        assertEq(lots(annIdentity).length, 16);
        assertEq(lots(annIdentity)[4].until, start + 104 days);
        assertEq(lots(annIdentity)[15].until, start + 116 days);
        assertEq(locked(annIdentity), 1610);
    }

    /// @dev Dates fall where the parameters were changed between mints.
    function test_When_ALotInTheMiddleIsOver_ItMakesRoom() public {
        uint256 start = block.timestamp;
        for (uint256 i = 0; i < 16; i++) {
            vm.warp(start + i);
            setLock(i == 7 ? 1 days : 100 days, false);
            mint(ann, 10);
        }
        vm.warp(start + 2 days);
        mint(ann, 5);
        assertEq(lots(annIdentity).length, 16);
        assertEq(locked(annIdentity), 155);
        assertEq(lots(annIdentity)[6].until, start + 6 + 100 days);
        assertEq(lots(annIdentity)[7].until, start + 8 + 100 days);
    }

    function test_When_OldLotsEnded_TheirPlaceIsUsedAgain() public {
        setLock(10 days, false);
        uint256 start = block.timestamp;
        for (uint256 i = 0; i < 40; i++) {
            vm.warp(start + i * 1 days);
            mint(ann, 1);
        }
        assertEq(lots(annIdentity).length, 10);
        assertEq(locked(annIdentity), 10);
        assertEq(lots(annIdentity)[9].until, start + 49 days);
    }

    function test_When_TheYoungestLotEndedBeforeOlderOnes_NewUnitsDoNotRelockIt() public {
        setLock(10 days, false);
        for (uint256 i = 0; i < 15; i++) {
            vm.warp(block.timestamp + 1);
            mint(ann, 1);
        }
        setLock(1 days, false);
        mint(ann, 100);
        vm.warp(block.timestamp + 1 days);
        mint(ann, 7);
        assertEq(locked(annIdentity), 22);
    }

    function test_When_MintsShareABlock_TheyShareALot() public {
        setLock(1 days, false);
        mint(ann, 1);
        mint(ann, 2);
        assertEq(lots(annIdentity).length, 1);
        assertEq(lots(annIdentity)[0].units, 3);
    }

    function test_When_SixteenLotsAreLive_EachCallStaysBelowItsGasCap() public {
        setLock(400 days, false);
        for (uint32 i = 0; i < 16; i++) {
            setLock(400 days - i * 1 days, false);
            mint(ann, 10);
        }
        Transfer memory t = compliance.describe(Kind.TRANSFER, ann, ann, bob, 155);
        vm.cool(address(rule));
        uint256 before = gasleft();
        Verdict memory refused = rule.check(t);
        uint256 used = before - gasleft();
        assertEq(refused.until, block.timestamp + 400 days);
        assertLt(used, compliance.CHECK_GAS(), "check");

        t = compliance.describe(Kind.FORCED, ann, ann, bob, 155);
        vm.cool(address(rule));
        vm.prank(address(compliance));
        before = gasleft();
        rule.enforce(t);
        used = before - gasleft();
        assertLt(used, compliance.ENFORCE_GAS(), "enforce");
        assertEq(locked(annIdentity), 5);
        assertEq(locked(bobIdentity), 155);
    }

    /* CALLERS AND SETTINGS */

    function test_RevertWhen_TheCallerIsNotTheTokensCompliance() public {
        setLock(1 days, false);
        Transfer memory t = compliance.describe(Kind.BURN, ann, ann, address(0), 1);
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleCallerNotCompliance.selector, address(this), address(token)));
        rule.enforce(t);
    }

    function test_When_Configured_TheParametersReadBack() public {
        setLock(7 days, true);
        (uint32 lockSeconds, bool lockReceived) = rule.lockupOf(address(token));
        assertEq(lockSeconds, 7 days);
        assertTrue(lockReceived);
        assertEq(rule.configuration(address(token)), abi.encode(uint32(7 days), true));
    }

    /* PROPERTIES */

    function testFuzz_When_Judged_OnlyFreeUnitsMove(uint96[4] memory minted, uint8 minted_, uint32 later, Fuzzed memory fuzzed) public {
        setLock(10 days, minted_ % 2 == 0);
        uint256 start = block.timestamp;
        uint256 expected;
        later = uint32(bound(later, 4 days, 20 days));
        for (uint256 i = 0; i < 4; i++) {
            vm.warp(start + i * 1 days);
            if (minted[i] > 0) mint(ann, minted[i]);
            if (i * 1 days + 10 days > later) expected += minted[i];
        }
        vm.warp(start + later);
        assertEq(locked(annIdentity), expected);
        Transfer memory t = movement(fuzzed);
        t.fromInvestor = annIdentity;
        bool same = t.toInvestor == annIdentity;
        uint256 free = t.fromPosition > expected ? t.fromPosition - expected : 0;
        Verdict memory result = rule.check(t);
        assertEq(result.pass, t.kind != Kind.TRANSFER || same || expected == 0 || t.amount <= free);
        assertEnforceAgrees(rule, t);
    }
}
