// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { IERC165 } from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IAppraisalNavOracle } from "../../../contracts/interfaces/IAppraisalNavOracle.sol";
import { INAVAggregation } from "../../../contracts/interfaces/erc8330/INAVAggregation.sol";
import { INAVSnapshotOracle } from "../../../contracts/interfaces/erc8330/INAVSnapshotOracle.sol";
import {
    EUR,
    GBP,
    KES,
    NO_CORRECTED_BY,
    NO_CORRECTION,
    PER_SHARE,
    PER_UNIT,
    TOTAL,
    USD,
    ZMW,
    tokenCurrency
} from "../../../contracts/interfaces/erc8330/NAVIdentifiers.sol";
import { AppraisalFixture } from "./AppraisalFixture.sol";

/// @notice The list of tests of ERC-8330 but for aggregation, which is in AppraisalAggregation.t.sol.
contract AppraisalNavOracleTest is AppraisalFixture {
    uint64 private constant Q2 = Q1 + 1 days;
    uint64 private constant Q3 = Q1 + 2 days;

    /* STREAMS AND BASIS */

    function test_When_streamsDifferBySubjectOrCurrency_theyKnowNothingOfEachOther() public {
        bytes32 other = keccak256("14 Elm Street");
        vm.startPrank(configurer);
        nav.setProvider(SUBJECT, EUR, ada, true);
        nav.setProvider(other, USD, ada, true);
        nav.setNAVBasis(SUBJECT, EUR, TOTAL);
        nav.setNAVBasis(other, USD, PER_UNIT);
        vm.stopPrank();
        assertEq(_publish(ada, NAV, Q1), 0);
        assertEq(_publish(ada, NAV + 1, Q2), 1);
        vm.startPrank(ada);
        assertEq(nav.publishNAV(SUBJECT, EUR, TOTAL, 7, 0, Q1, METHOD, URI, NO_CORRECTION), 0, "indices begin in each stream");
        assertEq(nav.publishNAV(other, USD, PER_UNIT, 9, 0, Q1, METHOD, URI, NO_CORRECTION), 0);
        vm.stopPrank();
        assertEq(nav.snapshotCount(SUBJECT, USD), 2);
        assertEq(nav.snapshotCount(SUBJECT, EUR), 1);
        assertEq(nav.snapshotCount(other, USD), 1);
        (int256 value,, bytes32 basis,,,) = nav.latestNAV(SUBJECT, EUR);
        assertEq(value, 7);
        assertEq(basis, TOTAL);
        assertEq(_latest(), NAV + 1);
        assertEq(nav.getSnapshot(other, USD, 0).nav, 9);

        vm.prank(administrator);
        nav.invalidateSnapshot(SUBJECT, EUR, 0, REASON);
        assertFalse(nav.isSnapshotInvalidated(SUBJECT, USD, 0));
    }

    function test_When_subjectAndCurrencyAreZero_theyAreAStreamToo() public {
        vm.startPrank(configurer);
        nav.setProvider(0, 0, ada, true);
        nav.setNAVBasis(0, 0, TOTAL);
        vm.stopPrank();
        vm.prank(ada);
        nav.publishNAV(0, 0, TOTAL, 1, 0, Q1, METHOD, URI, NO_CORRECTION);
        assertEq(nav.snapshotCount(0, 0), 1);
    }

    function test_When_basisIsSet_itIsSetForGood() public {
        bytes32[3] memory known = [PER_UNIT, PER_SHARE, TOTAL];
        for (uint256 i; i < known.length; ++i) {
            bytes32 subject = bytes32(i);
            assertEq(nav.streamNAVBasis(subject, USD), 0, "unset");
            vm.expectEmit(address(nav));
            emit INAVSnapshotOracle.NAVBasisConfigured(subject, USD, known[i]);
            vm.prank(configurer);
            nav.setNAVBasis(subject, USD, known[i]);
            assertEq(nav.streamNAVBasis(subject, USD), known[i]);

            vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.NavBasisFixed.selector, known[i]));
            vm.prank(configurer);
            nav.setNAVBasis(subject, USD, PER_UNIT);
        }
    }

    function testFuzz_RevertWhen_basisIsNoneOfTheThree(bytes32 basis) public {
        vm.assume(basis != PER_UNIT && basis != PER_SHARE && basis != TOTAL);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.NavBasisInvalid.selector, basis));
        vm.prank(configurer);
        nav.setNAVBasis(SUBJECT, EUR, basis);
    }

    function test_RevertWhen_streamHasNoBasis() public {
        vm.prank(configurer);
        nav.setProvider(SUBJECT, EUR, ada, true);
        bytes32[2] memory given = [PER_SHARE, bytes32(0)];
        for (uint256 i; i < given.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.NavBasisMismatch.selector, given[i], bytes32(0)));
            vm.prank(ada);
            nav.publishNAV(SUBJECT, EUR, given[i], NAV, 8, Q1, METHOD, URI, NO_CORRECTION);
        }
    }

    function test_RevertWhen_basisIsNotTheStreams() public {
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.NavBasisMismatch.selector, TOTAL, PER_SHARE));
        vm.prank(ada);
        nav.publishNAV(SUBJECT, USD, TOTAL, NAV, 8, Q1, METHOD, URI, NO_CORRECTION);
        uint256 index = _publish(ada, NAV, Q1);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.NavBasisMismatch.selector, TOTAL, PER_SHARE));
        vm.prank(ada);
        nav.publishNAV(SUBJECT, USD, TOTAL, NAV, 8, Q1, METHOD, URI, index);
    }

    /* PUBLICATION */

    function test_When_published_everythingIsKeptAndTold() public {
        vm.expectEmit(address(nav));
        emit INAVSnapshotOracle.NAVPublished(SUBJECT, USD, ada, 0, NAV, 8, PER_SHARE, Q1, METHOD, NO_CORRECTION);
        assertEq(_publish(ada, NAV, Q1), 0);
        INAVSnapshotOracle.NAVSnapshot memory record = nav.getSnapshot(SUBJECT, USD, 0);
        assertEq(record.subjectId, SUBJECT);
        assertEq(record.currency, USD);
        assertEq(record.navBasis, PER_SHARE);
        assertEq(record.nav, NAV);
        assertEq(record.decimals, 8);
        assertEq(record.valuationTimestamp, Q1);
        assertEq(record.publishedAt, START);
        assertEq(record.provider, ada);
        assertEq(record.methodologyHash, METHOD);
        assertEq(record.methodologyURI, URI);
        assertEq(record.correctsIndex, NO_CORRECTION);
        assertEq(record.correctedByIndex, NO_CORRECTED_BY);
        (int256 value, uint8 decimals, bytes32 basis, uint64 instant, uint64 publishedAt, address provider) = nav.latestNAV(SUBJECT, USD);
        assertEq(value, NAV);
        assertEq(decimals, 8);
        assertEq(basis, PER_SHARE);
        assertEq(instant, Q1);
        assertEq(publishedAt, START);
        assertEq(provider, ada);
    }

    function test_RevertWhen_callerIsNoProviderOfTheStream() public {
        bytes memory reason = abi.encodeWithSelector(IAppraisalNavOracle.ProviderUnauthorized.selector, SUBJECT, USD, stranger);
        vm.expectRevert(reason);
        _publish(stranger, NAV, Q1);
        // A provider of another stream.
        vm.prank(configurer);
        nav.setProvider(SUBJECT, EUR, stranger, true);
        assertFalse(nav.isProvider(SUBJECT, USD, stranger));
        vm.expectRevert(reason);
        _publish(stranger, NAV, Q1);
    }

    function test_When_aProviderIsTakenOffTheList_itsSnapshotsStayAndItPublishesNoMore() public {
        uint256 index = _publish(ada, NAV, Q1);
        vm.expectEmit(address(nav));
        emit IAppraisalNavOracle.ProviderSet(SUBJECT, USD, ada, false);
        vm.prank(configurer);
        nav.setProvider(SUBJECT, USD, ada, false);
        assertFalse(nav.isProvider(SUBJECT, USD, ada));
        assertEq(_latest(), NAV);
        assertTrue(nav.isSnapshotCurrent(SUBJECT, USD, index));
        bytes memory reason = abi.encodeWithSelector(IAppraisalNavOracle.ProviderUnauthorized.selector, SUBJECT, USD, ada);
        vm.expectRevert(reason);
        _publish(ada, NAV, Q2);
        vm.expectRevert(reason);
        _correct(ada, NAV + 1, Q1, index);

        _list(ada);
        assertTrue(nav.isProvider(SUBJECT, USD, ada));
        assertEq(_correct(ada, NAV + 1, Q1, index), 1, "back on the list, it is the same provider");
        assertEq(nav.providerSnapshotCount(SUBJECT, USD, ada), 2);
        assertEq(nav.getSnapshot(SUBJECT, USD, 1).provider, ada);
    }

    function testFuzz_When_navIsInRange_itIsTaken(int256 value, uint8 decimals) public {
        decimals = uint8(bound(decimals, 0, 18));
        int256 most = type(int256).max / int256(10 ** uint256(18 - decimals));
        value = bound(value, -most, most);
        _publish(ada, value, decimals, Q1, NO_CORRECTION);
        assertEq(_latest(), value);
    }

    function test_When_navIsZeroOrNegative_itIsTaken() public {
        _publish(ada, 0, Q1);
        assertEq(_latest(), 0);
        _publish(ada, -NAV, Q2);
        assertEq(_latest(), -NAV);
    }

    function test_RevertWhen_navIsOutOfRange() public {
        for (uint8 decimals; decimals < 18; ++decimals) {
            int256 most = type(int256).max / int256(10 ** uint256(18 - decimals));
            uint64 instant = Q1 + decimals;
            _publish(ada, most, decimals, instant, NO_CORRECTION);
            _publish(ben, -most, decimals, instant, NO_CORRECTION);
            vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.NavOutOfRange.selector, most + 1, decimals));
            _publish(cleo, most + 1, decimals, instant, NO_CORRECTION);
            vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.NavOutOfRange.selector, -most - 1, decimals));
            _publish(cleo, -most - 1, decimals, instant, NO_CORRECTION);
        }
        _publish(ada, type(int256).max, 18, Q2, NO_CORRECTION);
        _publish(ben, -type(int256).max, 18, Q2, NO_CORRECTION);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.NavOutOfRange.selector, type(int256).min, 18));
        _publish(cleo, type(int256).min, 18, Q2, NO_CORRECTION);
    }

    function testFuzz_RevertWhen_thereAreMoreThan18Decimals(uint8 decimals) public {
        decimals = uint8(bound(decimals, 19, type(uint8).max));
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.NavDecimalsInvalid.selector, decimals));
        _publish(ada, 1, decimals, Q1, NO_CORRECTION);
    }

    function test_When_theValuationIsOfNowOrOfTheBeginningOfTime_itIsTaken() public {
        _publish(ada, NAV, 0);
        assertEq(_latest(), NAV);
        _publish(ada, NAV + 1, uint64(block.timestamp));
        assertEq(_latest(), NAV + 1);
    }

    function testFuzz_RevertWhen_theValuationIsInTheFuture(uint64 instant) public {
        instant = uint64(bound(instant, block.timestamp + 1, type(uint64).max));
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.ValuationInFuture.selector, instant, block.timestamp));
        _publish(ada, NAV, instant);
    }

    function test_RevertWhen_theTimeIsTooGreat() public {
        vm.warp(type(uint40).max);
        _publish(ada, NAV, type(uint40).max);
        (,,, uint64 instant,,) = nav.latestNAV(SUBJECT, USD);
        assertEq(instant, type(uint40).max);
        uint256[2] memory times = [uint256(1 << 40), 1 << 64];
        for (uint256 i; i < times.length; ++i) {
            vm.warp(times[i]);
            vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 40, times[i]));
            _publish(ada, NAV, Q1);
        }
    }

    /* METHODOLOGY */

    function test_RevertWhen_methodologyHashIsMissing() public {
        vm.expectRevert(IAppraisalNavOracle.MethodologyHashMissing.selector);
        vm.prank(ada);
        nav.publishNAV(SUBJECT, USD, PER_SHARE, NAV, 8, Q1, 0, URI, NO_CORRECTION);
    }

    function test_When_methodologyUriIsEmpty_theHashAloneIsKept() public {
        vm.prank(ada);
        nav.publishNAV(SUBJECT, USD, PER_SHARE, NAV, 8, Q1, METHOD, "", NO_CORRECTION);
        INAVSnapshotOracle.NAVSnapshot memory record = nav.getSnapshot(SUBJECT, USD, 0);
        assertEq(record.methodologyHash, METHOD);
        assertEq(record.methodologyURI, "");
    }

    function test_When_methodologyChangesInHashOrUri_eachSnapshotKeepsItsOwn() public {
        bytes32 method2 = keccak256("edition 4");
        bytes32[6] memory hashes = [METHOD, METHOD, METHOD, method2, method2, METHOD];
        string[6] memory uris = [URI, URI, "https://a.example/3", "https://a.example/3", "", URI];
        for (uint64 i; i < hashes.length; ++i) {
            vm.prank(i % 2 == 0 ? ada : ben);
            nav.publishNAV(SUBJECT, USD, PER_SHARE, NAV, 8, Q1 + i, hashes[i], uris[i], NO_CORRECTION);
            vm.prank(cleo);
            nav.publishNAV(SUBJECT, USD, PER_SHARE, NAV, 8, Q1 + i, hashes[i], uris[i], NO_CORRECTION);
        }
        for (uint256 i; i < 2 * hashes.length; ++i) {
            INAVSnapshotOracle.NAVSnapshot memory record = nav.getSnapshot(SUBJECT, USD, i);
            assertEq(record.methodologyHash, hashes[i / 2]);
            assertEq(record.methodologyURI, uris[i / 2]);
        }
    }

    /* ONE ORIGINAL A PROVIDER AND INSTANT */

    function test_RevertWhen_theProviderHasValuedTheInstant() public {
        uint256 index = _publish(ada, NAV, Q1);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.ValuationOccupied.selector, Q1, index));
        _publish(ada, NAV + 1, Q1);
        _publish(ben, NAV + 1, Q1);
        _publish(ada, NAV + 1, Q2);
        index = _correct(ada, NAV + 2, Q1, index);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.ValuationOccupied.selector, Q1, index));
        _publish(ada, NAV + 1, Q1);
    }

    /* CORRECTIONS */

    function test_When_aSnapshotIsCorrected_onlyItsSuccessorIsNew() public {
        uint256 first = _publish(ada, NAV, Q1);
        bytes32 method2 = keccak256("edition 4");
        skip(1 days);
        vm.expectEmit(address(nav));
        emit INAVSnapshotOracle.NAVPublished(SUBJECT, USD, ada, 1, -5, 2, PER_SHARE, Q1, method2, first);
        vm.prank(ada);
        uint256 second = nav.publishNAV(SUBJECT, USD, PER_SHARE, -5, 2, Q1, method2, "", first);
        assertEq(second, 1);
        INAVSnapshotOracle.NAVSnapshot memory old = nav.getSnapshot(SUBJECT, USD, first);
        assertEq(old.correctedByIndex, second);
        assertEq(old.nav, NAV);
        assertEq(old.decimals, 8);
        assertEq(old.publishedAt, START);
        assertEq(old.correctsIndex, NO_CORRECTION);
        assertEq(old.methodologyHash, METHOD);
        assertEq(old.methodologyURI, URI);
        INAVSnapshotOracle.NAVSnapshot memory correction = nav.getSnapshot(SUBJECT, USD, second);
        assertEq(correction.correctsIndex, first);
        assertEq(correction.correctedByIndex, NO_CORRECTED_BY);
        assertEq(correction.nav, -5);
        assertEq(correction.decimals, 2);
        assertEq(correction.publishedAt, START + 1 days);
        assertEq(correction.methodologyHash, method2);
        assertEq(correction.methodologyURI, "");
        assertEq(_latest(), -5);
    }

    function test_When_correctionsAreCorrected_theChainHasOneEnd() public {
        uint256[4] memory chain;
        chain[0] = _publish(ada, NAV, Q1);
        for (uint256 i = 1; i < chain.length; ++i) {
            _publish(ben, NAV, Q1 + uint64(i));
            chain[i] = _correct(ada, NAV + int256(i), Q1, chain[i - 1]);
        }
        for (uint256 i; i < chain.length; ++i) {
            assertEq(nav.currentSnapshotIndex(SUBJECT, USD, chain[i]), chain[3]);
            assertEq(nav.isSnapshotCurrent(SUBJECT, USD, chain[i]), i == 3);
        }
        assertEq(nav.currentSnapshotIndex(SUBJECT, USD, 1), 1, "not of the chain");
    }

    function test_RevertWhen_theTargetIsNotTheProvidersCurrentSnapshotOfTheInstant() public {
        uint256 first = _publish(ada, NAV, Q1);
        uint256 bens = _publish(ben, NAV, Q1);
        uint256 later = _publish(ada, NAV, Q2);

        _refuseTarget(ada, Q1, bens, first); // another provider's
        _refuseTarget(cleo, Q1, bens, NO_CORRECTION); // of somebody without any
        _refuseTarget(ada, Q1, later, first); // of another instant
        _refuseTarget(ada, Q3, first, NO_CORRECTION);
        _refuseTarget(ada, Q1, nav.snapshotCount(SUBJECT, USD), first); // itself
        _refuseTarget(ada, Q1, 77, first); // unknown
        _refuseTarget(ada, Q1, 1 << 32 | first, first); // equal in its lower bits
        uint256 second = _correct(ada, NAV + 1, Q1, first);
        _refuseTarget(ada, Q1, first, second); // corrected already
        _invalidate(second);
        _refuseTarget(ada, Q1, second, first); // invalidated
        _invalidate(first);
        _refuseTarget(ada, Q1, first, NO_CORRECTION);
        vm.prank(configurer);
        nav.setNAVBasis(SUBJECT, EUR, PER_SHARE);
        vm.prank(configurer);
        nav.setProvider(SUBJECT, EUR, ada, true);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.CorrectionTargetInvalid.selector, later, NO_CORRECTION));
        vm.prank(ada); // of another stream
        nav.publishNAV(SUBJECT, EUR, PER_SHARE, NAV, 8, Q2, METHOD, URI, later);
    }

    function _refuseTarget(address provider, uint64 instant, uint256 target, uint256 current) private {
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.CorrectionTargetInvalid.selector, target, current));
        _correct(provider, NAV, instant, target);
    }

    /* LATEST */

    function test_When_published_theGreatestValuationIsTheLatest() public {
        _publish(ada, 3, Q3);
        skip(1 days);
        uint256 second = _publish(ada, 2, Q2);
        assertEq(_latest(), 3, "published later, valued earlier");
        skip(1 days);
        _correct(ada, 22, Q2, second);
        assertEq(_latest(), 3, "a late correction");
        _publish(ben, 1, Q1);
        assertEq(_latest(), 3);
        assertEq(nav.latestNAVByProvider(SUBJECT, USD, ben).nav, 1);
        assertEq(nav.latestNAVByProvider(SUBJECT, USD, ada).nav, 3);
    }

    function test_When_providersValueOneInstant_theLastPublishedIsTheLatest() public {
        uint256 adas = _publish(ada, 1, Q1);
        assertEq(_latest(), 1);
        skip(1);
        _publish(ben, 2, Q1);
        assertEq(_latest(), 2);
        _publish(cleo, 3, Q1); // in the same block: the greater index
        assertEq(_latest(), 3);
        skip(1);
        _correct(ada, 4, Q1, adas);
        assertEq(_latest(), 4);
        (,,,, uint64 publishedAt, address provider) = nav.latestNAV(SUBJECT, USD);
        assertEq(publishedAt, block.timestamp);
        assertEq(provider, ada);
    }

    function test_RevertGiven_noCurrentSnapshot() public {
        bytes memory reason = abi.encodeWithSelector(IAppraisalNavOracle.NavUnknown.selector, SUBJECT, USD);
        vm.expectRevert(reason);
        nav.latestNAV(SUBJECT, USD);
        _setAges();
        vm.expectRevert(reason);
        nav.latestNAVStatus(SUBJECT, USD);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.ProviderNavUnknown.selector, SUBJECT, USD, ada));
        nav.latestNAVByProvider(SUBJECT, USD, ada);
        _invalidate(_publish(ada, NAV, Q1));
        vm.expectRevert(reason);
        nav.latestNAV(SUBJECT, USD);
        vm.expectRevert(reason);
        nav.latestNAVStatus(SUBJECT, USD);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.ProviderNavUnknown.selector, SUBJECT, USD, ada));
        nav.latestNAVByProvider(SUBJECT, USD, ada);
    }

    /* HISTORY */

    function test_When_aProvidersHistoryIsRead_nothingIsMissing() public {
        uint256 first = _publish(ada, 1, Q1);
        uint256 bens = _publish(ben, 2, Q1);
        uint256 second = _correct(ada, 3, Q1, first);
        _invalidate(second);
        uint256 third = _correct(ada, 4, Q1, first);
        assertEq(nav.providerSnapshotCount(SUBJECT, USD, ada), 3);
        assertEq(nav.providerSnapshotAt(SUBJECT, USD, ada, 0), first);
        assertEq(nav.providerSnapshotAt(SUBJECT, USD, ada, 1), second);
        assertEq(nav.providerSnapshotAt(SUBJECT, USD, ada, 2), third);
        assertEq(nav.providerSnapshotAt(SUBJECT, USD, ben, 0), bens);
        assertEq(nav.providerSnapshotCount(SUBJECT, USD, cleo), 0);
        assertEq(nav.snapshotCount(SUBJECT, USD), 4);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.OrdinalUnknown.selector, 3, 3));
        nav.providerSnapshotAt(SUBJECT, USD, ada, 3);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.OrdinalUnknown.selector, 0, 0));
        nav.providerSnapshotAt(SUBJECT, USD, cleo, 0);
    }

    function test_RevertWhen_theSnapshotIsUnknown() public {
        _publish(ada, NAV, Q1);
        bytes memory reason = abi.encodeWithSelector(IAppraisalNavOracle.SnapshotUnknown.selector, 1);
        vm.expectRevert(reason);
        nav.getSnapshot(SUBJECT, USD, 1);
        vm.expectRevert(reason);
        nav.currentSnapshotIndex(SUBJECT, USD, 1);
        vm.expectRevert(reason);
        nav.isSnapshotCurrent(SUBJECT, USD, 1);
        vm.expectRevert(reason);
        nav.isSnapshotInvalidated(SUBJECT, USD, 1);
        vm.expectRevert(reason);
        vm.prank(administrator);
        nav.invalidateSnapshot(SUBJECT, USD, 1, REASON);
    }

    /* STALENESS */

    function test_When_thresholdsAreSet_theyAreToldAndChangeable() public {
        assertEq(nav.heartbeat(SUBJECT, USD), 0);
        assertEq(nav.maxValuationAge(SUBJECT, USD), 0);
        vm.expectEmit(address(nav));
        emit INAVSnapshotOracle.StalenessConfigUpdated(SUBJECT, USD, HEARTBEAT, MAX_AGE);
        _setAges();
        assertEq(nav.heartbeat(SUBJECT, USD), HEARTBEAT);
        assertEq(nav.maxValuationAge(SUBJECT, USD), MAX_AGE);
        assertEq(nav.heartbeat(SUBJECT, EUR), 0, "of this stream");
        vm.prank(configurer);
        nav.setStalenessConfig(SUBJECT, USD, 1, type(uint64).max);
        assertEq(nav.heartbeat(SUBJECT, USD), 1);
        assertEq(nav.maxValuationAge(SUBJECT, USD), type(uint64).max);
    }

    function test_RevertWhen_aThresholdIsZero() public {
        vm.startPrank(configurer);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.StalenessInvalid.selector, 0, 1));
        nav.setStalenessConfig(SUBJECT, USD, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.StalenessInvalid.selector, 1, 0));
        nav.setStalenessConfig(SUBJECT, USD, 1, 0);
    }

    function test_RevertGiven_noThresholds() public {
        _publish(ada, NAV, Q1);
        assertEq(_latest(), NAV, "the raw value needs none");
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.StalenessUnset.selector, SUBJECT, USD));
        nav.latestNAVStatus(SUBJECT, USD);
    }

    function test_When_heartbeatPasses_onlyThePublicationIsStale() public {
        _setAges();
        _publish(ada, NAV, Q1);
        _expectStale(START + HEARTBEAT - 1, false, false);
        _expectStale(START + HEARTBEAT, false, false);
        _expectStale(START + HEARTBEAT + 1, true, false);
    }

    function test_When_valuationAgePasses_onlyTheValuationIsStale() public {
        vm.prank(configurer);
        nav.setStalenessConfig(SUBJECT, USD, type(uint64).max, MAX_AGE);
        _publish(ada, NAV, Q1);
        _expectStale(Q1 + MAX_AGE - 1, false, false);
        _expectStale(Q1 + MAX_AGE, false, false);
        _expectStale(Q1 + MAX_AGE + 1, false, true);
    }

    function test_When_anOldValuationIsPublished_itIsStaleAtOnce() public {
        _setAges();
        _publish(ada, NAV, uint64(START - MAX_AGE - 1));
        _expectStale(START, false, true);
        _expectStale(START + HEARTBEAT + 1, true, true);
    }

    function _expectStale(uint256 time, bool publication, bool valuation) private {
        vm.warp(time);
        (int256 value, uint8 decimals, bytes32 basis,,, address provider, bool isPublishStale, bool isValuationStale) =
            nav.latestNAVStatus(SUBJECT, USD);
        assertEq(isPublishStale, publication);
        assertEq(isValuationStale, valuation);
        assertEq(value, NAV);
        assertEq(decimals, 8);
        assertEq(basis, PER_SHARE);
        assertEq(provider, ada);
        (,,, uint64 instant, uint64 publishedAt,) = nav.latestNAV(SUBJECT, USD);
        (,,, uint64 statusInstant, uint64 statusPublishedAt,,,) = nav.latestNAVStatus(SUBJECT, USD);
        assertEq(instant, statusInstant);
        assertEq(publishedAt, statusPublishedAt);
    }

    /* INVALIDATION */

    function test_When_anOriginalIsInvalidated_itsPlaceIsFree() public {
        uint256 first = _publish(ada, 1, Q1);
        uint256 second = _publish(ada, 2, Q2);
        _publish(ben, 3, Q1);
        vm.expectEmit(address(nav));
        emit INAVSnapshotOracle.NAVSnapshotInvalidated(SUBJECT, USD, ada, second, administrator, REASON);
        _invalidate(second);
        assertTrue(nav.isSnapshotInvalidated(SUBJECT, USD, second));
        assertFalse(nav.isSnapshotCurrent(SUBJECT, USD, second));
        assertFalse(nav.isSnapshotInvalidated(SUBJECT, USD, first));
        assertEq(_latest(), 3, "the last published of the greatest instant left");
        assertEq(nav.latestNAVByProvider(SUBJECT, USD, ada).nav, 1);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.SnapshotInvalidated.selector, second));
        nav.currentSnapshotIndex(SUBJECT, USD, second);
        INAVSnapshotOracle.NAVSnapshot memory kept = nav.getSnapshot(SUBJECT, USD, second);
        assertEq(kept.nav, 2, "the record stays");
        assertEq(kept.methodologyURI, URI);

        uint256 replacement = _publish(ada, 4, Q2);
        assertEq(_latest(), 4);
        assertEq(nav.latestNAVByProvider(SUBJECT, USD, ada).nav, 4);
        assertEq(nav.getSnapshot(SUBJECT, USD, replacement).correctsIndex, NO_CORRECTION);
        assertEq(nav.getSnapshot(SUBJECT, USD, second).correctedByIndex, NO_CORRECTED_BY, "no correction of the old one");
        assertTrue(nav.isSnapshotInvalidated(SUBJECT, USD, second), "for good");
    }

    function test_When_aCorrectionIsInvalidated_whatItCorrectedIsCurrentAgain() public {
        uint256 first = _publish(ada, 1, Q1);
        uint256 second = _correct(ada, 2, Q1, first);
        _invalidate(second);
        assertTrue(nav.isSnapshotCurrent(SUBJECT, USD, first));
        assertEq(nav.currentSnapshotIndex(SUBJECT, USD, first), first);
        assertEq(nav.getSnapshot(SUBJECT, USD, first).correctedByIndex, NO_CORRECTED_BY);
        assertEq(nav.getSnapshot(SUBJECT, USD, second).correctsIndex, first, "history says what it corrected");
        assertEq(_latest(), 1);
        assertEq(nav.latestNAVByProvider(SUBJECT, USD, ada).nav, 1);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.ValuationOccupied.selector, Q1, first));
        _publish(ada, 9, Q1);

        uint256 third = _correct(ada, 3, Q1, first);
        assertEq(nav.currentSnapshotIndex(SUBJECT, USD, first), third);
        assertEq(nav.getSnapshot(SUBJECT, USD, third).correctsIndex, first, "two records name one predecessor");
        assertEq(_latest(), 3);
    }

    function test_When_aChainIsUnwound_itGoesOneByOne() public {
        uint256 first = _publish(ada, 1, Q1);
        uint256 second = _correct(ada, 2, Q1, first);
        uint256 third = _correct(ada, 3, Q1, second);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.SnapshotCorrected.selector, first, second));
        _invalidate(first);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.SnapshotCorrected.selector, second, third));
        _invalidate(second);
        _invalidate(third);
        assertEq(_latest(), 2);
        assertEq(nav.currentSnapshotIndex(SUBJECT, USD, first), second, "only the direct predecessor");
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.SnapshotCorrected.selector, first, second));
        _invalidate(first);
        _invalidate(second);
        assertEq(_latest(), 1);
        _invalidate(first);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.NavUnknown.selector, SUBJECT, USD));
        nav.latestNAV(SUBJECT, USD);
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.SnapshotInvalidated.selector, i));
            nav.currentSnapshotIndex(SUBJECT, USD, i);
        }
        _publish(ada, 5, Q1);
        assertEq(_latest(), 5);
    }

    function test_RevertWhen_invalidatedTwiceOrWithoutReason() public {
        uint256 index = _publish(ada, NAV, Q1);
        vm.expectRevert(IAppraisalNavOracle.ReasonHashMissing.selector);
        vm.prank(administrator);
        nav.invalidateSnapshot(SUBJECT, USD, index, 0);
        _invalidate(index);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.SnapshotInvalidated.selector, index));
        _invalidate(index);
    }

    /* WHO MAY */

    function test_RevertWhen_theCallerHasNoRole() public {
        _publish(ada, NAV, Q1);
        bytes memory reason = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, ada);
        vm.startPrank(ada);
        vm.expectRevert(reason);
        nav.setProvider(SUBJECT, USD, stranger, true);
        vm.expectRevert(reason);
        nav.setNAVBasis(SUBJECT, EUR, TOTAL);
        vm.expectRevert(reason);
        nav.setStalenessConfig(SUBJECT, USD, 1, 1);
        vm.expectRevert(reason);
        nav.setAggregationConfig(SUBJECT, USD, 1, 1);
        vm.expectRevert(reason);
        nav.invalidateSnapshot(SUBJECT, USD, 0, REASON);
    }

    /* IDENTIFIERS */

    function test_When_interfacesAreAskedFor_bothOfTheEipAreThere() public view {
        assertTrue(nav.supportsInterface(type(IERC165).interfaceId));
        assertTrue(nav.supportsInterface(type(INAVSnapshotOracle).interfaceId));
        assertTrue(nav.supportsInterface(type(INAVAggregation).interfaceId));
        assertFalse(nav.supportsInterface(0xffffffff));
        assertFalse(nav.supportsInterface(type(IAppraisalNavOracle).interfaceId));
        assertFalse(nav.supportsInterface(0));
    }

    /// @dev The signatures as the EIP writes them.
    function test_interfaceIds_areThoseOfTheEip() public pure {
        string[17] memory core = [
            "publishNAV(bytes32,bytes32,bytes32,int256,uint8,uint64,bytes32,string,uint256)",
            "setNAVBasis(bytes32,bytes32,bytes32)",
            "invalidateSnapshot(bytes32,bytes32,uint256,bytes32)",
            "isSnapshotInvalidated(bytes32,bytes32,uint256)",
            "setStalenessConfig(bytes32,bytes32,uint64,uint64)",
            "streamNAVBasis(bytes32,bytes32)",
            "latestNAV(bytes32,bytes32)",
            "latestNAVStatus(bytes32,bytes32)",
            "getSnapshot(bytes32,bytes32,uint256)",
            "currentSnapshotIndex(bytes32,bytes32,uint256)",
            "isSnapshotCurrent(bytes32,bytes32,uint256)",
            "snapshotCount(bytes32,bytes32)",
            "latestNAVByProvider(bytes32,bytes32,address)",
            "providerSnapshotCount(bytes32,bytes32,address)",
            "providerSnapshotAt(bytes32,bytes32,address,uint256)",
            "heartbeat(bytes32,bytes32)",
            "maxValuationAge(bytes32,bytes32)"
        ];
        bytes4 id;
        for (uint256 i; i < core.length; ++i) {
            id ^= bytes4(keccak256(bytes(core[i])));
        }
        assertEq(id, type(INAVSnapshotOracle).interfaceId);
        string[7] memory aggregation = [
            "setAggregationConfig(bytes32,bytes32,uint256,uint256)",
            "aggregatedNAV(bytes32,bytes32)",
            "providerSubmissionCount(bytes32,bytes32)",
            "providerSubmissionAt(bytes32,bytes32,uint256)",
            "latestAggregationTimestamp(bytes32,bytes32)",
            "quorum(bytes32,bytes32)",
            "deviationThreshold(bytes32,bytes32)"
        ];
        id = 0;
        for (uint256 i; i < aggregation.length; ++i) {
            id ^= bytes4(keccak256(bytes(aggregation[i])));
        }
        assertEq(id, type(INAVAggregation).interfaceId);
    }

    /// @dev Computed apart from Solidity.
    function test_identifiers_areThoseOfTheEip() public pure {
        assertEq(NO_CORRECTION, type(uint256).max);
        assertEq(NO_CORRECTED_BY, 0);
        assertEq(PER_UNIT, 0x30561b2dc4825f035953b5541105a5e88d43ed2be8b608cd6ddf1f4a40030a3a);
        assertEq(PER_SHARE, 0x248e6369f390a0571d94fa7a53668b91b9a50998709cfe61cbfd2655752bb082);
        assertEq(TOTAL, 0xd9816c48432679d148b3f13ff2bad5377db3c79f563f6866fdbf2c4400050b65);
        assertEq(USD, 0xa9ae60bedfd1aed149b9a096595754b3b9bbf56e4dbe451be1b74ceaaa66c516);
        assertEq(EUR, 0xfa4acd390bd878b9fa6a435a695d15a51113085e44c64fd90b037fc8437282e8);
        assertEq(GBP, 0x5ddc8ddc88a4b025ec492f039e0735dce2eb53ff64acdb5a9e41211b4daddcc7);
        assertEq(KES, 0x9460aa489f170e9575bd4dbb17d6ee5e4aa4a9a0bafab3924d0080333c09aa15);
        assertEq(ZMW, 0x69da88b59c7258c5af98b9468d79e341e5ec18b8e5454342e43f271717aa9491);
        assertEq(
            tokenCurrency(1, 0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48), 0x3323993b6098a5cd0e6a2695edbbbad4acc352a5e729cd3aa41f66d525867eb2
        );
    }

    function testFuzz_tokenCurrency_differsByChainAndToken(uint256 chain, uint256 otherChain, address token, address otherToken)
        public
        pure
    {
        vm.assume(chain != otherChain && token != otherToken);
        assertNotEq(tokenCurrency(chain, token), tokenCurrency(otherChain, token));
        assertNotEq(tokenCurrency(chain, token), tokenCurrency(chain, otherToken));
    }
}
