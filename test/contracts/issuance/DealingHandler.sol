// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IDealing } from "../../../contracts/interfaces/IDealing.sol";
import { Round } from "../../../contracts/interfaces/IRoundSource.sol";
import { IValuationRegistry } from "../../../contracts/interfaces/IValuationRegistry.sol";
import { DealingFixture } from "./DealingFixture.sol";

/// @notice Three investors who act as one against the fund. They see every update of the value before it is accepted, and ask, cancel,
///         settle and pass units on between them in any order and at any second. A keeper settles what is priced, late: while up to three
///         later values are known.
/// @dev What they may earn is written down independently of the contract. When an update becomes visible, what they hold is fixed: units in
///      their wallets, more by subscriptions and less by redemptions that a round before it prices. From there on only that many units may
///      win or lose by the update, whatever they do. Values are in payment minor units × 10^20 = token units × value.
contract DealingHandler is DealingFixture {
    struct Ask {
        IDealing.Side side;
        uint256 index;
    }

    struct Update {
        int128 value;
        uint40 valuationTimestamp;
        int256 exposure;
    }

    Update public pending;
    int256 public allowed;
    string public violation;
    uint40[] internal cutOffs;
    int128 internal latest = PAR;

    function limits() internal pure override returns (uint256 most, uint96 cap) {
        return (type(uint112).max, type(uint96).max);
    }

    function setUp() public override {
        super.setUp();
        cutOffs.push(cutOff);
        allowed = wealth();
    }

    /* WHAT HAPPENS */

    function see(uint256 seed) external {
        if (pending.value != 0) return;
        // Up or down by at most a fifth, and never out of the range in which amounts make sense.
        int128 value = int128(int256(uint256(int256(latest)) * (80 + seed % 41) / 100));
        if (value < 10e8 || value > 1_000e8) value = PAR;
        if (block.timestamp == last().valuationTimestamp) skip(1);
        pending = Update(value, uint40(block.timestamp), exposure());
    }

    function land() external {
        Update memory update = pending;
        if (update.value == 0) return;
        delete pending;
        if (block.timestamp - update.valuationTimestamp > 12 hours) return;
        allowed += update.exposure * (update.value - latest);
        latest = update.value;
        valuation.publish(update.value, update.valuationTimestamp);
    }

    function wait(uint256 seed) external {
        pass(block.timestamp + seed % 8 hours);
    }

    /// @notice To the second before a cut-off, that of the cut-off, or the one after.
    function waitForTheCutOff(uint256 seed) external {
        pass(dealing.cutOffAfter(id, block.timestamp + 1) - 1 + seed % 3);
    }

    function subscribe(uint256 who, uint256 amount) external {
        address wallet = investor(who);
        uint256 balance = money.balanceOf(wallet);
        if (balance < 100 * MONEY || valuation.status() != IValuationRegistry.Status.LIVE || !token.canReceive(wallet)) return;
        subscribe(wallet, bound(amount, 100 * MONEY, balance));
        note();
    }

    function redeem(uint256 who, uint256 units) external {
        address wallet = investor(who);
        uint256 free = token.balanceOf(wallet) - token.getFrozenTokens(wallet);
        if (free < UNIT || !token.canSend(wallet)) return;
        redeem(wallet, bound(units, UNIT, free));
        note();
    }

    function cancel(uint256 seed) external {
        (bool found, Ask memory ask, IDealing.Request memory request) = pick(seed, IDealing.RequestState.PENDING);
        if (!found || money.blocked() == request.wallet) return;
        if (block.timestamp >= request.cutOff) {
            vm.expectRevert(abi.encodeWithSelector(IDealing.CancellationTooLate.selector, request.cutOff));
        }
        cancel(request.wallet, ask.side, ask.index);
    }

    function give(uint256 from, uint256 to, uint256 units) external {
        (address wallet, address other) = (investor(from), investor(to));
        (uint256 most,) = token.maxTransferable(wallet, other);
        if (most == 0) return;
        vm.prank(wallet);
        token.transfer(other, bound(units, 1, most));
    }

    /// @notice Names any round for any cut-off: only the right one is taken, and only once.
    function price(uint256 which, uint256 round) external {
        uint40 at = cutOffs[which % cutOffs.length];
        uint64 named = uint64(1 + round % valuation.last());
        (, bool priced) = dealing.priceOf(id, at);
        (bool determined, Round memory right) = firstAfter(at);
        try dealing.price(id, at, named) {
            if (priced || !determined || right.round != named) violation = "a wrong round was taken";
        } catch {
            if (!priced && determined && right.round == named) violation = "the right round was refused";
        }
    }

    function settle(uint256 seed, uint256 count) external {
        if (valuation.status() != IValuationRegistry.Status.LIVE) return;
        dealing.settle(id, IDealing.Side(seed % 2), count % 4);
    }

    function fillPool(uint256 seed) external {
        fund(seed % (20_000 * MONEY));
    }

    function refund(uint256 seed) external {
        (bool found, Ask memory ask, IDealing.Request memory request) = pick(seed, IDealing.RequestState.PENDING);
        if (!found || money.blocked() == request.wallet || block.timestamp < request.cutOff + 10 days) return;
        dealing.refund(id, ask.side, ask.index);
    }

    /* THE KEEPER */

    function keep() public {
        for (uint256 i; i < cutOffs.length; ++i) {
            (, bool priced) = dealing.priceOf(id, cutOffs[i]);
            (bool determined, Round memory round) = firstAfter(cutOffs[i]);
            if (determined && !priced) dealing.price(id, cutOffs[i], round.round);
        }
        fund(10_000_000 * MONEY);
        settle(SUBSCRIPTION);
        settle(REDEMPTION);
    }

    /// @dev Nothing that has a price gets too old for it, or for its deadline.
    function pass(uint256 time) internal virtual {
        for (uint8 side; side < 2; ++side) {
            (, uint256 length) = dealing.queueOf(id, IDealing.Side(side));
            for (uint256 i; i < length; ++i) {
                IDealing.Request memory request = dealing.requestOf(id, IDealing.Side(side), i);
                if (request.state != IDealing.RequestState.PENDING) continue;
                (bool determined, uint256 valuedAt) = determinedAt(request);
                if (determined && (time - valuedAt > 60 hours || time >= request.cutOff + 10 days)) return settleAndPass(time);
            }
        }
        vm.warp(time);
    }

    function settleAndPass(uint256 time) private {
        keep();
        vm.warp(time);
    }

    /* THE MODEL */

    /// @notice Units that the next update moves.
    function exposure() public view returns (int256 units) {
        for (uint256 i; i < 3; ++i) {
            units += int256(token.balanceOf(investor(i)));
        }
        for (uint8 side; side < 2; ++side) {
            (, uint256 length) = dealing.queueOf(id, IDealing.Side(side));
            for (uint256 i; i < length; ++i) {
                IDealing.Request memory request = dealing.requestOf(id, IDealing.Side(side), i);
                if (!isOpen(request.state)) continue;
                (bool determined, uint256 value) = valueOf(request);
                if (!determined) continue;
                units += side == 0 ? int256(unitsFor(request.amount, value)) : -int256(uint256(request.amount));
            }
        }
    }

    /// @notice What they have, at the latest accepted value; what is priced counts as settled.
    function wealth() public view returns (int256 sum) {
        for (uint256 i; i < 3; ++i) {
            sum += int256(money.balanceOf(investor(i)) * 1e20);
        }
        sum += exposure() * latest;
        for (uint8 side; side < 2; ++side) {
            (, uint256 length) = dealing.queueOf(id, IDealing.Side(side));
            for (uint256 i; i < length; ++i) {
                IDealing.Request memory request = dealing.requestOf(id, IDealing.Side(side), i);
                if (!isOpen(request.state)) continue;
                (bool determined, uint256 value) = valueOf(request);
                if (side == 0 && !determined) sum += int256(uint256(request.amount) * 1e20);
                if (side == 1 && determined) sum += int256(moneyFor(request.amount, value) * 1e20);
            }
        }
    }

    /// @dev By looking at every round there ever was.
    function firstAfter(uint40 at) public view returns (bool found, Round memory round) {
        for (uint64 i = 1; i <= valuation.last(); ++i) {
            round = valuation.roundAt(0, i);
            if (round.valuationTimestamp > at && round.publishedAt > at) return (true, round);
        }
    }

    function valueOf(IDealing.Request memory request) public view returns (bool determined, uint256 value) {
        Round memory round;
        (determined, round) = firstAfter(request.cutOff);
        determined = determined && round.publishedAt < request.cutOff + 10 days;
        value = uint256(int256(round.value));
    }

    function determinedAt(IDealing.Request memory request) internal view returns (bool determined, uint256 valuedAt) {
        (determined,) = valueOf(request);
        (, Round memory round) = firstAfter(request.cutOff);
        valuedAt = round.valuationTimestamp;
    }

    function unitsFor(uint256 amount, uint256 value) public pure returns (uint256) {
        return amount * 1e20 / value;
    }

    function moneyFor(uint256 units, uint256 value) public pure returns (uint256) {
        return units * value / 1e20;
    }

    function isOpen(IDealing.RequestState state) public pure returns (bool) {
        return state == IDealing.RequestState.PENDING || state == IDealing.RequestState.HELD;
    }

    function investor(uint256 who) public view returns (address) {
        address[3] memory wallets = [alice, bob, carol];
        return wallets[who % 3];
    }

    function last() internal view returns (Round memory) {
        return valuation.roundAt(0, valuation.last());
    }

    /* FOR THE INVARIANTS */

    function check() external view {
        assertConserved();
    }

    function desk() external view returns (IDealing, bytes32) {
        return (dealing, id);
    }

    function frozenUnitsOf(address wallet) external view returns (uint256) {
        return token.getFrozenTokens(wallet);
    }

    /// @dev A request, in `state` if there is one: the next from a random place on.
    function pick(uint256 seed, IDealing.RequestState state)
        internal
        view
        returns (bool found, Ask memory ask, IDealing.Request memory request)
    {
        ask.side = IDealing.Side(seed % 2);
        (, uint256 length) = dealing.queueOf(id, ask.side);
        for (uint256 i; i < length; ++i) {
            ask.index = (seed / 2 % length + i) % length;
            request = dealing.requestOf(id, ask.side, ask.index);
            if (request.state == state) return (true, ask, request);
        }
    }

    function note() private {
        uint40 next = dealing.cutOffAfter(id, block.timestamp);
        if (cutOffs[cutOffs.length - 1] != next) cutOffs.push(next);
    }
}

