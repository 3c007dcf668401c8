// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Act, Difference } from "./Differences.sol";
import { DifferentialFixture, Step } from "./DifferentialFixture.sol";

/// @notice Ours does what the reference does, step by step, except where a difference is listed; and each listed difference is one.
contract DifferentialTest is DifferentialFixture {
    uint256 private constant STEPS = 40;

    /// @dev What is drawn of a step; each number is taken modulo what there is.
    struct Drawn {
        uint8 act;
        uint8 actor;
        uint8 from;
        uint8 to;
        uint8 second;
        uint8 size;
        uint16 amount;
        bool on;
    }

    /// @dev From one number, so that what fails is one number too.
    function draw(uint256 seed, uint256 i) internal pure returns (Drawn memory) {
        uint256 r = uint256(keccak256(abi.encode(seed, i)));
        return Drawn({
            act: uint8(r),
            actor: uint8(r >> 8),
            from: uint8(r >> 16),
            to: uint8(r >> 24),
            second: uint8(r >> 32),
            size: uint8(r >> 40),
            amount: uint16(r >> 48),
            on: r >> 254 == 0
        });
    }

    /// @dev Most often one of the verified.
    function person(uint8 choice) internal view returns (address) {
        return choice % 8 == 0 ? people[VERIFIED + choice / 8 % 2] : people[choice % VERIFIED];
    }

    /// @dev Amounts near the edges: nothing, all that is held, one more, more than there can be.
    function amountOf(Drawn memory f, address holder) internal view returns (uint256) {
        uint256 size = f.size % 12;
        if (size == 0) return 0;
        if (size == 1) return type(uint256).max;
        if (size == 2) return token.balanceOf(holder);
        if (size == 3) return token.balanceOf(holder) + 1;
        if (size == 4) return token.getFrozenTokens(holder);
        if (size == 5) return token.balanceOf(holder) - token.getFrozenTokens(holder);
        return f.amount % 100;
    }

    function stepOf(Drawn memory f) internal view returns (Step memory next) {
        // Seldom paused for long, or nothing would move.
        Act[20] memory acts = [
            Act.TRANSFER,
            Act.TRANSFER,
            Act.TRANSFER,
            Act.TRANSFER_FROM,
            Act.TRANSFER_FROM,
            Act.TRANSFER_FROM,
            Act.APPROVE,
            Act.APPROVE,
            Act.BATCH_TRANSFER,
            Act.BATCH_TRANSFER,
            Act.MINT,
            Act.MINT,
            Act.BURN,
            Act.FREEZE,
            Act.FREEZE,
            Act.FREEZE_UNITS,
            Act.UNFREEZE_UNITS,
            Act.PAUSE,
            Act.UNPAUSE,
            Act.UNPAUSE
        ];
        next.act = acts[f.act % acts.length];
        next.actor = person(f.actor);
        next.from = next.act == Act.TRANSFER || next.act == Act.BATCH_TRANSFER || next.act == Act.APPROVE ? next.actor : person(f.from);
        uint256 wallets = next.act == Act.BATCH_TRANSFER ? 2 : 1;
        uint256 amounts = wallets + (next.act == Act.BATCH_TRANSFER ? f.amount % 8 / 7 : 0);
        next.to = new address[](wallets);
        next.amounts = new uint256[](amounts);
        next.to[0] = person(f.to);
        next.amounts[0] = amountOf(f, next.from);
        if (wallets == 2) {
            next.to[1] = person(f.second);
            next.amounts[1] = f.second % 50;
        }
        next.on = f.on;
    }

    /// @dev From allowances as they are found: none, a few units, without end.
    function testFuzz_BothDoTheSame(uint256 seed) external {
        play(step(Act.APPROVE, ann, ann, bob, type(uint256).max));
        play(step(Act.APPROVE, bob, bob, people[2], 100));
        play(step(Act.APPROVE, people[2], people[2], ann, 100));
        for (uint256 i = 0; i < STEPS; i++) {
            Drawn memory f = draw(seed, i);
            if (f.act >= 253) revoke(people[f.actor % VERIFIED]);
            else play(stepOf(f));
        }
    }

    /* EACH DIFFERENCE IS ONE */

    function step(Act act, address actor, address from, address to, uint256 amount) internal pure returns (Step memory s) {
        (s.act, s.actor, s.from) = (act, actor, from);
        s.to = new address[](1);
        s.amounts = new uint256[](1);
        (s.to[0], s.amounts[0], s.on) = (to, amount, true);
    }

    function assertDiffers(Step memory taken, Difference expected) internal {
        assertEq(uint8(play(taken)), uint8(expected));
    }

    function agree(Step memory taken) internal {
        assertDiffers(taken, Difference.NONE);
    }

    function test_NothingIsTransferredMintedAndBurnt() external {
        assertDiffers(step(Act.TRANSFER, ann, ann, bob, 0), Difference.ZERO_VALUE);
        assertDiffers(step(Act.MINT, ann, ann, bob, 0), Difference.ZERO_VALUE);
        assertDiffers(step(Act.BURN, ann, ann, bob, 0), Difference.ZERO_VALUE);
        agree(step(Act.TRANSFER, ann, ann, bob, 1));
    }

    function test_AHolderSpendsForHimself() external {
        assertDiffers(step(Act.TRANSFER_FROM, ann, ann, bob, 1), Difference.HOLDER_SPENDS_FOR_HIMSELF);
        agree(step(Act.TRANSFER_FROM, bob, ann, bob, 1));
        agree(step(Act.APPROVE, ann, ann, ann, 5));
        assertDiffers(step(Act.TRANSFER_FROM, ann, ann, bob, 2), Difference.HOLDER_SPENDS_FOR_HIMSELF);
        assertEq(token.allowance(ann, ann), 5);
    }

    function test_ARevokedHolderSends() external {
        agree(step(Act.TRANSFER, ann, ann, bob, 1));
        revoke(ann);
        assertDiffers(step(Act.TRANSFER, ann, ann, bob, 1), Difference.SENDER_REVOKED);
        agree(step(Act.TRANSFER, bob, bob, ann, 1));
        agree(step(Act.BURN, ann, ann, ann, 1));
    }

    function test_AFrozenSpenderSpends() external {
        agree(step(Act.APPROVE, ann, ann, bob, 10));
        agree(step(Act.TRANSFER_FROM, bob, ann, people[2], 1));
        agree(step(Act.FREEZE, bob, bob, bob, 0));
        assertDiffers(step(Act.TRANSFER_FROM, bob, ann, people[2], 1), Difference.SPENDER_FROZEN);
    }

    function test_AnAgentMintsDuringThePauseOrToAFrozenWallet() external {
        agree(step(Act.MINT, ann, ann, bob, 1));
        agree(step(Act.FREEZE, bob, bob, bob, 0));
        assertDiffers(step(Act.MINT, ann, ann, bob, 1), Difference.MINT_TO_FROZEN);
        agree(step(Act.PAUSE, ann, ann, ann, 0));
        assertDiffers(step(Act.MINT, ann, ann, ann, 1), Difference.MINT_DURING_PAUSE);
    }

    function test_AnAgentMintsAboveItsCap() external {
        (uint256 cap, uint256 minted,) = token.mintAllowance(agent);
        assertDiffers(step(Act.MINT, ann, ann, bob, cap - minted + 1), Difference.MINT_ABOVE_CAP);
        agree(step(Act.MINT, ann, ann, bob, cap - minted));
        assertDiffers(step(Act.MINT, ann, ann, bob, 1), Difference.MINT_ABOVE_CAP);
    }

    function test_ABatchHasMoreAmountsThanWallets() external {
        Step memory taken = step(Act.BATCH_TRANSFER, ann, ann, bob, 1);
        agree(taken);
        taken.amounts = new uint256[](2);
        (taken.amounts[0], taken.amounts[1]) = (1, 1);
        assertDiffers(taken, Difference.LONGER_AMOUNTS);
    }

    function test_AnInfiniteAllowanceIsSpent() external {
        agree(step(Act.APPROVE, ann, ann, bob, type(uint256).max));
        assertDiffers(step(Act.TRANSFER_FROM, bob, ann, bob, 1), Difference.INFINITE_ALLOWANCE);
        assertDiffers(step(Act.TRANSFER_FROM, bob, ann, bob, 1), Difference.INFINITE_ALLOWANCE);
        agree(step(Act.APPROVE, ann, ann, bob, 5));
        agree(step(Act.TRANSFER_FROM, bob, ann, bob, 5));
    }
}
