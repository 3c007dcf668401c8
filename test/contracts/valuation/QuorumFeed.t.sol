// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { IQuorumFeed } from "../../../contracts/interfaces/IQuorumFeed.sol";
import { FeedState, IRoundSource, Round } from "../../../contracts/interfaces/IRoundSource.sol";
import { QuorumFeedFixture } from "./QuorumFeedFixture.sol";

contract QuorumFeedTest is QuorumFeedFixture {
    uint256 private constant SECP256K1_N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    function _refuse(IQuorumFeed.Header memory header, IQuorumFeed.Observation[] memory observations, bytes memory reason) private {
        vm.expectRevert(reason);
        feed.submit(header, _signerSet(4), observations);
    }

    /* ACCEPTED */

    function test_When_quorumAgrees_lowerMedianIsPublished() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = new IQuorumFeed.Observation[](4);
        observations[0] = _sign(header, 2, PRICE - 3, 0);
        observations[1] = _sign(header, 0, PRICE, 0);
        observations[2] = _sign(header, 3, PRICE + 1, 1);
        observations[3] = _sign(header, 1, PRICE + 90, 0);

        vm.expectEmit(address(feed));
        emit IQuorumFeed.RoundAccepted(FEED, 1, PRICE, header.valuationTimestamp, EVIDENCE, 15);
        vm.prank(stranger);
        feed.submit(header, _signerSet(4), observations);

        Round memory round = feed.latestRound(FEED);
        assertEq(round.value, PRICE);
        assertEq(round.valuationTimestamp, header.valuationTimestamp);
        assertEq(round.publishedAt, block.timestamp);
        assertEq(round.round, 1);
        assertEq(round.flags, 1, "a minority's ripcord is shown");
        assertEq(feed.nextRound(FEED), 2);
    }

    function test_When_oneOfThreeLies_theMedianIsHonest() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = new IQuorumFeed.Observation[](3);
        observations[0] = _sign(header, 1, PRICE, 0);
        observations[1] = _sign(header, 3, PRICE, 0);
        observations[2] = _sign(header, 0, type(int128).max, 0);
        feed.submit(header, _signerSet(4), observations);
        assertEq(feed.latestRound(FEED).value, PRICE);
    }

    function test_When_submittedAtItsLastInstant_itIsAccepted() public {
        IQuorumFeed.Header memory header = _header();
        header.validUntil = uint40(block.timestamp);
        header.valuationTimestamp = uint40(block.timestamp);
        feed.submit(header, _signerSet(4), _agreed(header, 3, PRICE));
        assertEq(feed.latestRound(FEED).round, 1);
    }

    function test_When_valueIsAtABound_itIsAccepted() public {
        _publish(MINIMUM);
        skip(1 hours);
        _publish(MAXIMUM);
        assertEq(feed.latestRound(FEED).value, MAXIMUM);
    }

    function test_When_ringIsFull_theOldestRoundGivesWay() public {
        for (uint256 i; i < 65; ++i) {
            _publish(PRICE + int128(int256(i)));
            skip(1 hours);
        }
        assertEq(feed.roundAt(FEED, 2).value, PRICE + 1);
        assertEq(feed.roundAt(FEED, 65).value, PRICE + 64);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 1));
        feed.roundAt(FEED, 1);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 66));
        feed.roundAt(FEED, 66);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 0));
        feed.roundAt(FEED, 0);
    }

    /* REFUSED: QUORUM AND SIGNATURES */

    function test_RevertWhen_tooFewSigned() public {
        IQuorumFeed.Header memory header = _header();
        _refuse(header, _agreed(header, 2, PRICE), abi.encodeWithSelector(IQuorumFeed.QuorumMissed.selector, 2, 3));
    }

    function test_RevertWhen_aSignerCountsTwice() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        observations[2] = observations[1];
        _refuse(header, observations, abi.encodeWithSelector(IQuorumFeed.SignerRepeated.selector, 1));
    }

    function test_RevertWhen_aSignerSignsTwoValues() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        observations[2] = _sign(header, 1, PRICE + 1, 0);
        _refuse(header, observations, abi.encodeWithSelector(IQuorumFeed.SignerRepeated.selector, 1));
    }

    function test_RevertWhen_unsorted() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        observations[2] = _sign(header, 2, PRICE - 1, 0);
        _refuse(header, observations, abi.encodeWithSelector(IQuorumFeed.ObservationsUnsorted.selector, 2));
    }

    function test_RevertWhen_signerIndexIsOutsideTheSet() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        observations[1] = _sign(header, 4, PRICE, 0);
        _refuse(header, observations, abi.encodeWithSelector(IQuorumFeed.SignerUnknown.selector, 4));
    }

    function test_RevertWhen_signerIndexIsAnothers() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        observations[2].signerIndex = 3;
        _refuse(header, observations, abi.encodeWithSelector(IQuorumFeed.SignatureInvalid.selector, 3, vm.addr(_key(2))));
    }

    /// @dev In ERC-2098 form the upper half of s runs into the bit of v, so the twin of a signature is another signature altogether.
    function test_RevertWhen_signatureIsMalleated() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        uint256 vs = uint256(observations[1].vs);
        uint256 twin = SECP256K1_N - (vs & (type(uint256).max >> 1));
        observations[1].vs = bytes32(twin ^ ((~vs >> 255) << 255));
        _refuse(header, observations, _signatureInvalid(header, observations[1]));
        observations[1].vs = bytes32(vs ^ (1 << 255));
        _refuse(header, observations, _signatureInvalid(header, observations[1]));
    }

    function test_RevertWhen_sIsInTheUpperHalf() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        observations[0].vs = bytes32(SECP256K1_N / 2 + 1);
        _refuse(header, observations, abi.encodeWithSelector(IQuorumFeed.SignatureInvalid.selector, 0, address(0)));
    }

    function test_RevertWhen_signatureIsZero() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        (observations[0].r, observations[0].vs) = (bytes32(0), bytes32(0));
        _refuse(header, observations, abi.encodeWithSelector(IQuorumFeed.SignatureInvalid.selector, 0, address(0)));
    }

    function test_RevertWhen_signerSetIsAnother() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        bytes memory given = abi.encodePacked(_signerSet(4), bytes20(0));
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.SignerSetMismatch.selector, keccak256(given), keccak256(_signerSet(4))));
        feed.submit(header, given, observations);
    }

    function testFuzz_RevertWhen_anySignedFieldIsChanged(uint256 field, uint256 salt) public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        field = bound(field, 0, 4);
        if (field == 0) header.valuationTimestamp -= uint40(bound(salt, 1, 1000));
        else if (field == 1) header.validUntil += uint40(bound(salt, 1, 1000));
        else if (field == 2) header.evidenceRoot = bytes32(uint256(EVIDENCE) ^ bound(salt, 1, type(uint256).max));
        else if (field == 3) observations[0].value -= int128(int256(bound(salt, 1, 1e12)));
        else observations[0].flags = uint8(bound(salt, 1, 255));
        _refuse(header, observations, _signatureInvalid(header, observations[0]));
    }

    /* REFUSED: REPLAY */

    function test_RevertWhen_signedForAnotherChain() public {
        _refuseDomain(_domain(1, address(feed)));
    }

    function test_RevertWhen_signedForAnotherContract() public {
        _refuseDomain(_domain(block.chainid, address(this)));
    }

    function test_RevertWhen_theChainForks() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        vm.chainId(777);
        _refuse(header, observations, _signatureInvalid(header, observations[0]));
    }

    function _refuseDomain(bytes32 domain) private {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = new IQuorumFeed.Observation[](3);
        for (uint8 i; i < 3; ++i) {
            observations[i] = _signIn(domain, header, i, PRICE, 0);
        }
        _refuse(header, observations, _signatureInvalid(header, observations[0]));
    }

    /// @dev What the feed must answer to an observation that does not belong to `header`: the stranger whom its signature recovers.
    function _signatureInvalid(IQuorumFeed.Header memory header, IQuorumFeed.Observation memory observation)
        private
        view
        returns (bytes memory)
    {
        bytes32 digest = _digest(_domain(block.chainid, address(feed)), header, observation.value, observation.flags);
        uint256 vs = uint256(observation.vs);
        uint256 s = vs & (type(uint256).max >> 1);
        address recovered = s > SECP256K1_N / 2 ? address(0) : ecrecover(digest, uint8(27 + (vs >> 255)), observation.r, bytes32(s));
        return abi.encodeWithSelector(IQuorumFeed.SignatureInvalid.selector, observation.signerIndex, recovered);
    }

    function test_RevertWhen_roundIsSubmittedTwice() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        feed.submit(header, _signerSet(4), observations);
        _refuse(header, observations, abi.encodeWithSelector(IQuorumFeed.RoundOutOfOrder.selector, 1, 2));
    }

    function test_RevertWhen_aRoundIsLeftOut() public {
        IQuorumFeed.Header memory header = _header();
        header.round = 2;
        _refuse(header, _agreed(header, 3, PRICE), abi.encodeWithSelector(IQuorumFeed.RoundOutOfOrder.selector, 2, 1));
    }

    function test_RevertWhen_observationsOfARoundServeTheNext() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        feed.submit(header, _signerSet(4), observations);
        skip(1);
        header.round = 2;
        header.valuationTimestamp += 1;
        _refuse(header, observations, _signatureInvalid(header, observations[0]));
    }

    function test_RevertWhen_observationsServeAnotherFeed() public {
        bytes32 other = keccak256("OTHER");
        _create(other);
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        header.feedId = other;
        _refuse(header, observations, _signatureInvalid(header, observations[0]));
    }

    function test_RevertWhen_configurationChangedMeanwhile() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        _configure(4, 1);
        _refuse(header, observations, abi.encodeWithSelector(IQuorumFeed.ConfigVersionStale.selector, 1, 2));
        header.configVersion = 2;
        _refuse(header, observations, _signatureInvalid(header, observations[0]));
    }

    /* REFUSED: TIME */

    function test_RevertWhen_valuationIsInTheFuture() public {
        IQuorumFeed.Header memory header = _header();
        header.valuationTimestamp = uint40(block.timestamp + 1);
        _refuse(
            header,
            _agreed(header, 3, PRICE),
            abi.encodeWithSelector(IQuorumFeed.ValuationInFuture.selector, block.timestamp + 1, block.timestamp)
        );
    }

    function test_RevertWhen_valuationIsNotNewer() public {
        _publish(PRICE);
        uint40 latest = uint40(block.timestamp - 10);
        skip(60);
        IQuorumFeed.Header memory header = _header();
        header.valuationTimestamp = latest;
        _refuse(header, _agreed(header, 3, PRICE + 1), abi.encodeWithSelector(IQuorumFeed.ValuationNotNewer.selector, latest, latest));
    }

    function test_RevertWhen_submittedAfterItsLastInstant() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        vm.warp(uint256(header.validUntil) + 1);
        _refuse(
            header,
            observations,
            abi.encodeWithSelector(IQuorumFeed.ObservationExpired.selector, header.validUntil, uint256(header.validUntil) + 1)
        );
    }

    /* REFUSED: VALUE */

    function test_RevertWhen_valueIsBelowItsBound() public {
        _refuseValue(MINIMUM - 1);
    }

    function test_RevertWhen_valueIsAboveItsBound() public {
        _refuseValue(MAXIMUM + 1);
    }

    function test_RevertWhen_valueIsZero() public {
        _refuseValue(0);
    }

    function _refuseValue(int128 value) private {
        IQuorumFeed.Header memory header = _header();
        _refuse(header, _agreed(header, 3, value), abi.encodeWithSelector(IQuorumFeed.ValueOutOfBounds.selector, value, MINIMUM, MAXIMUM));
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 0));
        feed.latestRound(FEED);
    }

    /// @dev A value that does not fit its type must not be cut to one that does.
    function test_RevertWhen_calldataCarriesDirtyBytes() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = _agreed(header, 3, PRICE);
        bytes memory data = abi.encodeCall(IQuorumFeed.submit, (header, _signerSet(4), observations));
        uint256 places;
        for (uint256 i = 4; i + 32 <= data.length; i += 32) {
            bytes32 word;
            assembly {
                word := mload(add(add(data, 32), i))
            }
            if (word != bytes32(uint256(uint128(PRICE)))) continue;
            ++places;
            data[i] = 0x01;
            (bool accepted,) = address(feed).call(data);
            assertFalse(accepted);
            data[i] = 0;
        }
        assertEq(places, 3);
        (bool ok,) = address(feed).call(data);
        assertTrue(ok);
    }

    /// @dev The three arguments in another order than the compiler writes them, with a gap between them: the same call.
    function test_When_calldataIsLaidOutOtherwise_itIsTheSameCall() public {
        IQuorumFeed.Header memory header = _header();
        bytes memory observations = abi.encode(_agreed(header, 3, PRICE));
        bytes memory signerSet = abi.encode(_signerSet(4));
        // Each encoding begins with the offset of its tail.
        observations = _tail(observations);
        signerSet = _tail(signerSet);
        bytes memory head = abi.encode(header, 8 * 32 + 32 + observations.length, 8 * 32 + 32);
        (bool ok,) =
            address(feed).call(abi.encodePacked(IQuorumFeed.submit.selector, head, bytes32(type(uint256).max), observations, signerSet));
        assertTrue(ok);
        assertEq(feed.latestRound(FEED).value, PRICE);
    }

    /// @dev The signer set laid over the observations is no signer set.
    function test_RevertWhen_argumentsOverlap() public {
        IQuorumFeed.Header memory header = _header();
        bytes memory observations = _tail(abi.encode(_agreed(header, 3, PRICE)));
        uint256 place = 8 * 32;
        // The length of the array, 3, is also the length of the bytes, whose content is the high end of the first observation's value.
        bytes memory data = abi.encodePacked(IQuorumFeed.submit.selector, abi.encode(header, place, place), observations);
        (bool ok, bytes memory reason) = address(feed).call(data);
        assertFalse(ok);
        assertEq(reason, abi.encodeWithSelector(IQuorumFeed.SignerSetMismatch.selector, keccak256(hex"000000"), keccak256(_signerSet(4))));
    }

    function test_RevertWhen_anArrayReachesBeyondTheCalldata() public {
        IQuorumFeed.Header memory header = _header();
        bytes memory data = abi.encodeCall(IQuorumFeed.submit, (header, _signerSet(4), _agreed(header, 3, PRICE)));
        bytes memory cut = new bytes(data.length - 32);
        for (uint256 i; i < cut.length; ++i) {
            cut[i] = data[i];
        }
        (bool ok, bytes memory reason) = address(feed).call(cut);
        assertFalse(ok);
        assertEq(reason.length, 0, "refused by the decoder");
    }

    function _tail(bytes memory encoded) private pure returns (bytes memory tail) {
        tail = new bytes(encoded.length - 32);
        for (uint256 i; i < tail.length; ++i) {
            tail[i] = encoded[i + 32];
        }
    }

    /* RIPCORD AND HALT */

    function test_When_aMajorityPullsTheRipcord_theFeedHaltsAndPublishesNothing() public {
        _publish(PRICE);
        skip(1 hours);
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = new IQuorumFeed.Observation[](3);
        observations[0] = _sign(header, 0, 0, 1); // out of bounds: a ripcord's value counts for nothing
        observations[1] = _sign(header, 3, 0, 1);
        observations[2] = _sign(header, 1, PRICE, 0);

        vm.expectEmit(address(feed));
        emit IQuorumFeed.RipcordPulled(FEED, 2, EVIDENCE, 11);
        vm.expectEmit(address(feed));
        emit IQuorumFeed.FeedHalted(FEED, true);
        feed.submit(header, _signerSet(4), observations);

        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.FeedHaltedError.selector, FEED));
        feed.latestRound(FEED);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, FEED, 2));
        feed.roundAt(FEED, 2);
        assertEq(feed.roundAt(FEED, 1).value, PRICE, "history stays readable");
        _refuse(header, observations, abi.encodeWithSelector(IQuorumFeed.FeedHaltedError.selector, FEED));
    }

    function test_When_resumedAfterARipcord_itsObservationsCannotHaltAgain() public {
        _publish(PRICE);
        skip(1 hours);
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = new IQuorumFeed.Observation[](3);
        for (uint8 i; i < 3; ++i) {
            observations[i] = _sign(header, i, PRICE, 1);
        }
        feed.submit(header, _signerSet(4), observations);
        vm.prank(configurer);
        feed.resume(FEED);
        assertEq(feed.latestRound(FEED).round, 1);
        _refuse(header, observations, abi.encodeWithSelector(IQuorumFeed.RoundOutOfOrder.selector, 2, 3));
        _publish(PRICE + 5);
        assertEq(feed.latestRound(FEED).round, 3);
    }

    function test_When_halfPullTheRipcord_theRoundIsPublished() public {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = new IQuorumFeed.Observation[](4);
        for (uint8 i; i < 4; ++i) {
            observations[i] = _sign(header, i, PRICE, i % 2);
        }
        feed.submit(header, _signerSet(4), observations);
        assertEq(feed.latestRound(FEED).flags, 1);
    }

    function test_When_halted_nothingIsAcceptedUntilResumed() public {
        _publish(PRICE);
        skip(1 hours);
        vm.expectEmit(address(feed));
        emit IQuorumFeed.FeedHalted(FEED, true);
        vm.prank(guardian);
        feed.halt(FEED);
        IQuorumFeed.Header memory header = _header();
        _refuse(header, _agreed(header, 3, PRICE), abi.encodeWithSelector(IQuorumFeed.FeedHaltedError.selector, FEED));
        vm.expectEmit(address(feed));
        emit IQuorumFeed.FeedHalted(FEED, false);
        vm.prank(configurer);
        feed.resume(FEED);
        assertEq(feed.latestRound(FEED).value, PRICE);
        _publish(PRICE + 1);
    }

    function test_When_itGoesOn_itsStateSaysSo() public {
        assertEq(uint8(feed.stateOf(FEED)), uint8(FeedState.UNKNOWN), "it has no round");
        _publish(PRICE);
        assertEq(uint8(feed.stateOf(FEED)), uint8(FeedState.LIVE));
        vm.prank(guardian);
        feed.halt(FEED);
        assertEq(uint8(feed.stateOf(FEED)), uint8(FeedState.HALTED));
        vm.prank(configurer);
        feed.resume(FEED);
        assertEq(uint8(feed.stateOf(FEED)), uint8(FeedState.LIVE));
        assertEq(uint8(feed.stateOf(keccak256("unknown"))), uint8(FeedState.UNKNOWN));
    }

    function test_When_haltedBeforeItsFirstRound_nothingIsAccepted() public {
        vm.prank(guardian);
        feed.halt(FEED);
        IQuorumFeed.Header memory header = _header();
        bytes memory reason = abi.encodeWithSelector(IQuorumFeed.FeedHaltedError.selector, FEED);
        _refuse(header, _agreed(header, 3, PRICE), reason);
        vm.expectRevert(reason);
        feed.latestRound(FEED);
        vm.prank(configurer);
        feed.resume(FEED);
        _publish(PRICE);
        assertEq(feed.latestRound(FEED).round, 1);
    }

    /* CONFIGURATION */

    function test_When_created_itsDecimalsAndBoundsAreKnown() public {
        bytes32 created = keccak256("CREATED");
        vm.expectEmit(address(feed));
        emit IQuorumFeed.FeedCreated(created, 6);
        vm.expectEmit(address(feed));
        emit IQuorumFeed.FeedBounded(created, 0, 0, -7, 7);
        vm.prank(configurer);
        feed.createFeed(created, 6, -7, 7);
        assertEq(feed.decimalsOf(created), 6);
        assertEq(feed.nextRound(created), 1);
        (int128 minimum, int128 maximum) = feed.boundsOf(created);
        assertEq(minimum, -7);
        assertEq(maximum, 7);
    }

    function test_RevertWhen_createdTwiceOrWithoutBounds() public {
        vm.startPrank(configurer);
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.FeedExists.selector, FEED));
        feed.createFeed(FEED, 8, MINIMUM, MAXIMUM);
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.BoundsInvalid.selector, 0, 0));
        feed.createFeed(keccak256("OTHER"), 8, 0, 0);
        vm.stopPrank();
    }

    function test_RevertGiven_noSigners() public {
        bytes32 other = keccak256("OTHER");
        vm.prank(configurer);
        feed.createFeed(other, 8, MINIMUM, MAXIMUM);
        IQuorumFeed.Header memory header = _headerOf(other);
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.SignerSetMismatch.selector, keccak256(""), 0));
        feed.submit(header, "", new IQuorumFeed.Observation[](1));
    }

    function test_When_theCalmBandIsSet_bothOldAndNewAreSaid() public {
        vm.startPrank(configurer);
        vm.expectEmit(address(feed));
        emit IQuorumFeed.CalmBandSet(FEED, 0, 20);
        feed.setCalmBand(FEED, 20);
        vm.expectEmit(address(feed));
        emit IQuorumFeed.CalmBandSet(FEED, 20, 9_999);
        feed.setCalmBand(FEED, 9_999);
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.CalmBandInvalid.selector, 10_000));
        feed.setCalmBand(FEED, 10_000);
        vm.stopPrank();
        (uint32 version, uint8 f, uint8 signers, bytes32 hash, bool halted) = feed.configOf(FEED);
        assertEq(version, 1);
        assertEq(f, 1);
        assertEq(signers, 4);
        assertEq(hash, keccak256(_signerSet(4)));
        assertFalse(halted);
    }

    function test_When_configured_theSetAndItsVersionAreKnown() public {
        vm.expectEmit(address(feed));
        emit IQuorumFeed.FeedConfigured(FEED, 2, _signers(7), 2);
        _configure(7, 2);
        (uint32 version, uint8 f, uint8 signers, bytes32 hash, bool halted) = feed.configOf(FEED);
        assertEq(version, 2);
        assertEq(f, 2);
        assertEq(signers, 7);
        assertEq(hash, keccak256(_signerSet(7)));
        assertFalse(halted);
        IQuorumFeed.Header memory header = _header();
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.QuorumMissed.selector, 4, 5));
        feed.submit(header, _signerSet(7), _agreed(header, 4, PRICE));
        feed.submit(header, _signerSet(7), _agreed(header, 5, PRICE));
    }

    function testFuzz_RevertWhen_theSetCannotTolerateF(uint256 n, uint8 f) public {
        n = bound(n, 0, 40);
        f = uint8(bound(f, 0, 12));
        bool valid = f >= 1 && n >= 4 && n <= 31 && n >= 3 * uint256(f) + 1;
        if (!valid) vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.SignerSetInvalid.selector, n, f));
        _configure(n, f);
    }

    function test_RevertWhen_aSignerIsZeroOrListedTwice() public {
        address[] memory signers = _signers(4);
        signers[3] = signers[1];
        vm.prank(configurer);
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.SignerInvalid.selector, signers[1]));
        feed.setConfig(FEED, signers, 1);
        signers[3] = address(0);
        vm.prank(configurer);
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.SignerInvalid.selector, address(0)));
        feed.setConfig(FEED, signers, 1);
    }

    function test_When_bounded_bothOldAndNewAreSaid() public {
        vm.expectEmit(address(feed));
        emit IQuorumFeed.FeedBounded(FEED, MINIMUM, MAXIMUM, -5, 5);
        vm.prank(configurer);
        feed.setBounds(FEED, -5, 5);
        (int128 minimum, int128 maximum) = feed.boundsOf(FEED);
        assertEq(minimum, -5);
        assertEq(maximum, 5);
        _publish(-5);
        assertEq(feed.latestRound(FEED).value, -5, "a negative value is legitimate where the bounds allow it");
    }

    function test_RevertWhen_boundsAreEmpty() public {
        vm.prank(configurer);
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.BoundsInvalid.selector, 7, 7));
        feed.setBounds(FEED, 7, 7);
    }

    function test_RevertGiven_unknownFeed() public {
        bytes32 unknown = keccak256("unknown");
        bytes memory reason = abi.encodeWithSelector(IQuorumFeed.FeedUnknown.selector, unknown);
        IQuorumFeed.Header memory header = _header();
        header.feedId = unknown;
        _refuse(header, _agreed(header, 3, PRICE), reason);
        vm.expectRevert(reason);
        feed.latestRound(unknown);
        vm.prank(guardian);
        vm.expectRevert(reason);
        feed.halt(unknown);
        vm.prank(configurer);
        vm.expectRevert(reason);
        feed.resume(unknown);
        vm.startPrank(configurer);
        vm.expectRevert(reason);
        feed.setConfig(unknown, _signers(4), 1);
        vm.expectRevert(reason);
        feed.setBounds(unknown, 0, 1);
        vm.expectRevert(reason);
        feed.setCalmBand(unknown, 1);
        vm.expectRevert(reason);
        feed.invalidate(unknown, 1, "reason");
        vm.stopPrank();
        vm.prank(approver);
        vm.expectRevert(reason);
        feed.approvePending(unknown, 1, 0);
        vm.expectRevert(reason);
        feed.decimalsOf(unknown);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, unknown, 1));
        feed.roundAt(unknown, 1);
        vm.expectRevert(abi.encodeWithSelector(IQuorumFeed.NothingPending.selector, unknown, 0));
        feed.pending(unknown);
    }

    function test_RevertWhen_callerLacksTheRole() public {
        bytes memory reason = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, guardian);
        vm.startPrank(guardian);
        vm.expectRevert(reason);
        feed.setConfig(FEED, _signers(4), 1);
        vm.expectRevert(reason);
        feed.setBounds(FEED, 0, 1);
        vm.expectRevert(reason);
        feed.resume(FEED);
        vm.expectRevert(reason);
        feed.createFeed(keccak256("OTHER"), 8, 0, 1);
        vm.expectRevert(reason);
        feed.setCalmBand(FEED, 1);
        vm.expectRevert(reason);
        feed.invalidate(FEED, 1, "reason");
        vm.expectRevert(reason);
        feed.approvePending(FEED, 1, 0);
        vm.stopPrank();
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        feed.halt(FEED);
    }

    /* PROPERTIES */

    /// @dev Any values of any quorum, in any order of signers: what is published is the lower median of what was signed.
    function testFuzz_valueIsTheLowerMedian(uint256 seed, uint256 count) public {
        _configure(7, 2);
        count = bound(count, 5, 7);
        int128[] memory values = new int128[](count);
        for (uint256 i; i < count; ++i) {
            values[i] = int128(bound(int256(uint256(keccak256(abi.encode(seed, i))) >> 1), MINIMUM, MAXIMUM));
            for (uint256 j = i; j > 0 && values[j - 1] > values[j]; --j) {
                (values[j - 1], values[j]) = (values[j], values[j - 1]);
            }
        }
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = new IQuorumFeed.Observation[](count);
        for (uint256 i; i < count; ++i) {
            observations[i] = _sign(header, uint8((i + seed % 7) % 7), values[i], 0);
        }
        feed.submit(header, _signerSet(7), observations);
        assertEq(feed.latestRound(FEED).value, values[(count - 1) / 2]);
    }

    function test_storageSlotIsThatOfItsNamespace() public view {
        bytes32 slot = keccak256(abi.encode(uint256(keccak256("muniment.storage.QuorumFeed")) - 1)) & ~bytes32(uint256(0xff));
        bytes32 config = vm.load(address(feed), bytes32(uint256(keccak256(abi.encode(FEED, slot))) + 1));
        assertEq(uint32(uint256(config)), 1, "configVersion in the lowest bits of the feed's second word");
    }
}
