// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { IQuorumFeed } from "../../../contracts/interfaces/IQuorumFeed.sol";
import { FeedState, IRoundSource, Round } from "../../../contracts/interfaces/IRoundSource.sol";
import { IValuationGuard } from "../../../contracts/interfaces/IValuationGuard.sol";
import { QuorumFeedFixture } from "./QuorumFeedFixture.sol";

/// @notice What becomes of a round that the calm band does not let pass: accepted, held and approved or confirmed, refused; and how a
///         published one is taken back.
contract QuorumFeedHoldTest is QuorumFeedFixture {
    uint256 private constant DELAY = 1 hours;
    uint256 private constant LIFETIME = 4 days;
    uint16 private constant CALM = 100;
    int128 private constant RISE = 20_00000000;

    function setUp() public override {
        super.setUp();
        _publish(PRICE);
        skip(1 days);
    }

    function _say(IValuationGuard.Verdict verdict, bytes32 reason) private {
        guard.say(FEED, verdict, reason);
    }

    /// @notice A round of PRICE + RISE by the first three signers, held.
    function _hold() private {
        _say(IValuationGuard.Verdict.HOLD, "band");
        assertEq(uint8(_submit(PRICE + RISE, 0, 1, 2)), uint8(IQuorumFeed.Outcome.HELD));
    }

    function _calm(uint16 calmBps) private {
        vm.prank(configurer);
        feed.setCalmBand(FEED, calmBps);
    }

    function _valueHash() private view returns (bytes32) {
        (Round memory held,,) = feed.pending(FEED);
        return keccak256(abi.encode(FEED, uint32(held.round), held.value, held.valuationTimestamp));
    }

    function _approve(address by) private {
        bytes32 valueHash = _valueHash();
        vm.prank(by);
        feed.approvePending(FEED, 2, valueHash);
    }

    function _refuseApproval(address by, bytes memory reason) private {
        bytes32 valueHash = _valueHash();
        vm.prank(by);
        vm.expectRevert(reason);
        feed.approvePending(FEED, 2, valueHash);
    }

    function _refuseRound(int128 value, bytes memory reason) private {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, value);
        vm.expectRevert(reason);
        feed.submit(header, _signerSet(4), observations);
    }

    function _assertNothingPending() private {
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.NothingPending.selector, FEED, 0));
        feed.pending(FEED);
    }

    function _assertState(FeedState state) private view {
        assertEq(uint8(feed.stateOf(FEED)), uint8(state));
    }

    /* HELD */

    function test_When_theGuardHolds_theLatestRoundIsStillRead() public {
        _say(IValuationGuard.Verdict.HOLD, "band");
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE + RISE);
        uint40 expiry = uint40(block.timestamp + LIFETIME);
        vm.expectEmit(address(feed));
        emit IQuorumFeed.RoundHeld(FEED, 2, PRICE + RISE, header.valuationTimestamp, EVIDENCE, 7, "band", expiry);
        feed.submit(header, _signerSet(4), observations);

        assertEq(feed.latestRound(FEED).round, 1);
        assertEq(feed.latestRound(FEED).value, PRICE);
        _assertState(FeedState.HELD);
        assertEq(feed.nextRound(FEED), 3);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 2));
        feed.roundAt(FEED, 2);
        (Round memory held, uint40 earliest, uint40 until) = feed.pending(FEED);
        assertEq(held.round, 2);
        assertEq(held.value, PRICE + RISE);
        assertEq(held.valuationTimestamp, header.valuationTimestamp);
        assertEq(held.publishedAt, block.timestamp);
        assertEq(earliest, block.timestamp + DELAY);
        assertEq(until, expiry);
    }

    function test_When_theFirstRoundIsHeld_thereIsNothingToRead() public {
        bytes32 other = keccak256("OTHER");
        _create(other);
        guard.say(other, IValuationGuard.Verdict.HOLD, "policy");
        IQuorumFeed.Header memory header = _headerOf(other);
        feed.submit(header, _signerSet(4), _agreed(header, 3, PRICE));
        assertEq(uint8(feed.stateOf(other)), uint8(FeedState.UNKNOWN));
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, other, 0));
        feed.latestRound(other);
    }

    function test_When_anotherRoundIsAccepted_theHeldOneIsDropped() public {
        _hold();
        _say(IValuationGuard.Verdict.ACCEPT, 0);
        _publish(PRICE + 1);
        _assertNothingPending();
        _assertState(FeedState.LIVE);
        assertEq(feed.latestRound(FEED).round, 3);
        assertEq(feed.nextRound(FEED), 4);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 2));
        feed.roundAt(FEED, 2);
    }

    /// @dev The honest ones say it again when a liar has spoilt a round with the spread.
    function test_When_aRoundIsHeld_itsInstantMayBeValuedAgain() public {
        IQuorumFeed.Header memory header = _header();
        _hold();
        _say(IValuationGuard.Verdict.ACCEPT, 0);
        header.round = 3;
        feed.submit(header, _signerSet(4), _agreed(header, 3, PRICE + 1));
        assertEq(feed.latestRound(FEED).valuationTimestamp, header.valuationTimestamp);
    }

    function test_When_theSignerSetChanges_theHeldRoundIsDropped() public {
        _hold();
        _configure(4, 1);
        _assertNothingPending();
        _assertState(FeedState.LIVE);
        assertEq(feed.nextRound(FEED), 3, "its number stays used");
    }

    function test_When_theFeedIsHalted_theHeldRoundIsDropped() public {
        _hold();
        vm.prank(guardian);
        feed.halt(FEED);
        _assertNothingPending();
        vm.prank(configurer);
        feed.resume(FEED);
        _assertState(FeedState.LIVE);
        assertEq(feed.latestRound(FEED).round, 1);
        assertEq(feed.nextRound(FEED), 3);
    }

    function test_When_theRipcordIsPulled_theHeldRoundIsDropped() public {
        _hold();
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = new IQuorumFeed.Observation[](3);
        for (uint8 i; i < 3; ++i) {
            observations[i] = _sign(header, i, PRICE, 1);
        }
        assertEq(uint8(feed.submit(header, _signerSet(4), observations)), uint8(IQuorumFeed.Outcome.RIPCORD));
        _assertNothingPending();
        _assertState(FeedState.HALTED);
        assertEq(feed.nextRound(FEED), 4);
    }

    function test_RevertWhen_theGuardRejects() public {
        _say(IValuationGuard.Verdict.REJECT, "sign");
        _refuseRound(PRICE + 1, abi.encodeWithSelector(IQuorumFeed.ValueRejected.selector, FEED, PRICE + 1, bytes32("sign")));
        assertEq(feed.nextRound(FEED), 2, "its number is not used");
    }

    /* APPROVED */

    function test_When_approvedAfterItsHour_theHeldRoundIsPublished() public {
        _hold();
        uint40 valuedAt = uint40(block.timestamp - 10);
        skip(DELAY);
        vm.expectEmit(address(feed));
        emit IQuorumFeed.RoundApproved(FEED, 2, approver);
        _approve(approver);

        Round memory round = feed.latestRound(FEED);
        assertEq(round.round, 2);
        assertEq(round.value, PRICE + RISE);
        assertEq(round.valuationTimestamp, valuedAt);
        assertEq(round.publishedAt, block.timestamp);
        assertEq(feed.roundAt(FEED, 2).value, PRICE + RISE);
        _assertNothingPending();
        _assertState(FeedState.LIVE);
        assertEq(feed.nextRound(FEED), 3);
        _say(IValuationGuard.Verdict.ACCEPT, 0);
        _publish(PRICE + RISE + 1);
        assertEq(feed.latestRound(FEED).round, 3);
    }

    function test_RevertWhen_approvedBeforeItsHourOrAfterItsLife() public {
        _hold();
        uint256 since = block.timestamp;
        vm.warp(since + DELAY - 1);
        _refuseApproval(approver, abi.encodeWithSelector(IQuorumFeed.ApprovalTooEarly.selector, since + DELAY));
        vm.warp(since + LIFETIME);
        _refuseApproval(approver, abi.encodeWithSelector(IQuorumFeed.ApprovalExpired.selector, since + LIFETIME));
        vm.warp(since + LIFETIME - 1);
        _approve(approver);
        assertEq(feed.latestRound(FEED).round, 2);
    }

    function test_RevertWhen_whatIsApprovedIsNotWhatIsHeld() public {
        bytes32 stale = keccak256(abi.encode(FEED, uint32(2), PRICE, uint40(block.timestamp)));
        vm.prank(approver);
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.NothingPending.selector, FEED, 2));
        feed.approvePending(FEED, 2, stale);
        vm.prank(approver);
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.NothingPending.selector, FEED, 0));
        feed.approvePending(FEED, 0, stale);
        _hold();
        skip(DELAY);
        bytes32 expected = _valueHash();
        vm.startPrank(approver);
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.PendingDiffers.selector, stale, expected));
        feed.approvePending(FEED, 2, stale);
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.NothingPending.selector, FEED, 1));
        feed.approvePending(FEED, 1, expected);
        vm.stopPrank();
    }

    function test_RevertWhen_theApproverIsAReporterOrTheTransmitter() public {
        address reporter = vm.addr(_key(3)); // he did not even sign this one
        vm.startPrank(admin);
        manager.grantRole(APPROVER, reporter, 0);
        manager.grantRole(APPROVER, address(this), 0);
        vm.stopPrank();
        _hold();
        skip(DELAY);
        _refuseApproval(reporter, abi.encodeWithSelector(IQuorumFeed.ApproverNotIndependent.selector, reporter));
        _refuseApproval(address(this), abi.encodeWithSelector(IQuorumFeed.ApproverNotIndependent.selector, address(this)));
        _refuseApproval(stranger, abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
    }

    /// @dev Who calls through the access manager is not seen, and might be any of them.
    function test_RevertWhen_approvedThroughTheAccessManager() public {
        address reporter = vm.addr(_key(3));
        vm.startPrank(admin);
        manager.grantRole(APPROVER, reporter, 0);
        manager.grantRole(APPROVER, address(this), 0);
        vm.stopPrank();
        _hold();
        skip(DELAY);
        bytes memory call = abi.encodeCall(IQuorumFeed.approvePending, (FEED, 2, _valueHash()));
        bytes memory refusal = abi.encodeWithSelector(IQuorumFeed.ApproverNotIndependent.selector, manager);
        address[3] memory callers = [reporter, address(this), approver];
        for (uint256 i; i < 3; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert(refusal);
            manager.execute(address(feed), call);
        }
        assertEq(feed.latestRound(FEED).round, 1);
    }

    /// @dev The second look of a role with a delay: scheduled in the access manager, called here.
    function test_When_theApproverHasADelay_heSchedulesAndCallsByHimself() public {
        address careful = makeAddr("careful");
        vm.prank(admin);
        manager.grantRole(APPROVER, careful, 2 hours);
        _hold();
        bytes32 valueHash = _valueHash();
        vm.prank(careful);
        manager.schedule(address(feed), abi.encodeCall(IQuorumFeed.approvePending, (FEED, 2, valueHash)), 0);
        skip(2 hours);
        _approve(careful);
        assertEq(feed.latestRound(FEED).round, 2);
    }

    function test_When_aFormerReporterApproves_heIsIndependent() public {
        address former = vm.addr(_key(3));
        vm.prank(admin);
        manager.grantRole(APPROVER, former, 0);
        address[] memory signers = _signers(5);
        (signers[3], signers[4]) = (signers[4], makeAddr("fifth"));
        vm.prank(configurer);
        feed.setConfig(FEED, signers, 1);
        bytes memory set;
        for (uint256 i; i < 5; ++i) {
            set = abi.encodePacked(set, signers[i]);
        }
        _say(IValuationGuard.Verdict.HOLD, "band");
        IQuorumFeed.Header memory header = _header();
        feed.submit(header, set, _agreed(header, 3, PRICE + RISE));
        skip(DELAY);
        _approve(former);
        assertEq(feed.latestRound(FEED).value, PRICE + RISE);
    }

    function test_RevertWhen_theBoundsNoLongerAllowWhatIsHeld() public {
        _hold();
        vm.prank(configurer);
        feed.setBounds(FEED, MINIMUM, PRICE + RISE - 1);
        skip(DELAY);
        _refuseApproval(approver, abi.encodeWithSelector(IQuorumFeed.ValueOutOfBounds.selector, PRICE + RISE, MINIMUM, PRICE + RISE - 1));
        vm.prank(configurer);
        feed.setBounds(FEED, PRICE + RISE + 1, MAXIMUM);
        _refuseApproval(approver, abi.encodeWithSelector(IQuorumFeed.ValueOutOfBounds.selector, PRICE + RISE, PRICE + RISE + 1, MAXIMUM));
    }

    /* CONFIRMED */

    function test_When_aLaterRoundOfOtherSignersAgrees_itIsPublished() public {
        _calm(CALM);
        _hold();
        skip(DELAY);
        int128 close = PRICE + RISE + (PRICE + RISE) / 100; // the tolerance is the calm band of what is held
        assertEq(uint8(_submit(close, 1, 2, 3)), uint8(IQuorumFeed.Outcome.ACCEPTED));
        assertEq(feed.latestRound(FEED).value, close);
        assertEq(feed.latestRound(FEED).round, 3);
        _assertNothingPending();
        _assertState(FeedState.LIVE);
        assertEq(feed.nextRound(FEED), 4);
    }

    function test_When_aLaterRoundDiffersMoreThanTheBand_itIsHeldInstead() public {
        _calm(CALM);
        _hold();
        skip(DELAY);
        assertEq(uint8(_submit(PRICE + RISE + (PRICE + RISE) / 100 + 1, 1, 2, 3)), uint8(IQuorumFeed.Outcome.HELD));
        (Round memory held, uint40 earliest,) = feed.pending(FEED);
        assertEq(held.round, 3);
        assertEq(earliest, block.timestamp + DELAY, "its hour begins anew");
    }

    function test_When_theSameSignersSayItAgain_itStaysHeld() public {
        _calm(CALM);
        _hold();
        skip(2 days);
        assertEq(uint8(_submit(PRICE + RISE, 2, 1, 0)), uint8(IQuorumFeed.Outcome.HELD));
        assertEq(feed.latestRound(FEED).round, 1);
    }

    function test_When_confirmedBeforeItsHour_itWaitsForItAndAllItsSignersCount() public {
        _calm(CALM);
        _hold();
        uint256 since = block.timestamp;
        skip(DELAY - 1);
        assertEq(uint8(_submit(PRICE + RISE + 1, 1, 2, 3)), uint8(IQuorumFeed.Outcome.HELD));
        (Round memory held, uint40 earliest, uint40 expiry) = feed.pending(FEED);
        assertEq(held.round, 3);
        assertEq(held.value, PRICE + RISE + 1);
        assertEq(held.publishedAt, block.timestamp);
        assertEq(earliest, since + DELAY, "its hour does not begin anew");
        assertEq(expiry, since + LIFETIME);
        skip(1);
        assertEq(uint8(_submit(PRICE + RISE, 0, 1, 2)), uint8(IQuorumFeed.Outcome.ACCEPTED), "all four have said so");
    }

    /// @dev A thief of three keys has the fourth signer's honest value beside his own three: the median is his, the agreement is not.
    function test_When_aSignerSaysSomethingElse_heDoesNotConfirm() public {
        _calm(CALM);
        _hold();
        skip(DELAY);
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = new IQuorumFeed.Observation[](4);
        observations[0] = _sign(header, 3, PRICE, 0);
        for (uint8 i; i < 3; ++i) {
            observations[i + 1] = _sign(header, i, PRICE + RISE, 0);
        }
        assertEq(uint8(feed.submit(header, _signerSet(4), observations)), uint8(IQuorumFeed.Outcome.HELD));
        assertEq(feed.latestRound(FEED).round, 1);
        assertEq(uint8(_submit(PRICE + RISE, 1, 2, 3)), uint8(IQuorumFeed.Outcome.ACCEPTED), "now he agrees");
    }

    /// @dev Nor does it creep: each later value must agree with the first one, not with the last.
    function test_When_valuesCreep_theyAgreeWithTheFirstOnly() public {
        _calm(CALM);
        _hold();
        int128 step = (PRICE + RISE) / 100;
        skip(DELAY / 2);
        _submit(PRICE + RISE + step, 1, 2, 3);
        (, uint40 earliest,) = feed.pending(FEED);
        assertEq(earliest, block.timestamp + DELAY / 2);
        skip(DELAY);
        uint256 clean = vm.snapshotState();
        assertEq(uint8(_submit(PRICE + RISE - step, 0, 1, 2)), uint8(IQuorumFeed.Outcome.ACCEPTED));
        vm.revertToState(clean);
        assertEq(uint8(_submit(PRICE + RISE + step + 1, 0, 1, 2)), uint8(IQuorumFeed.Outcome.HELD));
        (, earliest,) = feed.pending(FEED);
        assertEq(earliest, block.timestamp + DELAY, "another one");
    }

    function test_When_theHeldRoundHasExpired_nothingConfirmsIt() public {
        _calm(CALM);
        _hold();
        skip(LIFETIME);
        assertEq(uint8(_submit(PRICE + RISE, 1, 2, 3)), uint8(IQuorumFeed.Outcome.HELD));
        (, uint40 earliest,) = feed.pending(FEED);
        assertEq(earliest, block.timestamp + DELAY);
    }

    function test_When_nothingConfirmsWithoutABand_onlyTheSameValueDoes() public {
        _hold();
        skip(DELAY);
        assertEq(uint8(_submit(PRICE + RISE + 1, 1, 2, 3)), uint8(IQuorumFeed.Outcome.HELD));
        skip(DELAY);
        assertEq(uint8(_submit(PRICE + RISE + 1, 0, 1, 2)), uint8(IQuorumFeed.Outcome.ACCEPTED));
    }

    /// @dev Of seven signers (f = 2) two rounds must have all seven.
    function test_When_threeFPlusOneSignersAreMissing_itStaysHeld() public {
        _configure(7, 2);
        _say(IValuationGuard.Verdict.HOLD, "band");
        uint8[5] memory first = [0, 1, 2, 3, 4];
        uint8[5] memory six = [1, 2, 3, 4, 5];
        uint8[5] memory seven = [0, 1, 2, 3, 6];
        _submitOfSeven(first);
        skip(DELAY);
        assertEq(uint8(_submitOfSeven(six)), uint8(IQuorumFeed.Outcome.HELD));
        assertEq(uint8(_submitOfSeven(seven)), uint8(IQuorumFeed.Outcome.ACCEPTED));
    }

    function _submitOfSeven(uint8[5] memory indexes) private returns (IQuorumFeed.Outcome) {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = new IQuorumFeed.Observation[](5);
        for (uint256 i; i < 5; ++i) {
            observations[i] = _sign(header, indexes[i], PRICE + RISE, 0);
        }
        return feed.submit(header, _signerSet(7), observations);
    }

    /* CALM */

    function _refuseUncalm(int128 value) private {
        _refuseRound(value, abi.encodeWithSelector(IQuorumFeed.ValueRejected.selector, FEED, value, bytes32("asked")));
    }

    function test_When_theMoveIsWithinTheCalmBand_theGuardIsNotAsked() public {
        _say(IValuationGuard.Verdict.REJECT, "asked");
        _calm(CALM);
        int128 band = PRICE / 100;
        uint256 clean = vm.snapshotState();
        _refuseUncalm(PRICE + band + 1);
        _refuseUncalm(PRICE - band - 1);
        _publish(PRICE + band);
        assertEq(feed.latestRound(FEED).value, PRICE + band);
        vm.revertToState(clean);
        _publish(PRICE - band);
        assertEq(feed.latestRound(FEED).value, PRICE - band);
    }

    function test_When_halfADayHasPassed_halfTheCalmBandIsAllowed() public {
        _say(IValuationGuard.Verdict.REJECT, "asked");
        _calm(CALM);
        rewind(12 hours);
        int128 half = PRICE / 200;
        _refuseUncalm(PRICE + half + 1);
        _publish(PRICE + half);
        assertEq(feed.latestRound(FEED).round, 2);
    }

    function test_When_manyDaysHavePassed_theCalmBandIsThatOfADay() public {
        _say(IValuationGuard.Verdict.REJECT, "asked");
        _calm(CALM);
        skip(30 days);
        _refuseUncalm(PRICE + PRICE / 100 + 1);
        _publish(PRICE + PRICE / 100);
        assertEq(feed.latestRound(FEED).round, 2);
    }

    function test_When_observationsLieFurtherApartThanTheCalmBand_theGuardIsAsked() public {
        _say(IValuationGuard.Verdict.REJECT, "asked");
        _calm(CALM);
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        observations[2] = _sign(header, 2, PRICE + PRICE / 100 + 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.ValueRejected.selector, FEED, PRICE, bytes32("asked")));
        feed.submit(header, _signerSet(4), observations);
        observations[2] = _sign(header, 2, PRICE + PRICE / 100, 0);
        feed.submit(header, _signerSet(4), observations);
        assertEq(feed.latestRound(FEED).round, 2);
    }

    function test_When_nothingMoves_theGuardIsNotAsked() public {
        _say(IValuationGuard.Verdict.REJECT, "asked");
        _publish(PRICE);
        assertEq(feed.latestRound(FEED).round, 2);
    }

    function test_When_valuesAreNegative_theBandIsOfTheirMagnitude() public {
        vm.prank(configurer);
        feed.setBounds(FEED, -MAXIMUM, MAXIMUM);
        _publish(-PRICE);
        skip(1 days);
        _say(IValuationGuard.Verdict.REJECT, "asked");
        _calm(CALM);
        _refuseUncalm(-PRICE - PRICE / 100 - 1);
        _publish(-PRICE - PRICE / 100);
        assertEq(feed.latestRound(FEED).value, -PRICE - PRICE / 100);
    }

    function test_When_thereIsNoPreviousRound_theGuardIsAsked() public {
        bytes32 other = keccak256("OTHER");
        _create(other);
        vm.prank(configurer);
        feed.setCalmBand(other, 9_999);
        IQuorumFeed.Header memory header = _headerOf(other);
        vm.expectCall(address(guard), abi.encodeCall(IValuationGuard.check, (other, 0, 0, int256(PRICE), header.valuationTimestamp, 0)));
        feed.submit(header, _signerSet(4), _agreed(header, 3, PRICE));
    }

    /* WHAT THE GUARD IS TOLD */

    function _expectCheck(int128 previous, uint256 previousAt, int128 next, uint64 times) private {
        bytes memory call =
            abi.encodeCall(IValuationGuard.check, (FEED, previous, uint40(previousAt), next, uint40(block.timestamp - 10), 0));
        vm.expectCall(address(guard), call, times);
    }

    /// @notice A day of moves has begun, at PRICE and an hour ago.
    function _beginDay() private {
        vm.warp(_midnight() + 1 hours);
        _publish(PRICE + 1);
        skip(30 minutes);
        _publish(PRICE + 2);
        skip(30 minutes);
    }

    /// @return when the next day of UTC begins
    function _midnight() private view returns (uint256) {
        return (block.timestamp / 1 days + 1) * 1 days;
    }

    /// @dev Small steps within a day of UTC are measured from where it began, too.
    function test_When_stepsFollowEachOther_theGuardSeesTheirSum() public {
        uint256 first = feed.latestRound(FEED).valuationTimestamp;
        vm.warp(_midnight());
        _expectCheck(PRICE, first, PRICE + 1, 1);
        _publish(PRICE + 1);

        uint256 second = block.timestamp - 10;
        skip(1 days - 1);
        _expectCheck(PRICE + 1, second, PRICE + 2, 1);
        _expectCheck(PRICE, first, PRICE + 2, 1);
        _publish(PRICE + 2);

        uint256 third = block.timestamp - 10;
        skip(1); // another day
        _expectCheck(PRICE + 2, third, PRICE + 3, 1);
        _expectCheck(PRICE, first, PRICE + 3, 0);
        _publish(PRICE + 3);

        uint256 fourth = block.timestamp - 10;
        skip(1);
        _expectCheck(PRICE + 3, fourth, PRICE + 4, 1);
        _expectCheck(PRICE + 2, third, PRICE + 4, 1);
        _publish(PRICE + 4);
    }

    /// @dev Whoever publishes the days that went by on one of them has that one's band.
    function test_When_daysAreMadeUpFor_theyAreMeasuredFromTheSameRound() public {
        uint256 first = feed.latestRound(FEED).valuationTimestamp;
        skip(3 days);
        for (uint256 i = 1; i < 4; ++i) {
            IQuorumFeed.Header memory header = _header();
            header.valuationTimestamp = uint40(first + i * 1 days);
            int128 value = PRICE + int128(uint128(i));
            bytes memory call = abi.encodeCall(IValuationGuard.check, (FEED, PRICE, uint40(first), value, header.valuationTimestamp, 0));
            vm.expectCall(address(guard), call, 1);
            feed.submit(header, _signerSet(4), _agreed(header, 3, value));
        }
    }

    function test_When_aRoundIsApproved_theNextIsMeasuredFromItAlone() public {
        _beginDay();
        _hold();
        uint256 valuedAt = block.timestamp - 10;
        skip(DELAY);
        bytes32 valueHash = _valueHash();
        vm.prank(approver);
        feed.approvePending(FEED, 4, valueHash);
        _say(IValuationGuard.Verdict.ACCEPT, 0);
        _expectCheck(PRICE + RISE, valuedAt, PRICE + RISE + 1, 1);
        _expectCheck(PRICE, START - 10, PRICE + RISE + 1, 0);
        _publish(PRICE + RISE + 1);
    }

    function test_When_aRoundIsConfirmed_theNextIsMeasuredFromItAlone() public {
        _beginDay();
        _hold();
        skip(DELAY);
        _submit(PRICE + RISE, 1, 2, 3);
        uint256 valuedAt = block.timestamp - 10;
        _say(IValuationGuard.Verdict.ACCEPT, 0);
        skip(1);
        _expectCheck(PRICE + RISE, valuedAt, PRICE + RISE + 1, 1);
        _expectCheck(PRICE, START - 10, PRICE + RISE + 1, 0);
        _publish(PRICE + RISE + 1);
    }

    function test_When_theSumOfStepsIsWorse_itsVerdictCounts() public {
        StepGuard steps = new StepGuard();
        vm.etch(address(guard), address(steps).code);
        _beginDay();
        assertEq(uint8(_submit(PRICE + 5, 0, 1, 2)), uint8(IQuorumFeed.Outcome.ACCEPTED));
        skip(1);
        assertEq(uint8(_submit(PRICE + 6, 0, 1, 2)), uint8(IQuorumFeed.Outcome.HELD), "six in a day");
        skip(1 days);
        assertEq(uint8(_submit(PRICE + 6, 0, 1, 2)), uint8(IQuorumFeed.Outcome.ACCEPTED), "one in the next");
    }

    /* INVALIDATED */

    function _invalidate(uint32 round) private {
        vm.prank(configurer);
        feed.invalidate(FEED, round, "reason");
    }

    function _assertRoundUnknown(uint64 round) private {
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, round));
        feed.roundAt(FEED, round);
    }

    function test_When_theLatestRoundIsInvalidated_theOneBeforeIsRestored() public {
        uint40 valuedAt = uint40(block.timestamp - 10);
        _publish(PRICE + 1);
        vm.expectEmit(address(feed));
        emit IQuorumFeed.RoundInvalidated(FEED, 2, "reason", 1);
        _invalidate(2);
        assertEq(feed.latestRound(FEED).round, 1);
        assertEq(feed.latestRound(FEED).value, PRICE);
        _assertRoundUnknown(2);
        _assertState(FeedState.LIVE);
        assertEq(feed.nextRound(FEED), 3, "its number stays used");

        IQuorumFeed.Header memory header = _header();
        header.valuationTimestamp = valuedAt; // the instant may be valued again
        feed.submit(header, _signerSet(4), _agreed(header, 3, PRICE + 2));
        assertEq(feed.latestRound(FEED).value, PRICE + 2);
        assertEq(feed.latestRound(FEED).round, 3);
        assertEq(feed.nextRound(FEED), 4);
        _assertRoundUnknown(2);
    }

    function test_When_aRoundIsInvalidated_theNextIsMeasuredFromTheRestoredOneAlone() public {
        _beginDay();
        uint256 valuedAt = block.timestamp - 30 minutes - 10;
        _publish(PRICE + 3);
        _invalidate(1); // where the day began
        _invalidate(4);
        skip(1);
        _expectCheck(PRICE + 2, valuedAt, PRICE + 5, 1);
        _expectCheck(PRICE, START - 10, PRICE + 5, 0);
        _publish(PRICE + 5);
    }

    function test_When_anEarlierRoundIsInvalidated_theLatestStays() public {
        _publish(PRICE + 1);
        skip(1 hours);
        _publish(PRICE + 2);
        vm.expectEmit(address(feed));
        emit IQuorumFeed.RoundInvalidated(FEED, 2, "reason", 3);
        _invalidate(2);
        assertEq(feed.latestRound(FEED).round, 3);
        assertEq(feed.nextRound(FEED), 4);
        _assertRoundUnknown(2);
        _invalidate(3);
        assertEq(feed.latestRound(FEED).round, 1, "what is invalid is passed over");
    }

    function test_When_numbersWereUsedOtherwise_theyArePassedOver() public {
        _hold(); // 2
        vm.prank(guardian);
        feed.halt(FEED);
        vm.prank(configurer);
        feed.resume(FEED);
        _say(IValuationGuard.Verdict.ACCEPT, 0);
        skip(1 hours);
        _publish(PRICE + 1); // 3
        _invalidate(3);
        assertEq(feed.latestRound(FEED).round, 1);
        assertEq(feed.nextRound(FEED), 4);
    }

    /// @dev A round that nothing is left to compare with is no feed's first one.
    function test_When_allRoundsAreInvalidated_thereIsNothingToReadUntilTheNextIsApproved() public {
        _publish(PRICE + 1);
        _invalidate(1);
        vm.expectEmit(address(feed));
        emit IQuorumFeed.RoundInvalidated(FEED, 2, "reason", 0);
        _invalidate(2);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 0));
        feed.latestRound(FEED);
        _assertState(FeedState.UNKNOWN);
        assertEq(feed.nextRound(FEED), 3);
        _configure(4, 1); // which does not make it forget
        _calm(CALM);

        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE + 2);
        uint40 expiry = uint40(block.timestamp + LIFETIME);
        vm.expectEmit(address(feed));
        emit IQuorumFeed.RoundHeld(FEED, 3, PRICE + 2, header.valuationTimestamp, EVIDENCE, 7, "invalidated", expiry);
        feed.submit(header, _signerSet(4), observations);
        _assertState(FeedState.UNKNOWN);
        skip(DELAY);
        bytes32 valueHash = _valueHash();
        vm.prank(approver);
        feed.approvePending(FEED, 3, valueHash);
        assertEq(feed.latestRound(FEED).round, 3);
        skip(1);
        assertEq(uint8(_submit(PRICE + RISE, 0, 1, 2)), uint8(IQuorumFeed.Outcome.ACCEPTED), "now there is something");
    }

    function test_When_allRoundsAreInvalidated_theNextMayBeConfirmedOrRejected() public {
        _invalidate(1);
        _say(IValuationGuard.Verdict.REJECT, "asked");
        _refuseRound(PRICE, abi.encodeWithSelector(IQuorumFeed.ValueRejected.selector, FEED, PRICE, bytes32("asked")));
        _say(IValuationGuard.Verdict.ACCEPT, 0);
        assertEq(uint8(_submit(PRICE, 0, 1, 2)), uint8(IQuorumFeed.Outcome.HELD));
        skip(DELAY);
        assertEq(uint8(_submit(PRICE, 0, 1, 2)), uint8(IQuorumFeed.Outcome.HELD), "by the same");
        assertEq(uint8(_submit(PRICE, 1, 2, 3)), uint8(IQuorumFeed.Outcome.ACCEPTED));
    }

    /// @dev Numbers that were held left round 1 in its place, but it is not kept any more: nothing comes back.
    function test_When_whatComesBeforeIsNoLongerKept_theNextIsHeld() public {
        _say(IValuationGuard.Verdict.HOLD, "band");
        for (uint256 i; i < 64; ++i) {
            _publish(PRICE + RISE);
        }
        assertEq(feed.roundAt(FEED, 1).value, PRICE, "the latest is known, however many were held since");
        _say(IValuationGuard.Verdict.ACCEPT, 0);
        _publish(PRICE + 1);
        assertEq(feed.latestRound(FEED).round, 66);
        _assertRoundUnknown(1);
        _invalidate(66);
        _assertState(FeedState.UNKNOWN);
        skip(1);
        assertEq(uint8(_submit(PRICE + RISE, 0, 1, 2)), uint8(IQuorumFeed.Outcome.HELD));
    }

    /// @dev Numbers held after it do not put it out of reach.
    function test_When_theLatestRoundIsOlderThanTheRing_itCanBeInvalidated() public {
        skip(1);
        _publish(PRICE + 1);
        _say(IValuationGuard.Verdict.HOLD, "band");
        for (uint256 i; i < 64; ++i) {
            skip(1);
            _publish(PRICE + RISE);
        }
        _assertRoundUnknown(1);
        _invalidate(2);
        assertEq(feed.latestRound(FEED).value, PRICE);
        assertEq(feed.roundAt(FEED, 1).value, PRICE);
        assertEq(feed.nextRound(FEED), 67);
    }

    /// @dev The ring has turned over: the walk ends at the oldest round that is still kept.
    function test_When_theRingIsFull_theOldestRoundCanBeRestored() public {
        for (uint256 i; i < 65; ++i) {
            skip(1 hours);
            _publish(PRICE + 1);
        }
        // 66 rounds: 3 to 66 are kept
        for (uint32 round = 4; round < 66; ++round) {
            _invalidate(round);
        }
        _invalidate(66);
        assertEq(feed.latestRound(FEED).round, 3);
        vm.prank(configurer);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 2));
        feed.invalidate(FEED, 2, "reason");
        _invalidate(3);
        _assertState(FeedState.UNKNOWN);
        assertEq(feed.nextRound(FEED), 67);
    }

    function test_When_aHaltedFeedIsInvalidated_itStaysHalted() public {
        _publish(PRICE + 1);
        vm.prank(guardian);
        feed.halt(FEED);
        _invalidate(2);
        _assertState(FeedState.HALTED);
        vm.prank(configurer);
        feed.resume(FEED);
        assertEq(feed.latestRound(FEED).value, PRICE);
    }

    function test_When_aHeldRoundWaits_itOutlivesAnInvalidation() public {
        _publish(PRICE + 1);
        _say(IValuationGuard.Verdict.HOLD, "band");
        skip(1 hours);
        _submit(PRICE + RISE, 0, 1, 2);
        _invalidate(2);
        assertEq(feed.latestRound(FEED).round, 1);
        _assertState(FeedState.HELD);
        assertEq(feed.nextRound(FEED), 4);
        skip(DELAY);
        bytes32 valueHash = _valueHash();
        vm.prank(approver);
        feed.approvePending(FEED, 3, valueHash);
        assertEq(feed.latestRound(FEED).round, 3);
        assertEq(feed.nextRound(FEED), 4);
    }

    function test_RevertWhen_whatIsInvalidatedIsNoRound() public {
        _publish(PRICE + 1);
        vm.startPrank(configurer);
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.ReasonMissing.selector));
        feed.invalidate(FEED, 2, 0);
        feed.invalidate(FEED, 2, "reason");
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 2));
        feed.invalidate(FEED, 2, "reason");
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 3));
        feed.invalidate(FEED, 3, "reason");
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 0));
        feed.invalidate(FEED, 0, "reason");
        vm.stopPrank();
    }
}

/// @notice Holds a move of more than five units.
contract StepGuard is IValuationGuard {
    function check(bytes32, int256 previous, uint40, int256 next, uint40, uint256) external pure returns (Verdict, bytes32) {
        return next - previous > 5 ? (Verdict.HOLD, bytes32("band")) : (Verdict.ACCEPT, bytes32(0));
    }
}