/// @notice The same, and nothing goes well: wallets are frozen and blocked, the valuation is held, halted and stale, nobody keeps the desk,
///         the pool runs dry, and the seller retries, refunds and takes out what he may.
contract TroubledDealingHandler is DealingHandler {
    function freeze(uint256 who, bool frozen) external {
        vm.prank(agent);
        token.setAddressFrozen(investor(who), frozen && who % 2 == 0);
    }

    function refuseMoney(uint256 who) external {
        money.block_(who % 2 == 0 ? investor(who) : address(0));
    }

    function status(uint256 seed) external {
        valuation.setStatus(IValuationRegistry.Status(seed % 3 == 0 ? seed / 3 % 6 : 0));
    }

    function waitLong(uint256 seed) external {
        vm.warp(block.timestamp + seed % 6 days);
    }

    function retry(uint256 seed) external {
        (bool found, Ask memory ask, IDealing.Request memory request) = pick(seed, IDealing.RequestState.HELD);
        if (!found || valuation.status() != IValuationRegistry.Status.LIVE) return;
        (, Round memory round) = firstAfter(request.cutOff);
        if (block.timestamp >= request.cutOff + 10 days || block.timestamp - round.valuationTimestamp > 3 days) return;
        retry(ask.side, ask.index);
    }

    function refundHeld(uint256 seed) external {
        (bool found, Ask memory ask, IDealing.Request memory request) = pick(seed, IDealing.RequestState.HELD);
        if (!found || money.blocked() == request.wallet) return;
        vm.prank(seller);
        dealing.refund(id, ask.side, ask.index);
    }

    function withdraw(uint256 amount) external {
        IDealing.Totals memory totals = dealing.totalsOf(id);
        amount = amount % (totals.pool + 1);
        uint256 needed = moneyFor(totals.redeeming, uint256(int256(last().value)));
        uint256 free = needed < totals.pool ? totals.pool - needed : 0;
        if (totals.redeeming != 0 && valuation.status() != IValuationRegistry.Status.LIVE) {
            vm.expectRevert(abi.encodeWithSelector(IValuationRegistry.ValuationNotLive.selector, token, valuation.status()));
        } else if (amount > free) {
            vm.expectRevert(abi.encodeWithSelector(IDealing.PoolExceeded.selector, amount, free));
        }
        vm.prank(seller);
        dealing.withdraw(id, amount);
    }

    function pass(uint256 time) internal override {
        vm.warp(time);
    }
}
