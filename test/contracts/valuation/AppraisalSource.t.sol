// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IAppraisalNavOracle } from "../../../contracts/interfaces/IAppraisalNavOracle.sol";
import { IAppraisalSource } from "../../../contracts/interfaces/IAppraisalSource.sol";
import { FeedState, IRoundSource, Round } from "../../../contracts/interfaces/IRoundSource.sol";
import { INAVSnapshotOracle } from "../../../contracts/interfaces/erc8330/INAVSnapshotOracle.sol";
import { EUR, NO_CORRECTION, PER_SHARE, USD } from "../../../contracts/interfaces/erc8330/NAVIdentifiers.sol";
import { AppraisalSource } from "../../../contracts/valuation/AppraisalSource.sol";
import { AppraisalSourceFixture } from "./AppraisalSourceFixture.sol";

contract AppraisalSourceTest is AppraisalSourceFixture {
    uint64 private constant Q2 = Q1 + 1 days;

    /* FEEDS */

    function test_When_aFeedIsCreated_itSaysWhatItIs() public {
        bytes32 feedId = keccak256("another");
        vm.expectEmit(address(source));
        emit IAppraisalSource.FeedCreated(feedId, SUBJECT, USD, 6);
        vm.expectEmit(address(source));
        emit IAppraisalSource.MoveBoundSet(feedId, 0, 300);
        vm.prank(configurer);
        source.createFeed(feedId, SUBJECT, USD, 6, 300);
        (bytes32 subjectId, bytes32 currency, uint16 maxMoveBps) = source.feedOf(feedId);
        assertEq(subjectId, SUBJECT);
        assertEq(currency, USD);
        assertEq(maxMoveBps, 300);
        assertEq(source.decimalsOf(feedId), 6);
        assertEq(source.oracle(), address(nav));
        _expectState(feedId, FeedState.UNKNOWN);
    }

    function test_RevertWhen_aFeedCannotBe() public {
        vm.startPrank(configurer);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.FeedExists.selector, FEED));
        source.createFeed(FEED, SUBJECT, USD, 8, 1);
        bytes32 feedId = keccak256("another");
        vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.FeedParametersInvalid.selector, "stream"));
        source.createFeed(feedId, SUBJECT, EUR, 8, 1);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.FeedParametersInvalid.selector, "decimals"));
        source.createFeed(feedId, SUBJECT, USD, 19, 1);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.FeedParametersInvalid.selector, "maxMoveBps"));
        source.createFeed(feedId, SUBJECT, USD, 8, 0);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.FeedParametersInvalid.selector, "maxMoveBps"));
        source.setMoveBound(FEED, 0);
        source.createFeed(feedId, SUBJECT, USD, 18, 1);
    }

    function test_RevertWhen_theFeedIsUnknown() public {
        bytes32 unknown = keccak256("unknown");
        bytes memory reason = abi.encodeWithSelector(IAppraisalSource.FeedUnknown.selector, unknown);
        vm.expectRevert(reason);
        source.latestRound(unknown);
        vm.expectRevert(reason);
        source.roundAt(unknown, 1);
        vm.expectRevert(reason);
        source.decimalsOf(unknown);
        vm.expectRevert(reason);
        source.feedOf(unknown);
        vm.expectRevert(reason);
        source.pending(unknown);
        vm.expectRevert(reason);
        vm.prank(configurer);
        source.setMoveBound(unknown, 1);
        vm.expectRevert(reason);
        vm.prank(approver);
        source.approve(unknown, 1, 1);
        _expectState(unknown, FeedState.UNKNOWN);
    }

    function test_RevertWhen_theOracleIsNotOne() public {
        address[3] memory others = [address(manager), address(source), stranger];
        for (uint256 i; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.OracleInvalid.selector, others[i]));
            new AppraisalSource(address(manager), others[i]);
        }
        bytes4 half = type(INAVSnapshotOracle).interfaceId;
        vm.mockCall(address(nav), abi.encodeCall(nav.supportsInterface, (half)), abi.encode(false));
        vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.OracleInvalid.selector, nav));
        new AppraisalSource(address(manager), address(nav));
    }

    /* APPROVAL */

    /// @dev Row of the failure matrix: property is always held, however small the move.
    function test_When_published_propertyIsAlwaysHeldUntilApproved() public {
        _publishAll(NAV, Q1);
        _expectState(FEED, FeedState.UNKNOWN);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 0));
        source.latestRound(FEED);
        _approve();
        _expectState(FEED, FeedState.LIVE);
        _expectLatest(NAV, Q1, 1);

        skip(1 days);
        _publishAll(NAV, Q2); // not even a move
        _expectState(FEED, FeedState.HELD);
        _expectLatest(NAV, Q1, 1);
        _approve();
        _expectState(FEED, FeedState.LIVE);
        _expectLatest(NAV, Q2, 2);
        assertEq(source.latestRound(FEED).publishedAt, START + 1 days);

        skip(90 days);
        _publishAll(NAV + 1, uint64(block.timestamp));
        skip(300 days);
        _expectState(FEED, FeedState.HELD); // nobody approves: it never becomes live by itself
        _expectLatest(NAV, Q2, 2);
    }

    function test_When_approved_itIsTold() public {
        _publishAll(NAV, Q1);
        vm.expectEmit(address(source));
        emit IAppraisalSource.AppraisalApproved(FEED, 1, int128(NAV), uint40(Q1), 2, approver);
        _approve();
    }

    function test_When_thereIsNoQuorumAtANewInstant_nothingWaits() public {
        _publishAll(NAV, Q1);
        _approve();
        _publish(ada, NAV + 1, Q2);
        _publish(ben, NAV + 1, Q2);
        _expectState(FEED, FeedState.LIVE);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.NothingPending.selector, FEED));
        source.pending(FEED);
        _publish(cleo, NAV + 1, Q2);
        _expectState(FEED, FeedState.HELD);
    }

    function test_When_somethingWaits_itIsShown() public {
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.QuorumMissed.selector, SUBJECT, USD, 3));
        source.pending(FEED);
        _publish(ada, NAV + 2, Q1);
        _publish(ben, NAV, Q1);
        skip(1 days);
        _publish(cleo, NAV + 1, Q1);
        IAppraisalSource.Appraisal memory waiting = source.pending(FEED);
        assertEq(waiting.value, NAV + 1);
        assertEq(waiting.valuationTimestamp, Q1);
        assertEq(waiting.publishedAt, START + 1 days, "the last of them");
        assertEq(waiting.snapshotIndex, 2, "the median's");
    }

    function test_RevertWhen_nothingWaits() public {
        _publishAll(NAV, Q1);
        _approve();
        vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.NothingPending.selector, FEED));
        vm.prank(approver);
        source.approve(FEED, int128(NAV), uint40(Q1));
    }

    function test_RevertWhen_theApproverSawSomethingElse() public {
        _publishAll(NAV, Q1);
        bytes memory reason = abi.encodeWithSelector(IAppraisalSource.PendingDiffers.selector, NAV, Q1);
        vm.startPrank(approver);
        vm.expectRevert(reason);
        source.approve(FEED, int128(NAV) + 1, uint40(Q1));
        vm.expectRevert(reason);
        source.approve(FEED, int128(NAV), uint40(Q1) + 1);
    }

    function test_RevertWhen_theCallerHasNoRole() public {
        _publishAll(NAV, Q1);
        bytes memory reason = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(reason);
        source.approve(FEED, int128(NAV), uint40(Q1));
        vm.expectRevert(reason);
        source.createFeed(keccak256("another"), SUBJECT, USD, 8, 1);
        vm.expectRevert(reason);
        source.setMoveBound(FEED, 1);
    }

    function test_RevertWhen_theApproverIsAProviderBehindTheValue() public {
        _publishAll(NAV, Q1);
        address[3] memory providers = [ada, ben, cleo];
        for (uint256 i; i < providers.length; ++i) {
            vm.prank(admin);
            manager.grantRole(APPROVER, providers[i], 0);
            vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.ApproverNotIndependent.selector, providers[i]));
            vm.prank(providers[i]);
            source.approve(FEED, int128(NAV), uint40(Q1));
            // Nor behind the back of the access manager.
            vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.ApproverNotIndependent.selector, manager));
            vm.prank(providers[i]);
            manager.execute(address(source), abi.encodeCall(source.approve, (FEED, int128(NAV), uint40(Q1))));
        }
    }

    function test_When_theRoleHasADelay_theApprovalIsAnnouncedAndThenCalled() public {
        _publishAll(NAV, Q1);
        vm.prank(admin);
        manager.grantRole(APPROVER, stranger, 1 days);
        bytes memory call = abi.encodeCall(source.approve, (FEED, int128(NAV), uint40(Q1)));
        vm.startPrank(stranger);
        manager.schedule(address(source), call, 0);
        skip(1 days);
        source.approve(FEED, int128(NAV), uint40(Q1));
        _expectLatest(NAV, Q1, 1);
    }

    function test_RevertWhen_whatWaitsIsStale() public {
        _publishAll(NAV, Q1);
        bytes memory reason = abi.encodeWithSelector(IAppraisalSource.PendingStale.selector, FEED);
        vm.warp(START + HEARTBEAT + 1);
        vm.expectRevert(reason);
        vm.prank(approver);
        source.approve(FEED, int128(NAV), uint40(Q1));
        vm.prank(configurer);
        nav.setStalenessConfig(SUBJECT, USD, type(uint64).max, MAX_AGE);
        vm.warp(Q1 + MAX_AGE + 1);
        vm.expectRevert(reason);
        vm.prank(approver);
        source.approve(FEED, int128(NAV), uint40(Q1));
        vm.warp(Q1 + MAX_AGE);
        _approve();
        _expectLatest(NAV, Q1, 1);
    }

    /* HARD BOUND */

    function test_RevertWhen_theMoveIsAboveTheBound() public {
        _publishAll(NAV, Q1);
        _approve();
        int256 step = NAV * 15 / 100;
        int256[2] memory most = [NAV + step, NAV - step];
        for (uint64 i; i < 2; ++i) {
            uint64 instant = Q2 + i;
            int256 beyond = most[i] > NAV ? most[i] + 1 : most[i] - 1;
            uint256 state = vm.snapshotState();
            _publishAll(beyond, instant);
            vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.MoveOutOfBounds.selector, NAV, beyond, BOUND));
            vm.prank(approver);
            source.approve(FEED, int128(beyond), uint40(instant));
            _expectState(FEED, FeedState.HELD);
            _expectLatest(NAV, Q1, 1);
            vm.revertToState(state);
            state = vm.snapshotState();
            _publishAll(most[i], instant);
            _approve();
            _expectLatest(most[i], instant, 2);
            vm.revertToState(state);
        }
    }

    function test_When_theBoundIsWidened_aLargeMoveCanBeApproved() public {
        _publishAll(NAV, Q1);
        _approve();
        _publishAll(-NAV, Q2);
        vm.prank(configurer);
        source.setMoveBound(FEED, 19_999);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.MoveOutOfBounds.selector, NAV, -NAV, 19_999));
        vm.prank(approver);
        source.approve(FEED, int128(-NAV), uint40(Q2));
        vm.expectEmit(address(source));
        emit IAppraisalSource.MoveBoundSet(FEED, 19_999, 20_000);
        vm.prank(configurer);
        source.setMoveBound(FEED, 20_000);
        _approve();
        _expectLatest(-NAV, Q2, 2);
    }

    function test_When_thereIsNoBound_everyMoveCanBeApproved() public {
        _publishAll(0, Q1);
        _approve();
        _publishAll(1, Q2);
        vm.prank(configurer);
        source.setMoveBound(FEED, type(uint16).max - 1);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.MoveOutOfBounds.selector, 0, 1, type(uint16).max - 1));
        vm.prank(approver);
        source.approve(FEED, 1, uint40(Q2)); // nothing is near to zero
        vm.prank(configurer);
        source.setMoveBound(FEED, type(uint16).max);
        _approve();
        _expectLatest(1, Q2, 2);
        _publishAll(type(int128).max, Q2 + 1);
        _approve();
        _publishAll(type(int128).min, Q2 + 2);
        _approve();
        vm.prank(configurer);
        source.setMoveBound(FEED, 1);
        _publishAll(type(int128).max, Q2 + 3);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.MoveOutOfBounds.selector, type(int128).min, type(int128).max, uint16(1)));
        vm.prank(approver);
        source.approve(FEED, type(int128).max, uint40(Q2 + 3));
    }

    /* CORRECTION AND INVALIDATION */

    /// @dev Row of the failure matrix: a source restates a value.
    function test_When_aSourceRestatesItsNav_theFeedIsHeldUntilTheCorrectionIsApproved() public {
        _publish(ada, NAV - 1, Q1);
        uint256 bens = _publish(ben, NAV, Q1);
        _publish(cleo, NAV + 1, Q1);
        _approve();
        skip(7 days);
        uint256 correction = _correct(ben, NAV - 5, Q1, bens);
        assertEq(nav.currentSnapshotIndex(SUBJECT, USD, bens), correction);
        _expectState(FEED, FeedState.HELD);
        _expectLatest(NAV, Q1, 1);
        assertEq(source.pending(FEED).value, NAV - 1);
        _approve();
        _expectState(FEED, FeedState.LIVE);
        _expectLatest(NAV - 1, Q1, 2);
        assertEq(source.latestRound(FEED).publishedAt, START + 7 days);
        assertEq(source.roundAt(FEED, 1).value, NAV, "what was said stays on record");
        assertEq(source.roundAt(FEED, 1).publishedAt, START);
    }

    function test_When_aCorrectionMovesNothing_theFeedStaysLive() public {
        _publishAll(NAV, Q1);
        _approve();
        _correct(cleo, NAV, Q1, 2);
        _expectState(FEED, FeedState.LIVE);
        _correct(ada, NAV - 1000, Q1, 0); // one of three does not move the median
        _expectState(FEED, FeedState.LIVE);
        _expectLatest(NAV, Q1, 1);
    }

    function test_When_theSnapshotBehindTheRoundIsInvalidated_nothingIsRead() public {
        _publish(ada, NAV - 1, Q1);
        uint256 bens = _publish(ben, NAV, Q1);
        _publish(cleo, NAV + 1, Q1);
        _approve();
        _invalidate(bens);
        bytes memory reason = abi.encodeWithSelector(IAppraisalSource.AppraisalWithdrawn.selector, FEED, 1, bens);
        _expectState(FEED, FeedState.HALTED);
        vm.expectRevert(reason);
        source.latestRound(FEED);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 1));
        source.roundAt(FEED, 1);

        _publish(ben, NAV, Q1); // the same value anew, but nobody has approved that
        _expectState(FEED, FeedState.HALTED);
        vm.expectRevert(reason);
        source.latestRound(FEED);
        assertEq(source.pending(FEED).snapshotIndex, 3);
        _approve();
        _expectState(FEED, FeedState.LIVE);
        _expectLatest(NAV, Q1, 2);
    }

    function test_When_aWrongValueWasWithdrawn_theMoveIsFromTheRoundBeforeIt() public {
        _publishAll(NAV, Q1);
        _approve();
        for (uint64 i; i < 2; ++i) {
            vm.prank(configurer);
            source.setMoveBound(FEED, type(uint16).max);
            _publishAll(NAV * 10, Q2 + i);
            _approve();
            vm.prank(configurer);
            source.setMoveBound(FEED, BOUND);
        }
        for (uint256 snapshot = 3; snapshot < 9; ++snapshot) {
            _invalidate(snapshot);
        }
        int256 most = NAV + NAV * 15 / 100;
        _publishAll(most + 1, Q2);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.MoveOutOfBounds.selector, NAV, most + 1, BOUND));
        vm.prank(approver);
        source.approve(FEED, int128(most) + 1, uint40(Q2));
        _publishAll(most, Q2 + 1);
        vm.mockCallRevert(address(nav), abi.encodeWithSelector(nav.isSnapshotInvalidated.selector), bytes("silent"));
        vm.expectRevert(bytes("silent"));
        vm.prank(approver);
        source.approve(FEED, int128(most), uint40(Q2) + 1);
        vm.clearMockedCalls();
        _approve();
        _expectLatest(most, Q2 + 1, 4);
    }

    function test_When_everyRoundWasWithdrawn_theNextIsLikeTheFirst() public {
        _publishAll(NAV * 10, Q1);
        _approve();
        for (uint256 snapshot; snapshot < 3; ++snapshot) {
            _invalidate(snapshot);
        }
        _publishAll(NAV, Q1);
        _approve();
        _expectLatest(NAV, Q1, 2);
    }

    function test_When_theQuorumIsLostButTheMedianStands_theFeedIsHeld() public {
        _publish(ada, NAV - 1, Q1);
        _publish(ben, NAV, Q1);
        uint256 cleos = _publish(cleo, NAV + 1, Q1);
        _approve();
        _invalidate(cleos);
        _expectState(FEED, FeedState.HELD);
        _expectLatest(NAV, Q1, 1);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalNavOracle.QuorumMissed.selector, SUBJECT, USD, 3));
        vm.prank(approver);
        source.approve(FEED, int128(NAV), uint40(Q1));
        _publish(cleo, NAV + 2, Q1);
        _expectState(FEED, FeedState.LIVE);
    }

    function test_When_theLatestInstantIsInvalidated_theOneBeforeCanBeApprovedAgain() public {
        _publishAll(NAV, Q1);
        _approve();
        _publishAll(NAV + 1, Q2);
        _approve();
        _invalidate(3);
        _invalidate(4);
        _invalidate(5);
        _expectState(FEED, FeedState.HALTED);
        _approve();
        _expectState(FEED, FeedState.LIVE);
        _expectLatest(NAV, Q1, 3);
    }

    function test_When_theOracleDoesNotAnswer_theStateStillDoes() public {
        _publishAll(NAV, Q1);
        _approve();
        vm.mockCallRevert(address(nav), abi.encodeWithSelector(nav.aggregatedNAV.selector), "");
        _expectState(FEED, FeedState.HELD);
        vm.mockCallRevert(address(nav), abi.encodeWithSelector(nav.isSnapshotInvalidated.selector), "");
        _expectState(FEED, FeedState.HALTED);
        vm.expectRevert(abi.encodeWithSelector(IAppraisalSource.AppraisalWithdrawn.selector, FEED, 1, 2));
        source.latestRound(FEED);
    }

    function test_RevertWhen_theRoundIsUnknown() public {
        _publishAll(NAV, Q1);
        _approve();
        uint64[3] memory unknown = [0, 2, type(uint64).max];
        for (uint256 i; i < unknown.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, unknown[i]));
            source.roundAt(FEED, unknown[i]);
        }
    }

    /* DECIMALS */

    function test_When_theStreamHasMoreDecimals_valuesAreRoundedDown() public {
        _setQuorum(1, 10_000);
        _publish(ada, 1_999_999_999, 9, Q1, NO_CORRECTION);
        assertEq(source.pending(FEED).value, 1_99999999);
        _publish(ada, -1_999_999_999, 9, Q2, NO_CORRECTION);
        assertEq(source.pending(FEED).value, -2_00000000);
        _publish(ada, -1_999_999_990, 9, Q2 + 1, NO_CORRECTION);
        assertEq(source.pending(FEED).value, -1_99999999, "exact");
    }

    function testFuzz_When_decimalsDiffer_theValueIsTheSameRoundedDown(int128 value, uint8 from, uint8 to) public {
        from = uint8(bound(from, 0, 18));
        to = uint8(bound(to, 0, 18));
        value = int128(bound(value, -1e18, 1e18));
        _setQuorum(1, 10_000);
        bytes32 feedId = keccak256("fuzzed");
        vm.prank(configurer);
        source.createFeed(feedId, SUBJECT, USD, to, BOUND);
        _publish(ada, value, from, Q1, NO_CORRECTION);
        int256 given = source.pending(feedId).value;
        // given · 10^−to ≤ value · 10^−from < (given + 1) · 10^−to
        assertLe(given * int256(10 ** uint256(18 - to)), int256(value) * int256(10 ** uint256(18 - from)));
        assertGt((given + 1) * int256(10 ** uint256(18 - to)), int256(value) * int256(10 ** uint256(18 - from)));
        vm.prank(approver);
        source.approve(feedId, int128(given), uint40(Q1));
        _expectState(feedId, FeedState.LIVE);
    }

    function test_RevertWhen_theValueDoesNotFit() public {
        _publishAll(NAV, Q1);
        _approve();
        int256 huge = int256(type(int128).max) + 1;
        _publishAll(huge, Q2);
        _expectState(FEED, FeedState.HELD);
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedIntDowncast.selector, 128, huge));
        source.pending(FEED);
        _publish(ada, type(int256).max, 18, Q2 + 1, NO_CORRECTION);
        _publish(ben, type(int256).max, 18, Q2 + 1, NO_CORRECTION);
        _publish(cleo, type(int256).max, 18, Q2 + 1, NO_CORRECTION);
        _expectState(FEED, FeedState.HELD);
        bytes32 feedId = keccak256("of 18 decimals");
        vm.prank(configurer);
        source.createFeed(feedId, SUBJECT, USD, 18, BOUND);
        _expectState(feedId, FeedState.UNKNOWN);
    }

    /// @dev The greatest value of the fewest decimals, for a feed of the most.
    function test_When_theGreatestValueIsScaledUp_theStateStillAnswers() public {
        bytes32 feedId = keccak256("of 18 decimals");
        vm.prank(configurer);
        source.createFeed(feedId, SUBJECT, USD, 18, BOUND);
        _publishAll(1, Q1);
        vm.prank(approver);
        source.approve(feedId, 1e10, uint40(Q1));
        int256 most = type(int256).max / 1e18;
        address[3] memory providers = [ada, ben, cleo];
        for (uint256 i; i < providers.length; ++i) {
            _publish(providers[i], -most, 0, Q2, NO_CORRECTION);
        }
        _expectState(feedId, FeedState.HELD);
    }

    function _expectState(bytes32 feedId, FeedState expected) private view {
        assertEq(uint8(source.stateOf(feedId)), uint8(expected));
    }

    function _expectLatest(int256 value, uint64 instant, uint64 round) private view {
        Round memory latest = source.latestRound(FEED);
        assertEq(latest.value, value);
        assertEq(latest.valuationTimestamp, instant);
        assertEq(latest.round, round);
        assertEq(latest.flags, 0);
        assertEq(keccak256(abi.encode(source.roundAt(FEED, round))), keccak256(abi.encode(latest)));
    }
}
