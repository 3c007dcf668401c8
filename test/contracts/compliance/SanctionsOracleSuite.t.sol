// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { SanctionsOracle } from "../../../contracts/compliance/rules/SanctionsOracle.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { TokenFixture } from "../token/TokenFixture.sol";
import { OracleStandIn } from "./OracleStandIn.sol";

/// @notice Through a real token.
contract SanctionsOracleSuiteTest is TokenFixture {
    SanctionsOracle internal rule = new SanctionsOracle();
    OracleStandIn internal oracle = new OracleStandIn();

    function setUp() public override {
        super.setUp();
        setRule(address(rule), abi.encode(oracle, uint8(3), new address[](0)));
        mint(ann, 100);
    }

    function test_When_AHolderIsSanctioned_HeIsShutInAndAnOfficerTakesHisUnits() public {
        oracle.set(ann, true);
        assertExplained(ann, bob, 1, ReasonCode.SANCTIONED_ADDRESS);
        vm.prank(ann);
        expectRefusalBy(address(rule), ReasonCode.SANCTIONED_ADDRESS, uint160(ann), 0);
        token.transfer(bob, 1);
        force(ann, bob, 60);
        vm.prank(agent);
        token.burn(ann, 40);
        assertEq(token.balanceOf(ann), 0);
    }

    function test_When_TheOracleIsGone_NothingPassesButExits() public {
        oracle.setFault(OracleStandIn.Fault.BURN_GAS);
        assertExplained(ann, bob, 1, ReasonCode.SCREENING_UNAVAILABLE);
        vm.prank(ann);
        expectRefusalBy(address(rule), ReasonCode.SCREENING_UNAVAILABLE, uint160(ann), 0);
        token.transfer(bob, 1);
        vm.prank(agent);
        expectRefusalBy(address(rule), ReasonCode.SCREENING_UNAVAILABLE, uint160(bob), 0);
        token.mint(bob, 1);
        force(ann, bob, 60);
        recover(token, ann, spareWallet, annIdentity);
        vm.prank(agent);
        token.burn(bob, 60);
    }

    function test_RevertWhen_TheSpenderIsSanctioned() public {
        vm.prank(ann);
        token.approve(stranger, 10);
        oracle.set(stranger, true);
        vm.prank(stranger);
        expectRefusalBy(address(rule), ReasonCode.SANCTIONED_ADDRESS, uint160(stranger), 0);
        token.transferFrom(ann, bob, 1);
    }
}
