// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { BundleAggregatorProxy } from "@chainlink/contracts/src/v0.8/data-feeds/BundleAggregatorProxy.sol";
import { DataFeedsCache } from "@chainlink/contracts/src/v0.8/data-feeds/DataFeedsCache.sol";
import { KeystoneForwarder } from "@chainlink/contracts/src/v0.8/keystone/KeystoneForwarder.sol";
import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { Vm } from "forge-std/Vm.sol";
import { BundleSource } from "../../../../contracts/valuation/adapters/BundleSource.sol";
import { ChainlinkSource } from "../../../../contracts/valuation/adapters/ChainlinkSource.sol";
import { ChainlinkV3Source } from "../../../../contracts/valuation/adapters/ChainlinkV3Source.sol";
import { QuorumFeedFixture } from "../QuorumFeedFixture.sol";

/// @notice Chainlink's own forwarder, cache and bundle proxy, as a deployment of CRE has them, beside a QuorumFeed: four signers with
///         f = 1, one decimal feed of 8 decimals and one bundle feed of SmartData's schema v9.
abstract contract ChainlinkFixture is QuorumFeedFixture {
    struct Decimal {
        bytes32 dataId;
        uint32 timestamp;
        uint224 answer;
    }

    struct Bundle {
        bytes32 dataId;
        uint32 timestamp;
        bytes bundle;
    }

    uint32 internal constant DON = 7;
    uint32 internal constant CONFIG = 1;
    address internal constant WORKFLOW_OWNER = address(0xC0FFEE);
    bytes10 internal constant WORKFLOW_NAME = "nav";
    bytes internal constant CONTEXT = "context";
    /// @dev Byte 7 is 0x20 + decimals.
    bytes16 internal constant NAV_ID = 0x018e16c39e000028000000000000abcd;
    bytes16 internal constant BUNDLE_ID = 0x018e16c39e000000000000000000abcd;
    uint256 internal constant KEY = 0xC11;

    KeystoneForwarder internal forwarder;
    DataFeedsCache internal cache;
    BundleAggregatorProxy internal bundleProxy;
    ChainlinkV3Source internal decimalSource;
    BundleSource internal bundleSource;
    uint256 private executions;

    function setUp() public virtual override {
        super.setUp();
        forwarder = new KeystoneForwarder();
        address[] memory signers = new address[](4);
        for (uint256 i; i < 4; ++i) {
            signers[i] = vm.addr(KEY + i);
        }
        forwarder.setConfig(DON, CONFIG, 1, signers);

        cache = new DataFeedsCache();
        cache.setFeedAdmin(address(this), true);
        cache.setDecimalFeedConfigs(_one(NAV_ID), _text("Fund NAV"), _workflow());
        _setBundleDecimals(8, 0, 2, 0);

        decimalSource =
            new ChainlinkV3Source(FEED, AggregatorV3Interface(address(cache)), 8, MINIMUM, MAXIMUM, ChainlinkSource.TimeUnit.SECONDS);
        bundleProxy = new BundleAggregatorProxy(address(cache), address(this));
        bundleSource = new BundleSource(
            FEED,
            bundleProxy,
            8,
            MINIMUM,
            MAXIMUM,
            ChainlinkSource.TimeUnit.NANOSECONDS,
            BundleSource.Layout({ fields: 4, value: 0, date: 1, ripcord: 3 })
        );
        _map(address(decimalSource), NAV_ID);
        _map(address(bundleProxy), BUNDLE_ID);
    }

    /* CONFIGURATION */

    function _map(address proxy, bytes16 dataId) internal {
        address[] memory proxies = new address[](1);
        proxies[0] = proxy;
        cache.updateDataIdMappingsForProxies(proxies, _one(dataId));
    }

    function _setBundleDecimals(uint8 nav, uint8 date, uint8 aum, uint8 ripcord) internal {
        uint8[][] memory decimals = new uint8[][](1);
        decimals[0] = new uint8[](4);
        (decimals[0][0], decimals[0][1], decimals[0][2], decimals[0][3]) = (nav, date, aum, ripcord);
        cache.setBundleFeedConfigs(_one(BUNDLE_ID), _text("Fund"), decimals, _workflow());
    }

    function _workflow() internal view returns (DataFeedsCache.WorkflowMetadata[] memory workflow) {
        workflow = new DataFeedsCache.WorkflowMetadata[](1);
        workflow[0] = DataFeedsCache.WorkflowMetadata(address(forwarder), WORKFLOW_OWNER, WORKFLOW_NAME);
    }

    function _one(bytes16 dataId) internal pure returns (bytes16[] memory dataIds) {
        dataIds = new bytes16[](1);
        dataIds[0] = dataId;
    }

    function _text(string memory text) internal pure returns (string[] memory texts) {
        texts = new string[](1);
        texts[0] = text;
    }

    /* REPORTS */

    function _decimalPayload(uint256 timestamp, uint256 answer) internal pure returns (bytes memory) {
        Decimal[] memory reports = new Decimal[](1);
        reports[0] = Decimal(NAV_ID, uint32(timestamp), uint224(answer));
        return abi.encode(reports);
    }

    function _bundlePayload(uint256 timestamp, bytes memory bundle) internal pure returns (bytes memory) {
        Bundle[] memory reports = new Bundle[](1);
        reports[0] = Bundle(BUNDLE_ID, uint32(timestamp), bundle);
        return abi.encode(reports);
    }

    /// @dev SmartData v9: navPerShare int192, navDate uint64 in nanoseconds, aum int192, ripcord uint32.
    function _smartData(int192 nav, uint64 navDate, uint32 ripcord) internal pure returns (bytes memory) {
        return abi.encode(nav, navDate, int192(1_000_000_00), ripcord);
    }

    /// @notice 109 bytes of metadata and the payload; each report has an execution id of its own.
    function _rawReport(bytes memory payload) internal returns (bytes memory) {
        bytes memory head = abi.encodePacked(uint8(1), ++executions, uint32(block.timestamp), DON, CONFIG);
        return abi.encodePacked(head, bytes32("workflow"), WORKFLOW_NAME, WORKFLOW_OWNER, bytes2(0x0001), payload);
    }

    function _executionOf(bytes memory rawReport) internal pure returns (bytes32 id) {
        assembly {
            id := mload(add(rawReport, 33))
        }
    }

    function _signatures(bytes memory rawReport, uint256 first, uint256 count) internal pure returns (bytes[] memory signatures) {
        bytes32 hash = keccak256(abi.encodePacked(keccak256(rawReport), CONTEXT));
        signatures = new bytes[](count);
        for (uint256 i; i < count; ++i) {
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY + first + i, hash);
            signatures[i] = abi.encodePacked(r, s, v - 27);
        }
    }

    /// @notice Delivers a payload, signed by f + 1, as a DON does.
    /// @return result what the forwarder says became of it
    function _deliver(address receiver, bytes memory payload) internal returns (bool result) {
        bytes memory rawReport = _rawReport(payload);
        vm.recordLogs();
        forwarder.report(receiver, rawReport, CONTEXT, _signatures(rawReport, 0, 2));
        return _result();
    }

    function _report(uint256 timestamp, uint256 answer) internal returns (bool) {
        return _deliver(address(cache), _decimalPayload(timestamp, answer));
    }

    function _reportBundle(uint256 timestamp, bytes memory bundle) internal returns (bool) {
        return _deliver(address(cache), _bundlePayload(timestamp, bundle));
    }

    /// @dev Of the last ReportProcessed in the recorded logs.
    function _result() internal returns (bool result) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = logs.length; i > 0; --i) {
            if (logs[i - 1].topics[0] == KeystoneForwarder.ReportProcessed.selector) return abi.decode(logs[i - 1].data, (bool));
        }
        revert("no ReportProcessed");
    }
}
