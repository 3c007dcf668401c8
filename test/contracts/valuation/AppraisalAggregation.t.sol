// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAppraisalNavOracle } from "../../../contracts/interfaces/IAppraisalNavOracle.sol";
import { INAVAggregation } from "../../../contracts/interfaces/erc8330/INAVAggregation.sol";
import { NO_CORRECTION, PER_SHARE, USD } from "../../../contracts/interfaces/erc8330/NAVIdentifiers.sol";
import { AppraisalFixture } from "./AppraisalFixture.sol";

/// @notice ERC-8330, aggregation: quorum, lower median, deviation.
contract AppraisalAggregationTest is AppraisalFixture {
    uint64 private constant Q2 = Q1 + 1 days;
    uint64 private constant Q3 = Q1 + 2 days;

    function setUp() public override {
        super.setUp();
        _setAges();
    }

    /* CONFIGURATION */

    function test_When_aggregationIsSet_itIsToldAndChangeable() public {
        assertEq(nav.quorum(SUBJECT, USD), 0);
        assertEq(nav.deviationThreshold(SUBJECT, USD), 0);
        vm.expectEmit(address(nav));
        emit INAVAggregation.AggregationConfigUpdated(SUBJECT, USD, 64, 10_000);
        _setQuorum(64, 10_000);
        assertEq(nav.quorum(SUBJECT, USD), 64);
        assertEq(nav.deviationThreshold(SUBJECT, USD), 10_000);
        _setQuorum(1, 0);
        assertEq(nav.quorum(SUBJECT, USD), 1);
        assertEq(nav.deviationThreshold(SUBJECT, USD), 0);
        assertEq(nav.heartbeat(SUBJECT, USD), HEARTBEAT, "the thresholds stay");
    }

    function testFuzz_RevertWhen_quorumOrThresholdIsOutOfRange(uint256 quorum, uint256 deviationBps) public {
        vm.assume(quorum == 0 || quorum > 64 || deviationBps > 10_000);
        _refuseConfig(quorum, deviationBps);
    }

    function test_RevertWhen_quorumOrThresholdIsJustOutOfRange() public {
        _refuseConfig(0, 1);
        _refuseConfig(65, 1);
        _refuseConfig(1, 10_001);
        _refuseConfig(256 + 1, 1);
    }

    function _refuseConfig(uint256 quorum, uint256 deviationBps) private {
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.AggregationInvalid.selector, quorum, deviationBps));
        _setQuorum(quorum, deviationBps);
    }

    function test_RevertGiven_noQuorumIsSet() public {
        _publish(ada, NAV, Q1);
        _refuseReads(abi.encodeWithSelector(IAppraisalNavOracle.QuorumUnset.selector, SUBJECT, USD));
    }

    function test_RevertGiven_noInstantHasAQuorum() public {
        _setQuorum(2, 0);
        bytes memory reason = abi.encodeWithSelector(IAppraisalNavOracle.QuorumMissed.selector, SUBJECT, USD, 2);
        _refuseReads(reason);
        uint256 first = _publish(ada, NAV, Q1);
        _publish(ben, NAV, Q2);
        _correct(ada, NAV + 1, Q1, first); // one provider twice is one
        _refuseReads(reason);
    }

    function _refuseReads(bytes memory reason) private {
        vm.expectRevert(reason);
        nav.aggregatedNAV(SUBJECT, USD);
        vm.expectRevert(reason);
        nav.latestAggregationTimestamp(SUBJECT, USD);
        vm.expectRevert(reason);
        nav.providerSubmissionCount(SUBJECT, USD);
        vm.expectRevert(reason);
        nav.providerSubmissionAt(SUBJECT, USD, 0);
    }

    function test_RevertGiven_noThresholdsOfAge() public {
        bytes32 other = keccak256("14 Elm Street");
        vm.startPrank(configurer);
        nav.setProvider(other, USD, ada, true);
        nav.setNAVBasis(other, USD, PER_SHARE);
        nav.setAggregationConfig(other, USD, 1, 0);
        vm.stopPrank();
        vm.prank(ada);
        nav.publishNAV(other, USD, PER_SHARE, NAV, 8, Q1, METHOD, URI, NO_CORRECTION);
        assertEq(nav.providerSubmissionCount(other, USD), 1);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.StalenessUnset.selector, other, USD));
        nav.aggregatedNAV(other, USD);
    }

    /* QUORUM */

    function test_When_quorumChanges_instantsThatHadItAreFound() public {
        _publish(ada, 1, Q1);
        _publish(ben, 2, Q1);
        _publish(cleo, 3, Q1);
        _publish(ada, 4, Q2);
        _publish(ben, 5, Q2);
        _publish(ada, 6, Q3);
        _setQuorum(3, 0);
        _expectMedian(2, Q1, 3);
        _setQuorum(1, 0);
        _expectMedian(6, Q3, 1);
        _setQuorum(2, 0);
        _expectMedian(4, Q2, 2);
        _setQuorum(4, 0);
        _refuseReads(abi.encodeWithSelector(IAppraisalNavOracle.QuorumMissed.selector, SUBJECT, USD, 4));
    }

    function test_When_anEarlierInstantFillsLater_theGreatestWithAQuorumStays() public {
        _setQuorum(2, 0);
        _publish(ada, 10, Q2);
        _publish(ben, 11, Q2);
        _expectMedian(10, Q2, 2);
        skip(1 days);
        _publish(ada, 1, Q1);
        _publish(ben, 2, Q1);
        _expectMedian(10, Q2, 2);
        _publish(cleo, 99, Q3);
        _expectMedian(10, Q2, 2);
        assertEq(_latest(), 99, "the raw latest needs no quorum");
        assertEq(nav.latestAggregationTimestamp(SUBJECT, USD), Q2);
    }

    function test_When_anInvalidationBreaksTheQuorum_theInstantBeforeStandsUntilReplaced() public {
        _setQuorum(3, 0);
        _publish(ada, 1, Q1);
        _publish(ben, 2, Q1);
        _publish(cleo, 3, Q1);
        _publish(ada, 4, Q2);
        uint256 bens = _publish(ben, 5, Q2);
        _publish(cleo, 6, Q2);
        _expectMedian(5, Q2, 3);
        _invalidate(bens);
        _expectMedian(2, Q1, 3);
        assertEq(_latest(), 6);
        _publish(ben, 7, Q2);
        _expectMedian(6, Q2, 3);
        _setQuorum(2, 0);
        _expectMedian(6, Q2, 3);
    }

    function test_When_aCorrectionIsInvalidated_theQuorumHolds() public {
        _setQuorum(2, 0);
        _publish(ada, 10, Q1);
        uint256 bens = _publish(ben, 20, Q1);
        uint256 correction = _correct(ben, 5, Q1, bens);
        _expectMedian(5, Q1, 2);
        _invalidate(correction);
        _expectMedian(10, Q1, 2);
        _invalidate(bens);
        _refuseReads(abi.encodeWithSelector(IAppraisalNavOracle.QuorumMissed.selector, SUBJECT, USD, 2));
    }

    function test_RevertWhen_a65thProviderValuesTheInstant() public {
        _setQuorum(64, 10_000);
        for (uint256 i; i < 65; ++i) {
            _list(_appraiser(i));
        }
        for (uint256 i; i < 64; ++i) {
            _publish(_appraiser(i), int256(i), Q1);
        }
        _expectMedian(31, Q1, 64);
        bytes memory reason = abi.encodeWithSelector(IAppraisalNavOracle.ProvidersExceeded.selector, Q1, 64);
        vm.expectRevert(reason);
        _publish(_appraiser(64), 1, Q1);
        _publish(_appraiser(64), 1, Q2);

        _invalidate(5);
        vm.expectRevert(reason);
        _publish(_appraiser(64), 1, Q1); // the place is its provider's
        _publish(_appraiser(5), 1000, Q1);
        _expectMedian(32, Q1, 64);
        _correct(_appraiser(6), 1001, Q1, 6);
        _expectMedian(33, Q1, 64);
    }

    function _appraiser(uint256 i) private pure returns (address) {
        return address(uint160(0x1000 + i));
    }

    /* MEDIAN */

    function test_When_countIsEven_theLowerMiddleIsTaken() public {
        _setQuorum(1, 0);
        address dan = makeAddr("dan");
        _list(dan);
        _publish(ada, 30, Q1);
        _expectMedian(30, Q1, 1);
        _publish(ben, -10, Q1);
        _expectMedian(-10, Q1, 2);
        _publish(cleo, 20, Q1);
        _expectMedian(20, Q1, 3);
        _publish(dan, -20, Q1);
        _expectMedian(-10, Q1, 4);
    }

    function test_When_decimalsDiffer_theGreatestIsThatOfTheResult() public {
        _setQuorum(3, 0);
        _publish(ada, 125, 0, Q1, NO_CORRECTION);
        _publish(ben, 124_990000, 6, Q1, NO_CORRECTION);
        _publish(cleo, 125_000000000000000001, 18, Q1, NO_CORRECTION);
        (int256 value, uint8 decimals,,) = _median();
        assertEq(value, 125 ether);
        assertEq(decimals, 18);
        _correct(cleo, 125_01, Q1, 2);
        (value, decimals,,) = _median();
        assertEq(value, 124_99000000, "8 decimals for 6: cleo says 0.00012501");
        assertEq(decimals, 8);
    }

    /// @dev Against a median that is found by counting.
    function testFuzz_When_valuesAreOfAnyDecimals_theLowerMedianIsTaken(int256[5] memory values, uint8[5] memory decimals, uint8 count)
        public
    {
        count = uint8(bound(count, 1, 5));
        _setQuorum(1, 10_000);
        uint8 most;
        for (uint256 i; i < count; ++i) {
            decimals[i] = uint8(bound(decimals[i], 0, 18));
            int256 limit = type(int256).max / int256(10 ** uint256(18 - decimals[i]));
            values[i] = bound(values[i], -limit, limit);
            // Every other time near to one another, so that the decimals decide.
            if (values[0] % 2 == 0) values[i] = values[i] % int256(10 ** uint256(decimals[i]));
            if (decimals[i] > most) most = decimals[i];
            address provider = _appraiser(i);
            _list(provider);
            _publish(provider, values[i], decimals[i], Q1, NO_CORRECTION);
        }
        (int256 median, uint8 given,, uint256 providers) = _median();
        assertEq(given, most);
        assertEq(providers, count);
        uint256 below;
        uint256 upTo;
        for (uint256 i; i < count; ++i) {
            int256 value = values[i] * int256(10 ** uint256(most - decimals[i]));
            if (value < median) ++below;
            if (value <= median) ++upTo;
        }
        assertLe(below, (count - 1) / 2);
        assertGt(upTo, (count - 1) / 2);
    }

    /* SUBMISSIONS */

    function test_When_submissionsAreRead_theyStandInTheOrderOfFirstPublication() public {
        _setQuorum(2, 10_000);
        _publish(cleo, 3, 8, Q1, NO_CORRECTION);
        _publish(ada, 10, 9, Q1, NO_CORRECTION);
        skip(1 days);
        _publish(ben, 2, 8, Q1, NO_CORRECTION);
        _expectSubmission(0, 0, cleo, 3, 8, START);
        _expectSubmission(1, 1, ada, 10, 9, START);
        _expectSubmission(2, 2, ben, 2, 8, START + 1 days);
        assertEq(nav.providerSubmissionCount(SUBJECT, USD), 3);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.OrdinalUnknown.selector, 3, 3));
        nav.providerSubmissionAt(SUBJECT, USD, 3);

        _correct(cleo, 4, Q1, 0); // 3: keeps its place
        _expectSubmission(0, 3, cleo, 4, 8, START + 1 days);
        _invalidate(1);
        assertEq(nav.providerSubmissionCount(SUBJECT, USD), 2);
        _expectSubmission(0, 3, cleo, 4, 8, START + 1 days);
        _expectSubmission(1, 2, ben, 2, 8, START + 1 days);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.OrdinalUnknown.selector, 2, 2));
        nav.providerSubmissionAt(SUBJECT, USD, 2);
        _publish(ada, 7, Q1); // 4: where it was first seen
        _expectSubmission(1, 4, ada, 7, 8, START + 1 days);
        _expectSubmission(2, 2, ben, 2, 8, START + 1 days);
    }

    function _expectSubmission(uint256 index, uint256 snapshot, address by, int256 value, uint8 decimals, uint256 time) private view {
        (bool answered, bytes memory answer) = address(nav).staticcall(abi.encodeCall(nav.providerSubmissionAt, (SUBJECT, USD, index)));
        assertTrue(answered);
        assertEq(answer, abi.encode(snapshot, by, value, decimals, PER_SHARE, Q1, time));
    }

    /* STALENESS */

    function test_When_heartbeatPassesAfterTheLastPublication_theAggregateIsPublishStale() public {
        _setQuorum(2, 0);
        _publish(ada, NAV, Q1);
        skip(30 days);
        _publish(ben, NAV, Q1);
        _publish(cleo, NAV, Q3); // another instant
        uint256 last = START + 30 days;
        _expectStale(last + HEARTBEAT - 1, false, false);
        _expectStale(last + HEARTBEAT, false, false);
        _expectStale(last + HEARTBEAT + 1, true, false);
    }

    function test_When_valuationAgePasses_theAggregateIsValuationStale() public {
        vm.prank(configurer);
        nav.setStalenessConfig(SUBJECT, USD, type(uint64).max, MAX_AGE);
        _setQuorum(1, 0);
        _publish(ada, NAV, Q1);
        _expectStale(Q1 + MAX_AGE - 1, false, false);
        _expectStale(Q1 + MAX_AGE, false, false);
        _expectStale(Q1 + MAX_AGE + 1, false, true);
    }

    function _expectStale(uint256 time, bool publication, bool valuation) private {
        vm.warp(time);
        (,, bytes32 basis,,, bool isPublishStale, bool isValuationStale) = nav.aggregatedNAV(SUBJECT, USD);
        assertEq(basis, PER_SHARE);
        assertEq(isPublishStale, publication);
        assertEq(isValuationStale, valuation);
    }

    /* DEVIATION */

    function test_When_spreadIsAboveTheThreshold_theAlarmIsRaised() public {
        _setQuorum(2, 500);
        _publish(ada, 100_000, Q1);
        _expectSilence(ben, 105_000, NO_CORRECTION); // 500 basis points of 100,000
        _expectAlarm(ben, 105_010, 1, 100_000, 105_010, 501);
        _expectSilence(cleo, 104_000, NO_CORRECTION); // of the median, 104,000: 481
    }

    function test_When_aPublicationIsACorrectionOrOfAnEarlierInstant_theAlarmIsRaisedToo() public {
        _setQuorum(2, 500);
        _publish(ada, 100, Q3);
        _publish(ben, 100, Q3);
        _publish(ada, 100, Q1);
        uint256 bens = _publish(ben, 101, Q1);
        _expectAlarm(ben, 200, bens, 100, 200, 10_000);
    }

    function test_When_thereIsNoQuorum_nothingIsSaid() public {
        _publish(ada, 1, Q1);
        _expectSilence(ben, 1000, NO_CORRECTION);
        _setQuorum(3, 0);
        _expectSilence(ben, 2000, 1);
        _setQuorum(2, 0);
        _expectAlarm(ben, 3000, 2, 1, 3000, 2999 * 10_000);
    }

    function test_When_valuesAreNegative_theSpreadIsMeasuredOnTheMediansSize() public {
        _setQuorum(2, 0);
        _publish(ada, -100, Q1);
        _expectAlarm(ben, 100, NO_CORRECTION, -100, 100, 20_000);
    }

    function test_When_theMedianIsZero_theDeviationIsTheGreatestNumber() public {
        _setQuorum(2, 10_000);
        _publish(ada, 0, Q1);
        _expectSilence(ben, 0, NO_CORRECTION); // no spread, no deviation
        _expectAlarm(ben, 1, 1, 0, 1, type(uint256).max);
    }

    function test_When_theDeviationOverflows_itIsTheGreatestNumber() public {
        _setQuorum(2, 10_000);
        int256 most = type(int256).max;
        _publish(ada, -most, 18, Q1, NO_CORRECTION);
        vm.expectEmit(address(nav));
        emit INAVAggregation.NAVDeviationDetected(SUBJECT, USD, Q1, -most, most, type(uint256).max);
        _publish(ben, most, 18, Q1, NO_CORRECTION);
        (int256 value,,,) = _median();
        assertEq(value, -most, "an alarm, not a refusal");
    }

    function test_When_decimalsDiffer_theAlarmIsInTheGreatest() public {
        _setQuorum(2, 10_000);
        _publish(ada, 1, 0, Q1, NO_CORRECTION);
        vm.expectEmit(address(nav));
        emit INAVAggregation.NAVDeviationDetected(SUBJECT, USD, Q1, 1_000_000, 3_000_000, 20_000);
        _publish(ben, 3_000_000, 6, Q1, NO_CORRECTION);
    }

    function test_When_aSubmissionIsInvalidated_itCountsNoMoreInTheSpread() public {
        _setQuorum(2, 500);
        _publish(ada, 100, Q1);
        _publish(ben, 100, Q1);
        _invalidate(_publish(cleo, 900, Q1));
        _expectSilence(ada, 101, 0);
    }

    function _expectAlarm(address provider, int256 value, uint256 corrects, int256 least, int256 greatest, uint256 deviationBps) private {
        vm.expectEmit(address(nav));
        emit INAVAggregation.NAVDeviationDetected(SUBJECT, USD, Q1, least, greatest, deviationBps);
        _publish(provider, value, 8, Q1, corrects);
    }

    function _expectSilence(address provider, int256 value, uint256 corrects) private {
        vm.recordLogs();
        _publish(provider, value, 8, Q1, corrects);
        assertEq(vm.getRecordedLogs().length, 1, "NAVPublished alone");
    }

    function _expectMedian(int256 value, uint64 instant, uint256 count) private view {
        (int256 given,, uint64 givenInstant, uint256 givenCount) = _median();
        assertEq(given, value);
        assertEq(givenInstant, instant);
        assertEq(givenCount, count);
        assertEq(nav.latestAggregationTimestamp(SUBJECT, USD), instant);
        assertEq(nav.providerSubmissionCount(SUBJECT, USD), count);
    }
}
