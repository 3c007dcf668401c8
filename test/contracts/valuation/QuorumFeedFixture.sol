// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManager } from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import { Test } from "forge-std/Test.sol";
import { IQuorumFeed } from "../../../contracts/interfaces/IQuorumFeed.sol";
import { IValuationGuard } from "../../../contracts/interfaces/IValuationGuard.sol";
import { QuorumFeed } from "../../../contracts/valuation/QuorumFeed.sol";

/// @notice Says of each round what it was told to say of the feed, ACCEPT when nothing.
contract ObedientGuard is IValuationGuard {
    mapping(bytes32 feedId => Verdict) private _verdicts;
    mapping(bytes32 feedId => bytes32) private _reasons;

    function say(bytes32 feedId, Verdict verdict, bytes32 reason) external {
        (_verdicts[feedId], _reasons[feedId]) = (verdict, reason);
    }

    function check(bytes32 feedId, int256, uint40, int256, uint40, uint256) external view returns (Verdict, bytes32) {
        return (_verdicts[feedId], _reasons[feedId]);
    }
}

/// @notice A feed of four signers (f = 1) with 8 decimals and bounds of 50 and 150, and the hands that sign for it. Its calm band is zero
///         and its guard admits everything unless a test says otherwise.
abstract contract QuorumFeedFixture is Test {
    bytes32 internal constant FEED = keccak256("UST-BILL-26W");
    bytes32 internal constant EVIDENCE = keccak256("canonical source record");
    int128 internal constant PRICE = 99_43630600;
    int128 internal constant MINIMUM = 50_00000000;
    int128 internal constant MAXIMUM = 150_00000000;
    uint256 internal constant START = 1_700_000_000;

    uint64 internal constant CONFIGURER = 1;
    uint64 internal constant GUARDIAN = 2;
    uint64 internal constant APPROVER = 3;

    address internal admin = makeAddr("admin");
    address internal configurer = makeAddr("configurer");
    address internal guardian = makeAddr("guardian");
    address internal approver = makeAddr("approver");
    address internal stranger = makeAddr("stranger");

    AccessManager internal manager;
    ObedientGuard internal guard;
    QuorumFeed internal feed;

    function setUp() public virtual {
        vm.warp(START);
        manager = new AccessManager(admin);
        guard = new ObedientGuard();
        _install(guard);
        vm.startPrank(admin);
        manager.grantRole(CONFIGURER, configurer, 0);
        manager.grantRole(GUARDIAN, guardian, 0);
        manager.grantRole(APPROVER, approver, 0);
        vm.stopPrank();
        _create(FEED);
    }

    /// @notice A QuorumFeed with this guard, whose functions belong to the roles.
    function _install(IValuationGuard guard_) internal {
        feed = new QuorumFeed(address(manager), guard_);
        bytes4[] memory configuration = new bytes4[](6);
        configuration[0] = IQuorumFeed.createFeed.selector;
        configuration[1] = IQuorumFeed.setConfig.selector;
        configuration[2] = IQuorumFeed.setBounds.selector;
        configuration[3] = IQuorumFeed.setCalmBand.selector;
        configuration[4] = IQuorumFeed.invalidate.selector;
        configuration[5] = IQuorumFeed.resume.selector;
        vm.startPrank(admin);
        manager.setTargetFunctionRole(address(feed), configuration, CONFIGURER);
        manager.setTargetFunctionRole(address(feed), _selectors(IQuorumFeed.halt.selector), GUARDIAN);
        manager.setTargetFunctionRole(address(feed), _selectors(IQuorumFeed.approvePending.selector), APPROVER);
        vm.stopPrank();
    }

    function _create(bytes32 feedId) internal {
        vm.startPrank(configurer);
        feed.createFeed(feedId, 8, MINIMUM, MAXIMUM);
        feed.setConfig(feedId, _signers(4), 1);
        vm.stopPrank();
    }

    /* SIGNERS */

    function _key(uint256 index) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode("reporter", index)));
    }

    function _signers(uint256 n) internal pure returns (address[] memory signers) {
        signers = new address[](n);
        for (uint256 i; i < n; ++i) {
            signers[i] = vm.addr(_key(i));
        }
    }

    function _signerSet(uint256 n) internal pure returns (bytes memory set) {
        for (uint256 i; i < n; ++i) {
            set = abi.encodePacked(set, vm.addr(_key(i)));
        }
    }

    function _configure(uint256 n, uint8 f) internal {
        vm.prank(configurer);
        feed.setConfig(FEED, _signers(n), f);
    }

    /* OBSERVATIONS */

    /// @notice The next round, valued a moment ago and valid for an hour.
    function _header() internal view returns (IQuorumFeed.Header memory header) {
        return _headerOf(FEED);
    }

    function _headerOf(bytes32 feedId) internal view returns (IQuorumFeed.Header memory header) {
        (uint32 configVersion,,,,) = feed.configOf(feedId);
        header = IQuorumFeed.Header({
            feedId: feedId,
            round: feed.nextRound(feedId),
            configVersion: configVersion,
            valuationTimestamp: uint40(block.timestamp - 10),
            validUntil: uint40(block.timestamp + 1 hours),
            evidenceRoot: EVIDENCE
        });
    }

    /// @notice The next round of several feeds.
    function _batchOf(bytes32[] memory feedIds) internal view returns (IQuorumFeed.BatchHeader memory header) {
        (uint32 configVersion,,,,) = feed.configOf(feedIds[0]);
        header = IQuorumFeed.BatchHeader({
            feedIds: feedIds,
            rounds: new uint32[](feedIds.length),
            valuationTimestamps: new uint40[](feedIds.length),
            configVersion: configVersion,
            validUntil: uint40(block.timestamp + 1 hours),
            evidenceRoot: EVIDENCE
        });
        for (uint256 i; i < feedIds.length; ++i) {
            header.rounds[i] = feed.nextRound(feedIds[i]);
            header.valuationTimestamps[i] = uint40(block.timestamp - 10);
        }
    }

    function _domain(uint256 chainId, address verifyingContract) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Muniment QuorumFeed"),
                keccak256("1"),
                chainId,
                verifyingContract
            )
        );
    }

    /// @dev Written out from the text of the interface, apart from the contract's own code.
    function _digest(bytes32 domain, IQuorumFeed.Header memory h, int128 value, uint8 flags) internal pure returns (bytes32) {
        bytes32 typehash = keccak256(
            "Observation(bytes32 feedId,uint32 round,uint32 configVersion,int128 value,uint40 valuationTimestamp,uint40 validUntil,bytes32 evidenceRoot,uint8 flags)"
        );
        bytes32 hash = keccak256(
            abi.encode(typehash, h.feedId, h.round, h.configVersion, value, h.valuationTimestamp, h.validUntil, h.evidenceRoot, flags)
        );
        return keccak256(abi.encodePacked("\x19\x01", domain, hash));
    }

    function _signIn(bytes32 domain, IQuorumFeed.Header memory header, uint8 index, int128 value, uint8 flags)
        internal
        pure
        returns (IQuorumFeed.Observation memory)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(index), _digest(domain, header, value, flags));
        bytes32 vs = bytes32(uint256(s) | (uint256(v - 27) << 255));
        return IQuorumFeed.Observation({ value: value, signerIndex: index, flags: flags, r: r, vs: vs });
    }

    function _sign(IQuorumFeed.Header memory header, uint8 index, int128 value, uint8 flags)
        internal
        view
        returns (IQuorumFeed.Observation memory)
    {
        return _signIn(_domain(block.chainid, address(feed)), header, index, value, flags);
    }

    /// @dev Written out from the text of the interface, apart from the contract's own code.
    function _batchDigest(bytes32 domain, IQuorumFeed.BatchHeader memory h, int128[] memory values, uint8 flags)
        internal
        pure
        returns (bytes32)
    {
        bytes32 typehash = keccak256(
            "BatchObservation(bytes32[] feedIds,uint32[] rounds,uint40[] valuationTimestamps,uint32 configVersion,uint40 validUntil,bytes32 evidenceRoot,int128[] values,uint8 flags)"
        );
        bytes memory rounds;
        bytes memory valuationTimestamps;
        bytes memory signedValues;
        for (uint256 i; i < h.feedIds.length; ++i) {
            rounds = abi.encodePacked(rounds, uint256(h.rounds[i]));
            valuationTimestamps = abi.encodePacked(valuationTimestamps, uint256(h.valuationTimestamps[i]));
        }
        for (uint256 i; i < values.length; ++i) {
            signedValues = abi.encodePacked(signedValues, int256(values[i]));
        }
        bytes32 hash = keccak256(
            abi.encode(
                typehash,
                keccak256(abi.encodePacked(h.feedIds)),
                keccak256(rounds),
                keccak256(valuationTimestamps),
                h.configVersion,
                h.validUntil,
                h.evidenceRoot,
                keccak256(signedValues),
                flags
            )
        );
        return keccak256(abi.encodePacked("\x19\x01", domain, hash));
    }

    function _signBatch(IQuorumFeed.BatchHeader memory header, uint8 index, int128[] memory values, uint8 flags)
        internal
        view
        returns (IQuorumFeed.BatchObservation memory)
    {
        bytes32 digest = _batchDigest(_domain(block.chainid, address(feed)), header, values, flags);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(index), digest);
        bytes32 vs = bytes32(uint256(s) | (uint256(v - 27) << 255));
        return IQuorumFeed.BatchObservation({ values: values, signerIndex: index, flags: flags, r: r, vs: vs });
    }

    /// @notice Observations of the first `count` signers, all of the same values.
    function _agreedBatch(IQuorumFeed.BatchHeader memory header, uint256 count, int128[] memory values)
        internal
        view
        returns (IQuorumFeed.BatchObservation[] memory observations)
    {
        observations = new IQuorumFeed.BatchObservation[](count);
        for (uint8 i; i < count; ++i) {
            observations[i] = _signBatch(header, i, values, 0);
        }
    }

    /// @notice Observations of the first `count` signers, all of `value`.
    function _agreed(IQuorumFeed.Header memory header, uint256 count, int128 value)
        internal
        view
        returns (IQuorumFeed.Observation[] memory observations)
    {
        observations = new IQuorumFeed.Observation[](count);
        for (uint8 i; i < count; ++i) {
            observations[i] = _sign(header, i, value, 0);
        }
    }

    function _publish(int128 value) internal {
        _submit(value, 0, 1, 2);
    }

    /// @notice A round in which these three signers say the same.
    function _submit(int128 value, uint8 a, uint8 b, uint8 c) internal returns (IQuorumFeed.Outcome) {
        IQuorumFeed.Header memory header = _header();
        IQuorumFeed.Observation[] memory observations = new IQuorumFeed.Observation[](3);
        observations[0] = _sign(header, a, value, 0);
        observations[1] = _sign(header, b, value, 0);
        observations[2] = _sign(header, c, value, 0);
        return feed.submit(header, _signerSet(4), observations);
    }

    function _selectors(bytes4 selector) internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](1);
        selectors[0] = selector;
    }
}
