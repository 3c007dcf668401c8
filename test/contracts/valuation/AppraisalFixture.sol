// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManager } from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import { Test } from "forge-std/Test.sol";
import { NO_CORRECTION, PER_SHARE, USD } from "../../../contracts/interfaces/erc8330/NAVIdentifiers.sol";
import { AppraisalNavOracle } from "../../../contracts/valuation/AppraisalNavOracle.sol";

/// @notice A building whose shares three appraisers value in dollars, 8 decimals, and those who look after the oracle.
abstract contract AppraisalFixture is Test {
    bytes32 internal constant SUBJECT = keccak256("12 Elm Street");
    bytes32 internal constant METHOD = keccak256("Valuation policy, edition 3");
    string internal constant URI = "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
    bytes32 internal constant REASON = keccak256("Minutes of the valuation committee");
    int256 internal constant NAV = 125_00000000;
    uint64 internal constant HEARTBEAT = 120 days;
    uint64 internal constant MAX_AGE = 400 days;
    uint256 internal constant START = 1_767_225_600;
    uint64 internal constant Q1 = uint64(START - 10 days);

    uint64 internal constant CONFIGURER = 1;
    uint64 internal constant ADMINISTRATOR = 2;
    uint64 internal constant APPROVER = 3;

    address internal admin = makeAddr("admin");
    address internal configurer = makeAddr("configurer");
    address internal administrator = makeAddr("administrator");
    address internal stranger = makeAddr("stranger");
    address internal ada = makeAddr("ada");
    address internal ben = makeAddr("ben");
    address internal cleo = makeAddr("cleo");

    AccessManager internal manager;
    AppraisalNavOracle internal nav;

    function setUp() public virtual {
        vm.warp(START);
        manager = new AccessManager(admin);
        nav = new AppraisalNavOracle(address(manager));
        bytes4[] memory configuring = new bytes4[](4);
        configuring[0] = nav.setProvider.selector;
        configuring[1] = nav.setNAVBasis.selector;
        configuring[2] = nav.setStalenessConfig.selector;
        configuring[3] = nav.setAggregationConfig.selector;
        vm.startPrank(admin);
        manager.grantRole(CONFIGURER, configurer, 0);
        manager.grantRole(ADMINISTRATOR, administrator, 0);
        manager.setTargetFunctionRole(address(nav), configuring, CONFIGURER);
        manager.setTargetFunctionRole(address(nav), _only(nav.invalidateSnapshot.selector), ADMINISTRATOR);
        vm.stopPrank();
        _list(ada);
        _list(ben);
        _list(cleo);
        vm.prank(configurer);
        nav.setNAVBasis(SUBJECT, USD, PER_SHARE);
    }

    function _only(bytes4 selector) internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](1);
        selectors[0] = selector;
    }

    /* CONFIGURATION */

    function _list(address provider) internal {
        vm.prank(configurer);
        nav.setProvider(SUBJECT, USD, provider, true);
    }

    function _setAges() internal {
        vm.prank(configurer);
        nav.setStalenessConfig(SUBJECT, USD, HEARTBEAT, MAX_AGE);
    }

    function _setQuorum(uint256 quorum, uint256 deviationBps) internal {
        vm.prank(configurer);
        nav.setAggregationConfig(SUBJECT, USD, quorum, deviationBps);
    }

    /* PUBLICATION */

    function _publish(address provider, int256 value, uint8 decimals, uint64 instant, uint256 corrects) internal returns (uint256) {
        vm.prank(provider);
        return nav.publishNAV(SUBJECT, USD, PER_SHARE, value, decimals, instant, METHOD, URI, corrects);
    }

    function _publish(address provider, int256 value, uint64 instant) internal returns (uint256) {
        return _publish(provider, value, 8, instant, NO_CORRECTION);
    }

    function _correct(address provider, int256 value, uint64 instant, uint256 target) internal returns (uint256) {
        return _publish(provider, value, 8, instant, target);
    }

    function _invalidate(uint256 index) internal {
        vm.prank(administrator);
        nav.invalidateSnapshot(SUBJECT, USD, index, REASON);
    }

    /* READING */

    function _latest() internal view returns (int256 value) {
        (value,,,,,) = nav.latestNAV(SUBJECT, USD);
    }

    function _median() internal view returns (int256 value, uint8 decimals, uint64 instant, uint256 count) {
        (value, decimals,, instant, count,,) = nav.aggregatedNAV(SUBJECT, USD);
    }
}
