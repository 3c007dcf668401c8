// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManager } from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import { Test } from "forge-std/Test.sol";
import { IQuorumFeed } from "../../../contracts/interfaces/IQuorumFeed.sol";
import { QuorumFeed } from "../../../contracts/valuation/QuorumFeed.sol";

/// @notice A feed of four signers (f = 1) with 8 decimals and bounds of 50 and 150, and the hands that sign for it.
abstract contract QuorumFeedFixture is Test {
    bytes32 internal constant FEED = keccak256("UST-BILL-26W");
    bytes32 internal constant EVIDENCE = keccak256("canonical source record");
    int128 internal constant PRICE = 99_43630600;
    int128 internal constant MINIMUM = 50_00000000;
    int128 internal constant MAXIMUM = 150_00000000;
    uint256 internal constant START = 1_700_000_000;

    uint64 internal constant CONFIGURER = 1;
    uint64 internal constant GUARDIAN = 2;

    address internal admin = makeAddr("admin");
    address internal configurer = makeAddr("configurer");
    address internal guardian = makeAddr("guardian");
    address internal stranger = makeAddr("stranger");

    AccessManager internal manager;
    QuorumFeed internal feed;

    function setUp() public virtual {
        vm.warp(START);
        manager = new AccessManager(admin);
        feed = new QuorumFeed(address(manager));
        vm.startPrank(admin);
        manager.grantRole(CONFIGURER, configurer, 0);
        manager.grantRole(GUARDIAN, guardian, 0);
        manager.setTargetFunctionRole(address(feed), _selectors(IQuorumFeed.setConfig.selector), CONFIGURER);
        manager.setTargetFunctionRole(address(feed), _selectors(IQuorumFeed.setBounds.selector), CONFIGURER);
        manager.setTargetFunctionRole(address(feed), _selectors(IQuorumFeed.resume.selector), CONFIGURER);
        manager.setTargetFunctionRole(address(feed), _selectors(IQuorumFeed.halt.selector), GUARDIAN);
        vm.stopPrank();
        _configure(4, 1);
        vm.prank(configurer);
        feed.setBounds(FEED, MINIMUM, MAXIMUM);
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
        (uint32 configVersion,,,,) = feed.configOf(FEED);
        header = IQuorumFeed.Header({
            feedId: FEED,
            round: feed.nextRound(FEED),
            configVersion: configVersion,
            valuationTimestamp: uint40(block.timestamp - 10),
            validUntil: uint40(block.timestamp + 1 hours),
            evidenceRoot: EVIDENCE
        });
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
        IQuorumFeed.Header memory header = _header();
        feed.submit(header, _signerSet(4), _agreed(header, 3, value));
    }

    function _selectors(bytes4 selector) internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](1);
        selectors[0] = selector;
    }
}
