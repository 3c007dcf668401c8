// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAppraisalSource } from "../../../contracts/interfaces/IAppraisalSource.sol";
import { USD } from "../../../contracts/interfaces/erc8330/NAVIdentifiers.sol";
import { AppraisalSource } from "../../../contracts/valuation/AppraisalSource.sol";
import { AppraisalFixture } from "./AppraisalFixture.sol";

/// @notice The building's feed: the median of its three appraisers, approved by a fourth person, at most 15 % from the round before.
abstract contract AppraisalSourceFixture is AppraisalFixture {
    bytes32 internal constant FEED = keccak256("ELM-12");
    uint16 internal constant BOUND = 1500;

    address internal approver = makeAddr("approver");
    AppraisalSource internal source;

    function setUp() public virtual override {
        super.setUp();
        source = new AppraisalSource(address(manager), address(nav));
        bytes4[] memory configuring = new bytes4[](2);
        configuring[0] = source.createFeed.selector;
        configuring[1] = source.setMoveBound.selector;
        vm.startPrank(admin);
        manager.grantRole(APPROVER, approver, 0);
        manager.setTargetFunctionRole(address(source), configuring, CONFIGURER);
        manager.setTargetFunctionRole(address(source), _only(source.approve.selector), APPROVER);
        vm.stopPrank();
        _setAges();
        _setQuorum(3, 500);
        vm.prank(configurer);
        source.createFeed(FEED, SUBJECT, USD, 8, BOUND);
    }

    function _publishAll(int256 value, uint64 instant) internal {
        _publish(ada, value, instant);
        _publish(ben, value, instant);
        _publish(cleo, value, instant);
    }

    function _approve() internal {
        IAppraisalSource.Appraisal memory waiting = source.pending(FEED);
        vm.prank(approver);
        source.approve(FEED, waiting.value, waiting.valuationTimestamp);
    }
}
