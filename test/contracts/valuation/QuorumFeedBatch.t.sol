// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IQuorumFeed } from "../../../contracts/interfaces/IQuorumFeed.sol";
import { FeedState, IRoundSource, Round } from "../../../contracts/interfaces/IRoundSource.sol";
import { IValuationGuard } from "../../../contracts/interfaces/IValuationGuard.sol";
import { QuorumFeed } from "../../../contracts/valuation/QuorumFeed.sol";
import { QuorumFeedFixture } from "./QuorumFeedFixture.sol";

contract QuorumFeedBatchTest is QuorumFeedFixture {
    bytes32 private constant SECOND = keccak256("UST-NOTE-2Y");
    bytes32 private constant THIRD = keccak256("GOLD");

    bytes32[] private feedIds;

    function setUp() public override {
        super.setUp();
        _create(SECOND);
        _create(THIRD);
        feedIds = [FEED, SECOND, THIRD];
    }

    function _values(int128 a, int128 b, int128 c) private pure returns (int128[] memory values) {
        values = new int128[](3);
        (values[0], values[1], values[2]) = (a, b, c);
    }

    function _agreed() private view returns (IQuorumFeed.BatchHeader memory header, IQuorumFeed.BatchObservation[] memory observations) {
        header = _batchOf(feedIds);
        observations = _agreedBatch(header, 3, _values(PRICE, PRICE + 1, PRICE + 2));
    }

    function _refuse(IQuorumFeed.BatchHeader memory header, IQuorumFeed.BatchObservation[] memory observations, bytes memory reason)
        private
    {
        vm.expectRevert(reason);
        feed.submitBatch(header, _signerSet(4), observations);
        for (uint256 i; i < feedIds.length; ++i) {
            assertEq(feed.nextRound(feedIds[i]), 1, "all or none");
        }
    }

    function _batchSignatureInvalid(IQuorumFeed.BatchHeader memory header, IQuorumFeed.BatchObservation memory observation)
        private
        view
        returns (bytes memory)
    {
        bytes32 digest = _batchDigest(_domain(block.chainid, address(feed)), header, observation.values, observation.flags);
        uint256 vs = uint256(observation.vs);
        address recovered = ecrecover(digest, uint8(27 + (vs >> 255)), observation.r, bytes32(vs & (type(uint256).max >> 1)));
        return abi.encodeWithSelector(IQuorumFeed.SignatureInvalid.selector, observation.signerIndex, recovered);
    }

    /* ACCEPTED */

    function test_When_aBatchIsSubmitted_eachFeedGetsItsLowerMedian() public {
        IQuorumFeed.BatchHeader memory header = _batchOf(feedIds);
        header.valuationTimestamps[1] -= 5;
        IQuorumFeed.BatchObservation[] memory observations = new IQuorumFeed.BatchObservation[](4);
        observations[0] = _signBatch(header, 2, _values(PRICE + 9, MINIMUM, PRICE - 1), 0);
        observations[1] = _signBatch(header, 0, _values(PRICE, PRICE + 2, PRICE - 1), 1);
        observations[2] = _signBatch(header, 3, _values(PRICE - 9, PRICE + 1, PRICE - 1), 0);
        observations[3] = _signBatch(header, 1, _values(PRICE + 1, MAXIMUM, PRICE - 1), 0);

        vm.expectEmit(address(feed));
        emit IQuorumFeed.RoundAccepted(FEED, 1, PRICE, header.valuationTimestamps[0], EVIDENCE, 15);
        vm.expectEmit(address(feed));
        emit IQuorumFeed.RoundAccepted(SECOND, 1, PRICE + 1, header.valuationTimestamps[1], EVIDENCE, 15);
        vm.expectEmit(address(feed));
        emit IQuorumFeed.RoundAccepted(THIRD, 1, PRICE - 1, header.valuationTimestamps[2], EVIDENCE, 15);
        vm.prank(stranger);
        feed.submitBatch(header, _signerSet(4), observations);

        Round memory round = feed.latestRound(SECOND);
        assertEq(round.value, PRICE + 1);
        assertEq(round.valuationTimestamp, block.timestamp - 15);
        assertEq(round.publishedAt, block.timestamp);
        assertEq(round.round, 1);
        assertEq(round.flags, 1, "a minority's ripcord is shown");
        assertEq(feed.latestRound(THIRD).value, PRICE - 1);
    }

    /// @dev Any values in any order: what is published of each feed is the lower median of what was signed for it.
    function testFuzz_valuesAreTheLowerMedians(uint256 seed, uint256 count) public {
        count = bound(count, 3, 4);
        IQuorumFeed.BatchHeader memory header = _batchOf(feedIds);
        int128[][3] memory columns = [new int128[](count), new int128[](count), new int128[](count)];
        IQuorumFeed.BatchObservation[] memory observations = new IQuorumFeed.BatchObservation[](count);
        for (uint8 i; i < count; ++i) {
            int128[] memory values = new int128[](3);
            for (uint256 j; j < 3; ++j) {
                values[j] = int128(bound(int256(uint256(keccak256(abi.encode(seed, i, j))) >> 1), PRICE, PRICE + 3));
                columns[j][i] = values[j];
                for (uint256 k = i; k > 0 && columns[j][k - 1] > columns[j][k]; --k) {
                    (columns[j][k - 1], columns[j][k]) = (columns[j][k], columns[j][k - 1]);
                }
            }
            observations[i] = _signBatch(header, i, values, 0);
        }
        for (uint256 j; j < 3; ++j) {
            uint256 spread = uint256(int256(columns[j][count - 1] - columns[j][0]));
            uint256 median = uint256(int256(columns[j][(count - 1) / 2]));
            vm.expectCall(
                address(guard),
                abi.encodeCall(
                    IValuationGuard.check,
                    (feedIds[j], 0, 0, int256(median), header.valuationTimestamps[j], (spread * 10_000 + median - 1) / median)
                )
            );
        }
        feed.submitBatch(header, _signerSet(4), observations);
        for (uint256 j; j < 3; ++j) {
            assertEq(feed.latestRound(feedIds[j]).value, columns[j][(count - 1) / 2]);
        }
    }

    function test_When_oneFeedOfABatchIsHeld_theOthersArePublished() public {
        guard.say(SECOND, IValuationGuard.Verdict.HOLD, "band");
        (IQuorumFeed.BatchHeader memory header, IQuorumFeed.BatchObservation[] memory observations) = _agreed();
        feed.submitBatch(header, _signerSet(4), observations);
        assertEq(feed.latestRound(FEED).value, PRICE);
        assertEq(feed.latestRound(THIRD).value, PRICE + 2);
        (Round memory held,,) = feed.pending(SECOND);
        assertEq(held.value, PRICE + 1);
        vm.expectRevert(abi.encodeWithSelector(IRoundSource.RoundUnknown.selector, SECOND, 0));
        feed.latestRound(SECOND);
    }

    function test_When_aMajorityPullsTheRipcordOfABatch_allItsFeedsHalt() public {
        IQuorumFeed.BatchHeader memory header = _batchOf(feedIds);
        IQuorumFeed.BatchObservation[] memory observations = new IQuorumFeed.BatchObservation[](3);
        for (uint8 i; i < 3; ++i) {
            observations[i] = _signBatch(header, i, _values(PRICE, PRICE, PRICE), i < 2 ? 1 : 0);
        }
        feed.submitBatch(header, _signerSet(4), observations);
        for (uint256 i; i < 3; ++i) {
            assertEq(uint8(feed.stateOf(feedIds[i])), uint8(FeedState.HALTED));
            assertEq(feed.nextRound(feedIds[i]), 2);
        }
    }

    function test_When_aFeedIsListedTwice_itsRoundsFollowEachOther() public {
        feedIds = [FEED, FEED];
        IQuorumFeed.BatchHeader memory header = _batchOf(feedIds);
        header.rounds[1] = 2;
        header.valuationTimestamps[1] += 1;
        int128[] memory values = new int128[](2);
        (values[0], values[1]) = (PRICE, PRICE + 1);
        feed.submitBatch(header, _signerSet(4), _agreedBatch(header, 3, values));
        assertEq(feed.latestRound(FEED).round, 2);
        assertEq(feed.latestRound(FEED).value, PRICE + 1);
    }

    /* REFUSED */

    function test_RevertWhen_oneFeedOfABatchIsBad_noneIsPublished() public {
        IQuorumFeed.BatchHeader memory header = _batchOf(feedIds);
        header.rounds[2] = 2;
        _refuse(
            header,
            _agreedBatch(header, 3, _values(PRICE, PRICE, PRICE)),
            abi.encodeWithSelector(IQuorumFeed.RoundOutOfOrder.selector, 2, 1)
        );
        header.rounds[2] = 1;
        _refuse(
            header,
            _agreedBatch(header, 3, _values(PRICE, PRICE, MAXIMUM + 1)),
            abi.encodeWithSelector(IQuorumFeed.ValueOutOfBounds.selector, MAXIMUM + 1, MINIMUM, MAXIMUM)
        );
        header.valuationTimestamps[1] = uint40(block.timestamp + 1);
        _refuse(
            header,
            _agreedBatch(header, 3, _values(PRICE, PRICE, PRICE)),
            abi.encodeWithSelector(IQuorumFeed.ValuationInFuture.selector, block.timestamp + 1, block.timestamp)
        );
        header.valuationTimestamps[1] = uint40(block.timestamp);
        guard.say(THIRD, IValuationGuard.Verdict.REJECT, "sign");
        _refuse(
            header,
            _agreedBatch(header, 3, _values(PRICE, PRICE, PRICE)),
            abi.encodeWithSelector(IQuorumFeed.ValueRejected.selector, THIRD, PRICE, bytes32("sign"))
        );
        guard.say(THIRD, IValuationGuard.Verdict.ACCEPT, 0);
        vm.prank(guardian);
        feed.halt(SECOND);
        _refuse(
            header,
            _agreedBatch(header, 3, _values(PRICE, PRICE, PRICE)),
            abi.encodeWithSelector(IQuorumFeed.FeedHaltedError.selector, SECOND)
        );
    }

    function test_RevertWhen_aFeedOfTheBatchHasOtherSigners() public {
        address[] memory others = _signers(5);
        vm.prank(admin);
        manager.grantRole(CONFIGURER, address(this), 0);
        bytes32 other = keccak256("OTHER");
        feed.createFeed(other, 8, MINIMUM, MAXIMUM);
        feed.setConfig(other, others, 1);
        feedIds[2] = other;
        (IQuorumFeed.BatchHeader memory header, IQuorumFeed.BatchObservation[] memory observations) = _agreed();
        _refuse(
            header,
            observations,
            abi.encodeWithSelector(IQuorumFeed.SignerSetMismatch.selector, keccak256(_signerSet(4)), keccak256(_signerSet(5)))
        );
    }

    function test_RevertWhen_aFeedOfTheBatchIsAtAnotherConfiguration() public {
        vm.prank(configurer);
        feed.setConfig(SECOND, _signers(4), 1);
        (IQuorumFeed.BatchHeader memory header, IQuorumFeed.BatchObservation[] memory observations) = _agreed();
        _refuse(header, observations, abi.encodeWithSelector(IQuorumFeed.ConfigVersionStale.selector, 1, 2));
    }

    function test_RevertWhen_theBatchHasTooFewSigners() public {
        IQuorumFeed.BatchHeader memory header = _batchOf(feedIds);
        _refuse(
            header, _agreedBatch(header, 2, _values(PRICE, PRICE, PRICE)), abi.encodeWithSelector(IQuorumFeed.QuorumMissed.selector, 2, 3)
        );
    }

    function test_RevertWhen_aSignerOfTheBatchCountsTwiceOrIsUnknown() public {
        (IQuorumFeed.BatchHeader memory header, IQuorumFeed.BatchObservation[] memory observations) = _agreed();
        observations[2] = observations[1];
        _refuse(header, observations, abi.encodeWithSelector(IQuorumFeed.SignerRepeated.selector, 1));
        observations[2] = _signBatch(header, 4, _values(PRICE, PRICE, PRICE), 0);
        _refuse(header, observations, abi.encodeWithSelector(IQuorumFeed.SignerUnknown.selector, 4));
    }

    function test_RevertWhen_theBatchIsSubmittedAfterItsLastInstant() public {
        (IQuorumFeed.BatchHeader memory header, IQuorumFeed.BatchObservation[] memory observations) = _agreed();
        vm.warp(uint256(header.validUntil) + 1);
        _refuse(
            header,
            observations,
            abi.encodeWithSelector(IQuorumFeed.ObservationExpired.selector, header.validUntil, uint256(header.validUntil) + 1)
        );
    }

    function test_RevertWhen_theBatchIsOutOfShape() public {
        bytes memory reason = abi.encodeWithSelector(IQuorumFeed.BatchInvalid.selector);
        (IQuorumFeed.BatchHeader memory header, IQuorumFeed.BatchObservation[] memory observations) = _agreed();
        _refuse(header, new IQuorumFeed.BatchObservation[](0), reason);
        _refuse(_batchOfNone(header), observations, reason);

        int128[] memory two = new int128[](2);
        (two[0], two[1]) = (PRICE, PRICE);
        observations[1] = _signBatch(header, 1, two, 0);
        _refuse(header, observations, reason);

        (header, observations) = _agreed();
        header.rounds = new uint32[](4);
        _refuse(header, observations, reason);
        (header, observations) = _agreed();
        header.valuationTimestamps = new uint40[](2);
        _refuse(header, observations, reason);
    }

    function _batchOfNone(IQuorumFeed.BatchHeader memory header) private pure returns (IQuorumFeed.BatchHeader memory none) {
        (none.configVersion, none.validUntil, none.evidenceRoot) = (header.configVersion, header.validUntil, header.evidenceRoot);
    }

    function testFuzz_RevertWhen_anySignedFieldOfABatchIsChanged(uint256 field, uint256 salt, uint256 index) public {
        (IQuorumFeed.BatchHeader memory header, IQuorumFeed.BatchObservation[] memory observations) = _agreed();
        field = bound(field, 0, 7);
        index = bound(index, 0, 2);
        salt = bound(salt, 1, 1000);
        if (field == 0) header.feedIds[index] = keccak256(abi.encode(salt));
        else if (field == 1) header.rounds[index] += uint32(salt);
        else if (field == 2) header.valuationTimestamps[index] -= uint40(salt);
        else if (field == 3) header.configVersion += uint32(salt);
        else if (field == 4) header.validUntil += uint40(salt);
        else if (field == 5) header.evidenceRoot = keccak256(abi.encode(salt));
        else if (field == 6) observations[0].values[index] += int128(uint128(salt));
        else observations[0].flags = uint8(salt % 255 + 1);
        _refuse(header, observations, _batchSignatureInvalid(header, observations[0]));
    }

    function test_RevertWhen_anObservationOfOneFeedServesInABatch() public {
        IQuorumFeed.Header memory single = _header();
        feedIds = [FEED];
        IQuorumFeed.BatchHeader memory header = _batchOf(feedIds);
        int128[] memory values = new int128[](1);
        values[0] = PRICE;
        IQuorumFeed.BatchObservation[] memory observations = _agreedBatch(header, 3, values);
        IQuorumFeed.Observation memory signed = _sign(single, 0, PRICE, 0);
        (observations[0].r, observations[0].vs) = (signed.r, signed.vs);
        _refuse(header, observations, _batchSignatureInvalid(header, observations[0]));
    }

    /* CALLDATA */

    /// @dev Every word that is less than a word may say more than its type; none is cut to it.
    function test_RevertWhen_aBatchCarriesDirtyBytes() public {
        (IQuorumFeed.BatchHeader memory header, IQuorumFeed.BatchObservation[] memory observations) = _agreed();
        bytes memory data = abi.encodeCall(IQuorumFeed.submitBatch, (header, _signerSet(4), observations));
        uint256 clean = vm.snapshotState();
        uint256 places;
        for (uint256 i = 4; i + 32 <= data.length; i += 32) {
            uint256 word;
            assembly {
                word := mload(add(add(data, 32), i))
            }
            bool value = word >= uint128(PRICE) && word <= uint128(PRICE) + 2;
            bool time = word == header.valuationTimestamps[0] || word == header.validUntil;
            if (!value && !time) continue;
            ++places;
            data[i] = 0x01;
            (bool accepted,) = address(feed).call(data);
            assertFalse(accepted);
            data[i] = 0;
        }
        assertEq(places, 9 + 4);
        vm.revertToState(clean);
        (bool ok,) = address(feed).call(data);
        assertTrue(ok);
    }

    /// @dev The first observation's values lie where the second's are: what is hashed is what is counted, so it is the signer who decides.
    function test_When_valuesOverlap_eachSignerIsStillAskedForThem() public {
        (IQuorumFeed.BatchHeader memory header, IQuorumFeed.BatchObservation[] memory observations) = _agreed();
        uint256 clean = vm.snapshotState();
        (bool ok,) = address(feed).call(_overlaid(header, observations));
        assertTrue(ok, "they said the same");
        assertEq(feed.latestRound(FEED).value, PRICE);

        vm.revertToState(clean);
        observations[0] = _signBatch(header, 0, _values(PRICE - 1, PRICE, PRICE), 0);
        bytes memory data = _overlaid(header, observations);
        observations[0].values = observations[1].values;
        bytes memory expected = _batchSignatureInvalid(header, observations[0]);
        bytes memory reason;
        (ok, reason) = address(feed).call(data);
        assertFalse(ok);
        assertEq(reason, expected);
    }

    /// @dev The offset of the first observation's values, moved by the length of an observation.
    function _overlaid(IQuorumFeed.BatchHeader memory header, IQuorumFeed.BatchObservation[] memory observations)
        private
        pure
        returns (bytes memory data)
    {
        data = abi.encodeCall(IQuorumFeed.submitBatch, (header, _signerSet(4), observations));
        uint256 size = (5 + 1 + 3) * 32;
        uint256 last = data.length - 3 * size; // the first observation begins here
        assembly {
            let place := add(add(data, 32), last)
            if iszero(eq(mload(place), 0xa0)) { revert(0, 0) }
            mstore(place, add(0xa0, size))
        }
    }

    function test_RevertWhen_arraysOfTheHeaderOverlap() public {
        (IQuorumFeed.BatchHeader memory header, IQuorumFeed.BatchObservation[] memory observations) = _agreed();
        bytes memory data = abi.encodeCall(IQuorumFeed.submitBatch, (header, _signerSet(4), observations));
        // Of the header: offsets of feedIds, rounds, valuationTimestamps. The rounds lie over the timestamps.
        assembly {
            let head := add(add(data, 36), mload(add(data, 36)))
            mstore(add(head, 32), mload(add(head, 64)))
        }
        for (uint256 i; i < 3; ++i) {
            header.rounds[i] = uint32(header.valuationTimestamps[i]);
        }
        bytes memory expected = _batchSignatureInvalid(header, observations[0]);
        (bool ok, bytes memory reason) = address(feed).call(data);
        assertFalse(ok);
        assertEq(reason, expected);
    }

    /* DIGEST */

    /// @dev The same message is hashed by viem in `batch-digest.test.ts`. The contract takes what is signed under this digest.
    function test_When_theVectorIsSigned_theContractKnowsTheSigner() public {
        bytes32 digest = 0x2b5b0da623950e4d6f5077eeef4edd08539f65d96ecfc2d796c9ce126b344366;
        address at = 0x5FbDB2315678afecb367f032d93F642f64180aa3;
        vm.chainId(31337);
        deployCodeTo("QuorumFeed.sol:QuorumFeed", abi.encode(manager, guard), at);
        feed = QuorumFeed(at);
        vm.startPrank(admin);
        for (uint256 i; i < 2; ++i) {
            feed.createFeed(feedIds[i], 8, -1e12, 1e12);
            feed.setConfig(feedIds[i], _signers(4), 1);
        }
        vm.stopPrank();

        feedIds.pop();
        IQuorumFeed.BatchHeader memory header = _batchOf(feedIds);
        (header.valuationTimestamps[0], header.valuationTimestamps[1]) = (1_699_999_990, 1_699_999_000);
        header.validUntil = 1_700_003_600;
        int128[] memory values = new int128[](2);
        (values[0], values[1]) = (99_43630600, -1);
        assertEq(_batchDigest(_domain(31337, at), header, values, 2), digest);

        IQuorumFeed.BatchObservation[] memory observations = new IQuorumFeed.BatchObservation[](3);
        for (uint8 i; i < 3; ++i) {
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(i), digest);
            bytes32 vs = bytes32(uint256(s) | (uint256(v - 27) << 255));
            observations[i] = IQuorumFeed.BatchObservation({ values: values, signerIndex: i, flags: 2, r: r, vs: vs });
        }
        feed.submitBatch(header, _signerSet(4), observations);
        assertEq(feed.latestRound(SECOND).value, -1);
    }
}
