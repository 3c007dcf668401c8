// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { NO_CORRECTION, PER_SHARE, USD } from "../../../contracts/interfaces/erc8330/NAVIdentifiers.sol";
import { AppraisalSourceFixture } from "./AppraisalSourceFixture.sol";

/// @notice Receipts (each call its own transaction, after refunds) of a quarter's publications by three appraisers, methodology at an
///         address of 66 characters, deviation judged; and that no cost grows with the history.
/// forge-config: default.isolate = true
contract AppraisalGasTest is AppraisalSourceFixture {
    uint256 private constant TARGET = 1_060_000;

    /// @return gas of the three publications of the last quarter
    function _publishQuarters(uint256 quarters, bool newMethodology) private returns (uint256 gas) {
        address[3] memory providers = [ada, ben, cleo];
        for (uint256 quarter; quarter < quarters; ++quarter) {
            skip(91 days);
            gas = 0;
            for (uint256 i; i < providers.length; ++i) {
                bytes32 method = newMethodology ? keccak256(abi.encode(quarter, i)) : METHOD;
                uint64 instant = uint64(START + quarter * 91 days);
                vm.prank(providers[i]);
                nav.publishNAV(SUBJECT, USD, PER_SHARE, NAV + int256(i), 8, instant, method, URI, NO_CORRECTION);
                gas += vm.lastCallGas().gasTotalUsed;
            }
        }
    }

    function test_theFirstQuarterEver_isReported() public {
        uint256 gas = _publishQuarters(1, true);
        emit log_named_uint("three first publications, a methodology each", gas);
        assertLt(gas, 1_450_000);
    }

    function test_aQuarterOfThreeAppraisers_newMethodologies_costsAtMostTheTarget() public {
        uint256 gas = _publishQuarters(3, true);
        emit log_named_uint("three publications, a new methodology each", gas);
        assertLt(gas, TARGET);
    }

    function test_aQuarterOfThreeAppraisers_standingMethodology_costsAtMostTheTarget() public {
        uint256 gas = _publishQuarters(3, false);
        emit log_named_uint("three publications, standing methodology", gas);
        assertLt(gas, TARGET);
    }

    function test_approvalAndReads_costAtMostTheirBudgets() public {
        _publishQuarters(3, false);
        _approve();
        emit log_named_uint("approve", vm.lastCallGas().gasTotalUsed);
        assertLt(vm.lastCallGas().gasTotalUsed, 300_000);
        _expectCost("latestRound", address(source), abi.encodeCall(source.latestRound, (FEED)), 25_000);
        _expectCost("stateOf", address(source), abi.encodeCall(source.stateOf, (FEED)), 80_000);
        _expectCost("latestNAV", address(nav), abi.encodeCall(nav.latestNAV, (SUBJECT, USD)), 45_000);
        _expectCost("aggregatedNAV", address(nav), abi.encodeCall(nav.aggregatedNAV, (SUBJECT, USD)), 60_000);
    }

    function _expectCost(string memory name, address target, bytes memory call, uint256 budget) private returns (uint256 cost) {
        Reader reader = new Reader();
        reader.read(target, call);
        cost = reader.cost();
        emit log_named_uint(name, cost);
        assertLt(cost, budget, name);
    }

    /// @dev Twenty years of quarters against one; a node more or less of the five may lie on the way.
    function test_invalidationAndReads_afterALongHistory_costsAtMostANodeMore() public {
        uint256 state = vm.snapshotState();
        uint256[4] memory young = _costsAfter(4);
        vm.revertToState(state);
        uint256[4] memory old = _costsAfter(80);
        for (uint256 i; i < young.length; ++i) {
            assertApproxEqAbs(old[i], young[i], 20_000);
        }
    }

    /// @return gas of an invalidation that takes the quorum away, of the reads after it, of a new quorum
    function _costsAfter(uint256 quarters) private returns (uint256[4] memory gas) {
        _publishQuarters(quarters, false);
        _invalidate(3 * quarters - 1);
        gas[0] = vm.lastCallGas().gasTotalUsed;
        emit log_named_uint("invalidation", gas[0]);
        gas[1] = _expectCost("aggregatedNAV", address(nav), abi.encodeCall(nav.aggregatedNAV, (SUBJECT, USD)), 60_000);
        gas[2] = _expectCost("latestNAVByProvider", address(nav), abi.encodeCall(nav.latestNAVByProvider, (SUBJECT, USD, cleo)), 60_000);
        _setQuorum(2, 500);
        gas[3] = vm.lastCallGas().gasTotalUsed;
    }

    /// @dev The most that a publication, a reading and an invalidation can cost: 64 appraisers of one instant.
    function test_64Appraisers_costsAtMostAFractionOfABlock() public {
        for (uint256 i; i < 64; ++i) {
            address provider = address(uint160(0x1000 + i));
            _list(provider);
            // Descending, so that sorting has work.
            _publish(provider, NAV - int256(i), Q1);
        }
        emit log_named_uint("64th publication", vm.lastCallGas().gasTotalUsed);
        assertLt(vm.lastCallGas().gasTotalUsed, 1_500_000);
        _expectCost("aggregatedNAV of 64", address(nav), abi.encodeCall(nav.aggregatedNAV, (SUBJECT, USD)), 1_200_000);
        _invalidate(63);
        emit log_named_uint("invalidation among 64", vm.lastCallGas().gasTotalUsed);
        assertLt(vm.lastCallGas().gasTotalUsed, 500_000);
    }
}

contract Reader {
    uint256 public cost;

    /// @dev Keeps the cost, so that the call is a transaction of its own and the slots are cold.
    function read(address target, bytes memory call) external {
        uint256 before = gasleft();
        (bool answered,) = target.staticcall(call);
        cost = before - gasleft();
        require(answered);
    }
}
