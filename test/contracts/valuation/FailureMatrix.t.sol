// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IQuorumFeed } from "../../../contracts/interfaces/IQuorumFeed.sol";
import { FeedState, Round } from "../../../contracts/interfaces/IRoundSource.sol";
import { MarketCalendar } from "../../../contracts/valuation/MarketCalendar.sol";
import { ValuationGuard } from "../../../contracts/valuation/ValuationGuard.sol";
import { CalendarFixture } from "./CalendarFixture.sol";
import { QuorumFeedFixture } from "./QuorumFeedFixture.sol";

/// @notice Each failure of the valuation network that a feed of Treasury bills meets on chain, with the real guard and calendar: one test
///         for each, named after it. It allows 1 % and 1 % a business day, 5 % at most, observations within 1 % of each other; 0.2 % a day
///         need no guard.
contract FailureMatrixTest is QuorumFeedFixture, CalendarFixture {
    /// @dev Tuesday 3 March 2026, 20:00 UTC.
    uint256 private tuesday;
    ValuationGuard private realGuard;

    function setUp() public override {
        super.setUp();
        MarketCalendar calendar = _calendar();
        realGuard = new ValuationGuard(address(manager), calendar);
        _install(realGuard);
        _create(FEED);
        ValuationGuard.Policy memory policy;
        policy.calendar = US_BOND;
        (policy.baseBps, policy.perDayBps, policy.maxBps, policy.spreadBps) = (100, 100, 500, 100);
        vm.prank(admin);
        realGuard.setPolicy(FEED, policy);
        vm.prank(configurer);
        feed.setCalmBand(FEED, 20);
        tuesday = uint256(_day(2026, 3, 3)) * 1 days + 20 hours;
        vm.warp(tuesday);
        _publish(PRICE);
    }

    function _percent(int128 tenths) private pure returns (int128) {
        return PRICE + PRICE / 1000 * tenths;
    }

    function _assertLatest(uint64 round, int128 value, FeedState state) private view {
        assertEq(feed.latestRound(FEED).round, round);
        assertEq(feed.latestRound(FEED).value, value);
        assertEq(uint8(feed.stateOf(FEED)), uint8(state));
    }

    function _refuse(IQuorumFeed.Header memory header, IQuorumFeed.Observation[] memory observations, bytes memory reason) private {
        vm.expectRevert(reason);
        feed.submit(header, _signerSet(4), observations);
    }

    function test_FewerThan2fPlus1Reporters_nothingChanges() public {
        skip(1 days);
        IQuorumFeed.Header memory header = _header();
        _refuse(header, _agreed(header, 2, _percent(1)), abi.encodeWithSelector(IQuorumFeed.QuorumMissed.selector, 2, 3));
        _assertLatest(1, PRICE, FeedState.LIVE);
        assertEq(feed.nextRound(FEED), 2);
    }

    /// @dev f = 1 liar: the median is honest; where he cannot be told from a market in turmoil, the round is held until it is said without him.
    function test_UpToFLiars_medianIsHonestAndAWideSpreadIsHeld() public {
        skip(1 days);
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, _percent(1));
        observations[2] = _sign(header, 2, _percent(9), 0);
        feed.submit(header, _signerSet(4), observations);
        _assertLatest(2, _percent(1), FeedState.LIVE);

        skip(1 days);
        header = _header();
        observations = _agreed(header, 3, _percent(2));
        observations[2] = _sign(header, 2, type(int128).max, 0);
        feed.submit(header, _signerSet(4), observations);
        _assertLatest(2, _percent(1), FeedState.HELD);

        _submit(_percent(2), 0, 1, 3);
        _assertLatest(4, _percent(2), FeedState.LIVE);
    }

    function test_SourceRestatesNav_isRefusedHere() public {
        IQuorumFeed.Header memory header = _header();
        uint40 at = header.valuationTimestamp;
        _refuse(header, _agreed(header, 3, _percent(1)), abi.encodeWithSelector(IQuorumFeed.ValuationNotNewer.selector, at, at));
        _assertLatest(1, PRICE, FeedState.LIVE);
    }

    function test_FatFinger_isHeldInsideTheBoundsAndRefusedOutside() public {
        skip(1 days);
        assertEq(uint8(_submit(_percent(210), 0, 1, 2)), uint8(IQuorumFeed.Outcome.HELD));
        _assertLatest(1, PRICE, FeedState.HELD);
    }

    function test_TenTimesDecimals_isRefused() public {
        skip(1 days);
        IQuorumFeed.Header memory header = _header();
        _refuse(
            header,
            _agreed(header, 3, PRICE * 10),
            abi.encodeWithSelector(IQuorumFeed.ValueOutOfBounds.selector, PRICE * 10, MINIMUM, MAXIMUM)
        );
        _refuse(
            header,
            _agreed(header, 3, PRICE / 10),
            abi.encodeWithSelector(IQuorumFeed.ValueOutOfBounds.selector, PRICE / 10, MINIMUM, MAXIMUM)
        );
        _assertLatest(1, PRICE, FeedState.LIVE);
    }

    /// @dev A band that stood still against an old value would refuse for ever.
    function test_LongOutageThenABigMove_isAcceptedOrHeldAndNeverADeadlock() public {
        skip(30 days);
        _submit(_percent(50), 0, 1, 2);
        _assertLatest(2, _percent(50), FeedState.LIVE);

        skip(300 days);
        assertEq(uint8(_submit(_percent(300), 0, 1, 2)), uint8(IQuorumFeed.Outcome.HELD));
        skip(1 hours);
        _approvePending();
        _assertLatest(3, _percent(300), FeedState.LIVE);

        skip(300 days);
        _submit(_percent(100), 0, 1, 2);
        skip(1 hours);
        _submit(_percent(100), 1, 2, 3);
        _assertLatest(5, _percent(100), FeedState.LIVE);
    }

    function test_OutageOverAWeekend_addsOneBusinessDay() public {
        vm.warp(tuesday + 3 days);
        _submit(_percent(1), 0, 1, 2); // Friday
        vm.warp(tuesday + 6 days); // Monday
        assertEq(uint8(_submit(_percent(22), 0, 1, 2)), uint8(IQuorumFeed.Outcome.HELD));
        assertEq(uint8(_submit(_percent(21), 0, 1, 2)), uint8(IQuorumFeed.Outcome.ACCEPTED));
    }

    function _approvePending() private {
        (Round memory held,,) = feed.pending(FEED);
        bytes32 valueHash = keccak256(abi.encode(FEED, uint32(held.round), held.value, held.valuationTimestamp));
        vm.prank(approver);
        feed.approvePending(FEED, uint32(held.round), valueHash);
    }

    /// @dev The thief tries every half hour, for two days, the highest value that is published at once. What he can do on Tuesday is the
    ///      band of no business day, on Wednesday and Thursday that of one each, and all the time what is calm; the guardian then ends it.
    function test_TheftOfAQuorumOfKeys_movesAtMostTheBandOfEachDayOnce() public {
        int256 banded = int256(PRICE) * 101 * 102 * 102 / 1e6;
        for (uint256 i; i < 95; ++i) {
            skip(30 minutes);
            _publishHighest(uint40(block.timestamp - 10));
        }
        assertLe(feed.latestRound(FEED).value, banded * 10_041 / 10_000, "0.2 % of two days, on each other");
        assertGt(feed.latestRound(FEED).value, banded, "he did try");

        // More than that he can only have held, and he cannot confirm it himself.
        skip(10 minutes);
        int128 wanted = _percent(300);
        assertEq(uint8(_submit(wanted, 0, 1, 2)), uint8(IQuorumFeed.Outcome.HELD));
        skip(1 days);
        assertEq(uint8(_submit(wanted, 0, 1, 2)), uint8(IQuorumFeed.Outcome.HELD));

        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory stolen = _agreed(header, 3, wanted);
        vm.prank(guardian);
        feed.halt(FEED);
        _refuse(header, stolen, abi.encodeWithSelector(IQuorumFeed.FeedHaltedError.selector, FEED));
        vm.startPrank(configurer);
        feed.setConfig(FEED, _signers(8), 1);
        feed.resume(FEED);
        vm.stopPrank();
        _refuse(header, stolen, abi.encodeWithSelector(IQuorumFeed.ConfigVersionStale.selector, 1, 2));
    }

    /// @dev To wait for the next day and to come back a second later gives no second band.
    function test_TheftOfAQuorumOfKeys_aDayThatBeginsWithAMoveHasNoOther() public {
        vm.warp(tuesday + 1 days);
        _submit(_percent(20), 0, 1, 2);
        _assertLatest(2, _percent(20), FeedState.LIVE);
        for (uint256 i; i < 10; ++i) {
            skip(1);
            assertEq(uint8(_submit(_percent(21), 0, 1, 2)), uint8(IQuorumFeed.Outcome.HELD));
        }
        _assertLatest(2, _percent(20), FeedState.HELD);
    }

    /// @dev Nor does the first day of a feed.
    function test_TheftOfAQuorumOfKeys_theFirstDayHasOneBandToo() public {
        skip(1 minutes);
        _submit(_percent(10), 0, 1, 2);
        _assertLatest(2, _percent(10), FeedState.LIVE);
        skip(1 minutes);
        assertEq(uint8(_submit(_percent(11), 0, 1, 2)), uint8(IQuorumFeed.Outcome.HELD));
    }

    /// @dev After a long weekend he values every hour of it, in one minute. That is one day of moves, within the widest band, and the calm
    ///      band of every day that he makes up for.
    function test_TheftOfAQuorumOfKeys_datedBackOverManyDaysStaysWithinTheWidestBand() public {
        vm.warp(tuesday + 13 days);
        for (uint256 i = 1; i <= 13 * 4; ++i) {
            skip(1);
            _publishHighest(uint40(tuesday + i * 6 hours - 20));
        }
        int256 banded = int256(PRICE) * 105 / 100;
        assertLe(feed.latestRound(FEED).value, banded * 10_264 / 10_000, "0.2 % of 13 days, on each other");
        assertGt(feed.latestRound(FEED).value, banded, "he did try");
    }

    /// @dev What is calm meets no policy: 0.2 % a day passes the growth cap, which stops whatever is not.
    function test_CalmDrift_passesTheGrowthCapUnlessTheCalmBandIsZero() public {
        ValuationGuard.Policy memory policy;
        policy.calendar = US_BOND;
        (policy.baseBps, policy.perDayBps, policy.maxBps, policy.spreadBps) = (100, 100, 500, 1);
        (policy.growthBps, policy.growthFrom, policy.growthSince) = (500, PRICE, uint40(tuesday));
        policy.referenceFeed = address(this); // answers nothing
        vm.prank(admin);
        realGuard.setPolicy(FEED, policy);
        for (int128 i = 1; i <= 10; ++i) {
            skip(1 days);
            IQuorumFeed.Header memory header = _header();
            IQuorumFeed.Observation[] memory observations = _agreed(header, 3, _percent(2 * i));
            observations[2] = _sign(header, 2, _percent(2 * i) + PRICE / 1000, 0); // a spread of 10 basis points
            feed.submit(header, _signerSet(4), observations);
        }
        _assertLatest(11, _percent(20), FeedState.LIVE);

        policy.referenceFeed = address(0);
        vm.prank(admin);
        realGuard.setPolicy(FEED, policy);
        skip(1 days);
        _holdFor(_percent(23), "growth"); // not calm
        vm.prank(configurer);
        feed.setCalmBand(FEED, 0);
        skip(1 minutes);
        _holdFor(_percent(20) + 1, "growth");
    }

    function _holdFor(int128 value, bytes32 reason) private {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, value);
        vm.expectEmit(address(feed));
        emit IQuorumFeed.RoundHeld(
            FEED, header.round, value, header.valuationTimestamp, EVIDENCE, 7, reason, uint40(block.timestamp + 4 days)
        );
        feed.submit(header, _signerSet(4), observations);
    }

    function _publishHighest(uint40 valuationTimestamp) private {
        int128 low = feed.latestRound(FEED).value; // is always accepted
        int128 high = low + PRICE / 20;
        while (high - low > 100_000) {
            int128 middle = (low + high) / 2;
            uint256 snapshot = vm.snapshotState();
            bool accepted = _submitAt(middle, valuationTimestamp) == IQuorumFeed.Outcome.ACCEPTED;
            vm.revertToState(snapshot);
            if (accepted) low = middle;
            else high = middle;
        }
        _submitAt(low, valuationTimestamp);
    }

    function _submitAt(int128 value, uint40 valuationTimestamp) private returns (IQuorumFeed.Outcome) {
        IQuorumFeed.Header memory header = _header();
        header.valuationTimestamp = valuationTimestamp;
        return feed.submit(header, _signerSet(4), _agreed(header, 3, value));
    }

    function test_ReplayOnAnotherChain_isRefused() public {
        skip(1 days);
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, _percent(1));
        vm.chainId(10);
        bytes32 digest = _digest(_domain(10, address(feed)), header, _percent(1), 0);
        _refuse(header, observations, _stranger(digest, observations[0]));
    }

    function test_ReplayOnAnotherContract_isRefused() public {
        IQuorumFeed.Header memory header = _header();
        header.round = 1;
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, _percent(1));
        _install(guard); // the same feed with the same signers at another address
        _create(FEED);
        bytes32 digest = _digest(_domain(block.chainid, address(feed)), header, _percent(1), 0);
        _refuse(header, observations, _stranger(digest, observations[0]));
    }

    function test_ReplayOfARound_isRefused() public {
        skip(1 days);
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, _percent(1));
        feed.submit(header, _signerSet(4), observations);
        _refuse(header, observations, abi.encodeWithSelector(IQuorumFeed.RoundOutOfOrder.selector, 2, 3));
        header.round = 3;
        header.valuationTimestamp += 1;
        bytes32 digest = _digest(_domain(block.chainid, address(feed)), header, _percent(1), 0);
        _refuse(header, observations, _stranger(digest, observations[0]));
    }

    function _stranger(bytes32 digest, IQuorumFeed.Observation memory observation) private pure returns (bytes memory) {
        uint256 vs = uint256(observation.vs);
        address recovered = ecrecover(digest, uint8(27 + (vs >> 255)), observation.r, bytes32(vs & (type(uint256).max >> 1)));
        return abi.encodeWithSelector(IQuorumFeed.SignatureInvalid.selector, observation.signerIndex, recovered);
    }

    /// @dev Elsewhere a timestamp of the far future froze a feed for good.
    function test_FutureTimestamp_isRefused() public {
        skip(1 days);
        IQuorumFeed.Header memory header = _header();
        (header.valuationTimestamp, header.validUntil) = (type(uint40).max, type(uint40).max);
        _refuse(
            header,
            _agreed(header, 3, _percent(1)),
            abi.encodeWithSelector(IQuorumFeed.ValuationInFuture.selector, type(uint40).max, block.timestamp)
        );
        _publish(_percent(1));
        _assertLatest(2, _percent(1), FeedState.LIVE);
    }

    function test_Ripcord_haltsTheFeed() public {
        skip(1 days);
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, _percent(1));
        for (uint8 i; i < 2; ++i) {
            observations[i] = _sign(header, i, _percent(1), 1);
        }
        feed.submit(header, _signerSet(4), observations);
        assertEq(uint8(feed.stateOf(FEED)), uint8(FeedState.HALTED));
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.FeedHaltedError.selector, FEED));
        feed.latestRound(FEED);
    }

    /// @dev Whatever gas a transmitter gives: the round is accepted, or nothing happens and another can submit it. A call that ran dry on
    ///      its way to the calendar must not count as a calendar that does not know.
    function test_TransmitterOutOfGas_changesNothing() public {
        skip(1 days);
        IQuorumFeed.Header memory header = _header();
        bytes memory call = abi.encodeCall(IQuorumFeed.submit, (header, _signerSet(4), _agreed(header, 3, _percent(15)))); // the guard is asked
        uint256 snapshot = vm.snapshotState();
        uint256 accepted;
        uint256 reverted;
        for (uint256 gas = 20_000; gas < 160_000; gas += 250) {
            (bool ok,) = address(feed).call{ gas: gas }(call);
            if (ok) {
                ++accepted;
                _assertLatest(2, _percent(15), FeedState.LIVE);
            } else {
                ++reverted;
                _assertLatest(1, PRICE, FeedState.LIVE);
                assertEq(feed.nextRound(FEED), 2);
            }
            vm.revertToState(snapshot);
        }
        assertGt(accepted, 50);
        assertGt(reverted, 50);
    }

    function test_CalendarYearMissing_isHeldAndNeverReverts() public {
        vm.warp(uint256(_day(2029, 1, 2)) * 1 days + 20 hours);
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, _percent(10));
        vm.expectEmit(address(feed));
        emit IQuorumFeed.RoundHeld(
            FEED, 2, _percent(10), header.valuationTimestamp, EVIDENCE, 7, "calendar", uint40(block.timestamp + 4 days)
        );
        feed.submit(header, _signerSet(4), observations);
        _assertLatest(1, PRICE, FeedState.HELD);
        skip(1 hours);
        _approvePending();
        _assertLatest(2, _percent(10), FeedState.LIVE);
    }

    function test_ApproverAsleep_theHeldRoundExpiresAndTheFeedStaysHeld() public {
        skip(1 days);
        _submit(_percent(210), 0, 1, 2);
        skip(4 days);
        bytes32 valueHash = keccak256(abi.encode(FEED, 2, _percent(210), uint40(tuesday + 1 days - 10)));
        vm.prank(approver);
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.ApprovalExpired.selector, block.timestamp));
        feed.approvePending(FEED, 2, valueHash);
        _assertLatest(1, PRICE, FeedState.HELD);
        _submit(_percent(1), 0, 1, 2);
        _assertLatest(3, _percent(1), FeedState.LIVE);
    }

    /// @dev One reporter runs other software than the rest.
    function test_AdapterAndReporterVersionsDiffer_theMedianIgnoresTheOutlier() public {
        skip(1 days);
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = new IQuorumFeed.Observation[](4);
        observations[0] = _sign(header, 3, _percent(-8), 0);
        observations[1] = _sign(header, 0, _percent(1), 0);
        observations[2] = _sign(header, 1, _percent(1), 0);
        observations[3] = _sign(header, 2, _percent(1), 0);
        feed.submit(header, _signerSet(4), observations);
        _assertLatest(2, _percent(1), FeedState.LIVE);
    }
}
