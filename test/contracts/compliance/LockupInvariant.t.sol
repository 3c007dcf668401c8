// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Vm } from "forge-std/Test.sol";
import { Lockup } from "../../../contracts/compliance/rules/Lockup.sol";
import { Kind } from "../../../contracts/interfaces/IRule.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

/// @dev Moves units as a token does, and keeps beside it the lots as an indexer would that knows the events alone.
contract LockupHandler is ComplianceFixture {
    Lockup public immutable RULE = new Lockup();
    address[3] public investors;
    address[3] internal wallets;
    mapping(address investor => Lockup.Lot[]) internal replayed;

    constructor() {
        setUp();
        investors = [annIdentity, bobIdentity, makeAddr("cem's identity")];
        wallets = [ann, bob, makeAddr("cem")];
        token.link(wallets[2], investors[2], 792);
        setLock(10 days, false);
    }

    function mint(uint256 who, uint96 amount) external {
        if (amount > 0) act(Kind.MINT, address(0), wallets[who % 3], amount);
    }

    function burn(uint256 who, uint256 amount) external {
        amount = part(who % 3, amount, 0);
        if (amount > 0) act(Kind.BURN, wallets[who % 3], address(0), amount);
    }

    function transfer(uint256 from, uint256 to, uint256 amount) external {
        amount = part(from % 3, amount, RULE.lockedOf(address(token), investors[from % 3]));
        if (amount > 0) act(Kind.TRANSFER, wallets[from % 3], wallets[to % 3], amount);
    }

    function forcedTransfer(uint256 from, uint256 to, uint256 amount) external {
        amount = part(from % 3, amount, 0);
        if (amount > 0 && from % 3 != to % 3) act(Kind.FORCED, wallets[from % 3], wallets[to % 3], amount);
    }

    function setParameters(uint32 lockSeconds, bool lockReceived) external {
        setLock(uint32(bound(lockSeconds, 0, 30 days)), lockReceived);
    }

    function passTime(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 5 days));
    }

    function setLock(uint32 lockSeconds, bool lockReceived) internal {
        setRule(RULE, abi.encode(lockSeconds, lockReceived));
    }

    function part(uint256 who, uint256 amount, uint256 locked) internal view returns (uint256) {
        return bound(amount, 0, token.positionOf(investors[who]) - locked);
    }

    function act(Kind kind, address from, address to, uint256 amount) internal {
        vm.recordLogs();
        token.move(kind, from, to, amount);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].emitter == address(RULE)) replay(logs[i]);
        }
    }

    function replay(Vm.Log memory log) internal {
        Lockup.Lot[] storage lots = replayed[address(uint160(uint256(log.topics[2])))];
        if (log.topics[0] == Lockup.LotsConsumed.selector) {
            uint256 left = abi.decode(log.data, (uint256));
            for (uint256 i = 0; i < lots.length && left > 0; i++) {
                if (lots[i].until <= block.timestamp) continue;
                uint256 taken = left < lots[i].units ? left : lots[i].units;
                lots[i].units -= uint112(taken);
                left -= taken;
            }
            assertEq(left, 0, "consumed more than there was");
            return;
        }
        if (log.topics[0] == Lockup.LotsJoined.selector) {
            (uint256 place, uint256 all, uint40 last) = abi.decode(log.data, (uint256, uint256, uint40));
            uint256 older = liveAt(lots, place);
            lots[older].units = 0;
            lots[liveAt(lots, place)] = Lockup.Lot(uint112(all), last);
            return;
        }
        (uint256 units, uint40 until) = abi.decode(log.data, (uint256, uint40));
        if (log.topics[0] == Lockup.LotStarted.selector) {
            lots.push(Lockup.Lot(uint112(units), until));
            return;
        }
        uint256 youngest = lots.length - 1;
        while (lots[youngest].until <= block.timestamp || lots[youngest].units == 0) youngest--;
        lots[youngest] = Lockup.Lot(uint112(units), until);
    }

    /// @return index of a lot that is not over, counted from the oldest of those
    function liveAt(Lockup.Lot[] storage lots, uint256 place) internal view returns (uint256 index) {
        for (;; index++) {
            if (lots[index].until <= block.timestamp || lots[index].units == 0) continue;
            if (place-- == 0) return index;
        }
    }

    /* WHAT IS ASSERTED */

    function assertReplayAgrees(address investor) external view {
        Lockup.Lot[] memory actual = RULE.lotsOf(address(token), investor);
        Lockup.Lot[] storage lots = replayed[investor];
        uint256 next;
        for (uint256 i = 0; i < lots.length; i++) {
            if (lots[i].until <= block.timestamp || lots[i].units == 0) continue;
            assertEq(actual[next].units, lots[i].units, "units");
            assertEq(actual[next].until, lots[i].until, "until");
            next++;
        }
        assertEq(actual.length, next, "lots");
    }

    function assertBounded(address investor) external view {
        assertLe(RULE.lotsOf(address(token), investor).length, RULE.MAX_LOTS());
        assertLe(RULE.lockedOf(address(token), investor), token.positionOf(investor));
    }

    function anyFaulted() external view returns (bool) {
        return compliance.rules()[0].faulted;
    }
}

contract LockupInvariantTest is ComplianceFixture {
    LockupHandler internal handler;

    function setUp() public override {
        handler = new LockupHandler();
        bytes4[] memory selectors = new bytes4[](6);
        selectors[0] = LockupHandler.mint.selector;
        selectors[1] = LockupHandler.burn.selector;
        selectors[2] = LockupHandler.transfer.selector;
        selectors[3] = LockupHandler.forcedTransfer.selector;
        selectors[4] = LockupHandler.setParameters.selector;
        selectors[5] = LockupHandler.passTime.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector({ addr: address(handler), selectors: selectors }));
    }

    function invariant_LockedNeverExceedsThePositionAndLotsStayBounded() public view {
        for (uint256 i = 0; i < 3; i++) {
            handler.assertBounded(handler.investors(i));
        }
    }

    function invariant_TheEventsAloneRebuildTheLots() public view {
        for (uint256 i = 0; i < 3; i++) {
            handler.assertReplayAgrees(handler.investors(i));
        }
    }

    function invariant_NoExitEverFaultsTheRule() public view {
        assertFalse(handler.anyFaulted());
    }
}
