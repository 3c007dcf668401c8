// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { Vm } from "forge-std/Test.sol";
import { IERC3643Token } from "../../../contracts/interfaces/erc3643/IERC3643Token.sol";
import { TokenFixture } from "../token/TokenFixture.sol";
import { Act, Difference, Differences, Situation } from "./Differences.sol";
import { TrexFixture } from "./TrexFixture.sol";

/// @notice What is asked of both tokens.
/// @param actor who calls, where it is not an agent's act
/// @param from whose units or allowance it is about; the actor himself in a transfer
/// @param amounts of a batch, as many as wallets or more; otherwise the first counts
/// @param on whether to freeze, where a wallet is frozen or released
struct Step {
    Act act;
    address actor;
    address from;
    address[] to;
    uint256[] amounts;
    bool on;
}

/// @param answer what came back: the error, if it failed
/// @param moved hash of the Transfer events, in order
struct Outcome {
    bool success;
    bytes answer;
    bytes32 moved;
}

/// @notice Ours and the reference with the same five people: three verified and with 1,000 units each, one registered without a claim,
///         one unknown. `play` takes one step on both and holds the results against each other.
abstract contract DifferentialFixture is TokenFixture, TrexFixture {
    using Differences for Situation;

    uint256 internal constant VERIFIED = 3;

    address[] internal people;
    mapping(address wallet => bool) internal revoked;

    function setUp() public virtual override {
        TokenFixture.setUp();
        deployTrex();
        people = [ann, bob, makeAddr("cem"), makeAddr("dee, without a claim"), makeAddr("eve, unknown")];
        onboard(registry, people[2], "cem", GERMANY);
        registry.registerIdentity(people[3], store.reserveIdentity("dee"), GERMANY);
        for (uint256 i = 0; i < VERIFIED; i++) {
            trexOnboard(people[i]);
            mint(people[i], 1000);
            trexMint(people[i], 1000);
        }
        trexOnboardWithoutClaim(people[3]);
    }

    /* STEPS */

    /// @notice Takes a step on both. Where they differ by right, neither takes it.
    /// @return difference NONE when they agree; any other result than a listed one fails the test
    function play(Step memory step) internal returns (Difference difference) {
        Situation memory s = situationOf(step);
        uint256 before = vm.snapshotState();
        Outcome memory ours = run(callerOf(step), address(token), callOf(step));
        Outcome memory theirs = run(isAgents(step.act) ? trexAgent : step.actor, address(trex.token), callOf(step));

        if (ours.success != theirs.success) {
            difference = ours.success ? s.oursAlone(theirs.answer) : s.referenceAlone(ours.answer);
            if (difference == Difference.NONE) failUnlisted(step.act, ours, theirs);
            vm.revertToState(before);
            return difference;
        }
        if (!ours.success) return Difference.NONE;
        assertEq(ours.moved, theirs.moved, "Transfer events");
        difference = reconcileAllowance(s);
        assertSameState(step.act == Act.APPROVE ? step.actor : step.from, step.act == Act.APPROVE ? step.to[0] : step.actor);
    }

    function failUnlisted(Act act, Outcome memory ours, Outcome memory theirs) private pure {
        string memory who = ours.success ? "the reference" : "ours";
        bytes memory error = ours.success ? theirs.answer : ours.answer;
        assertEq(error, "", string.concat("act ", vm.toString(uint8(act)), " is refused by ", who, " alone, which is not listed"));
    }

    /// @dev The allowance that was spent may differ in one way; the reference's is then set as ours is.
    function reconcileAllowance(Situation memory s) private returns (Difference difference) {
        if (s.act != Act.TRANSFER_FROM) return Difference.NONE;
        uint256 ours = token.allowance(s.from, s.spender);
        uint256 theirs = trex.token.allowance(s.from, s.spender);
        if (ours == theirs) return Difference.NONE;
        difference = s.allowanceKept(ours, theirs);
        assertTrue(difference != Difference.NONE, "an unlisted difference of an allowance");
        vm.prank(s.from);
        trex.token.approve(s.spender, ours);
    }

    /// @notice Revokes the claim of a verified person on both.
    function revoke(address wallet) internal {
        if (revoked[wallet]) return;
        revoked[wallet] = true;
        revokeKyc(registry.identity(wallet));
        trexIssuer.revokeClaimBySignature(trexClaimSignature(trexIdentityOf[wallet], "passed"));
    }

    function run(address caller, address target, bytes memory call) private returns (Outcome memory outcome) {
        vm.recordLogs();
        vm.prank(caller);
        (outcome.success, outcome.answer) = target.call(call);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].emitter != target || logs[i].topics[0] != IERC20.Transfer.selector) continue;
            outcome.moved = keccak256(abi.encode(outcome.moved, logs[i].topics, logs[i].data));
        }
    }

    /// @param spender whose allowance from `holder` the step was about
    function assertSameState(address holder, address spender) private view {
        assertEq(token.totalSupply(), trex.token.totalSupply(), "supply");
        assertEq(token.paused(), trex.token.paused(), "pause");
        for (uint256 i = 0; i < people.length; i++) {
            address wallet = people[i];
            assertEq(token.balanceOf(wallet), trex.token.balanceOf(wallet), "balance");
            assertEq(token.getFrozenTokens(wallet), trex.token.getFrozenTokens(wallet), "frozen units");
            assertEq(token.isFrozen(wallet), trex.token.isFrozen(wallet), "frozen wallet");
        }
        assertEq(token.allowance(holder, spender), trex.token.allowance(holder, spender), "allowance");
    }

    /* DESCRIPTIONS */

    function isAgents(Act act) private pure returns (bool) {
        return act >= Act.MINT;
    }

    /// @dev Ours leaves resuming to the owner, here without delay.
    function callerOf(Step memory step) private view returns (address) {
        if (step.act == Act.UNPAUSE) return address(this);
        return isAgents(step.act) ? agent : step.actor;
    }

    /// @dev The same bytes for both: their ABI is one.
    function callOf(Step memory step) private pure returns (bytes memory) {
        (Act act, address from, address to, uint256 amount) = (step.act, step.from, step.to[0], step.amounts[0]);
        if (act == Act.TRANSFER) return abi.encodeCall(IERC20.transfer, (to, amount));
        if (act == Act.TRANSFER_FROM) return abi.encodeCall(IERC20.transferFrom, (from, to, amount));
        if (act == Act.BATCH_TRANSFER) return abi.encodeCall(IERC3643Token.batchTransfer, (step.to, step.amounts));
        if (act == Act.APPROVE) return abi.encodeCall(IERC20.approve, (to, amount));
        if (act == Act.MINT) return abi.encodeCall(IERC3643Token.mint, (to, amount));
        if (act == Act.BURN) return abi.encodeCall(IERC3643Token.burn, (from, amount));
        if (act == Act.FREEZE) return abi.encodeCall(IERC3643Token.setAddressFrozen, (from, step.on));
        if (act == Act.FREEZE_UNITS) return abi.encodeCall(IERC3643Token.freezePartialTokens, (from, amount));
        if (act == Act.UNFREEZE_UNITS) return abi.encodeCall(IERC3643Token.unfreezePartialTokens, (from, amount));
        if (act == Act.PAUSE) return abi.encodeCall(IERC3643Token.pause, ());
        return abi.encodeCall(IERC3643Token.unpause, ());
    }

    function situationOf(Step memory step) private view returns (Situation memory s) {
        (s.act, s.token, s.spender, s.from) = (step.act, address(token), step.actor, step.from);
        s.amount = step.amounts[0];
        (s.wallets, s.amounts) = (step.to.length, step.amounts.length);
        if (s.act == Act.BATCH_TRANSFER) {
            for (uint256 i = 1; i < s.wallets; i++) {
                if (step.amounts[i] < s.amount) s.amount = step.amounts[i];
            }
        }
        s.paused = token.paused();
        s.recipientFrozen = token.isFrozen(step.to[0]);
        s.spenderFrozen = token.isFrozen(step.actor);
        s.senderRevoked = revoked[step.from];
        s.allowance = token.allowance(step.from, step.actor);
        (s.mintCap, s.minted,) = token.mintAllowance(agent);
    }
}
