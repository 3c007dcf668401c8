// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Lockup } from "../../../contracts/compliance/rules/Lockup.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { IERC3643Token } from "../../../contracts/interfaces/erc3643/IERC3643Token.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { HostileRule } from "../compliance/HostileRule.sol";
import { ITrexApprovals } from "../reference/TrexInterfaces.sol";
import { AbuseFixture } from "./AbuseFixture.sol";
import { HungryRule } from "./HungryRule.sol";
import { TrexHostileModule } from "./TrexHostileModule.sol";

/// @notice Rules that hold up, and callers that hold up rules.
contract RulesAbuseTest is AbuseFixture {
    uint256 private constant GAS_OF_A_TRANSACTION = 16_777_216;
    uint256 private constant CEILING = 3_500_000;

    function bindHostile(TrexHostileModule.Mode mode) internal returns (TrexHostileModule module) {
        module = new TrexHostileModule();
        vm.prank(trexOwner);
        trex.compliance.addModule(address(module));
        trexMint(ann, 100);
        module.arm(mode);
    }

    /* C12 */

    function test_C12_ARuleBurnsAllItsGas_BlocksTransfersOnly() external {
        mint(ann, 100);
        HostileRule rule = new HostileRule(HostileRule.Mode.BURN_GAS);
        setRule(address(rule), "");
        expectRefusalBy(address(rule), ReasonCode.RULE_FAULT, 0, 0);
        vm.prank(ann);
        token.transfer{ gas: CEILING }(bob, 1);

        force(ann, bob, 10);
        vm.prank(agent);
        token.burn{ gas: CEILING }(ann, 10);
        recover(token, ann, spareWallet, annIdentity);
        assertEq(token.balanceOf(spareWallet.addr), 80);
        assertEq(token.balanceOf(bob), 10);
    }

    function test_C12_ARuleReturnsMore_OnlyItsOwnGasIsLost() external {
        mint(ann, 100);
        HostileRule.Mode[2] memory modes = [HostileRule.Mode.RETURN_MUCH, HostileRule.Mode.REVERT_MUCH];
        for (uint256 i = 0; i < modes.length; i++) {
            setRule(address(new HostileRule(modes[i])), "");
            uint256 before = gasleft();
            vm.prank(agent);
            token.burn(ann, 10);
            assertLt(before - gasleft(), 400_000);
        }
    }

    function test_C12_SixteenRulesAtTheirCapsAndAnInvestorOfFifteenWallets_StayBelowTheCeiling() external {
        mint(ann, 150);
        mint(annSecond, 10);
        for (uint256 i = 2; i < 15; i++) {
            address wallet = vm.addr(i);
            registry.registerIdentity(wallet, annIdentity, GERMANY);
            mint(wallet, 10);
        }
        RuleSetting[] memory rules = new RuleSetting[](16);
        for (uint256 i = 0; i < rules.length; i++) {
            rules[i] = RuleSetting(address(new HungryRule()), "");
        }
        compliance.setRules(rules);

        uint256 before = gasleft();
        vm.prank(ann);
        token.transfer(bob, 1);
        assertLt(before - gasleft(), CEILING, "transfer");
        assertGt(before - gasleft(), 16 * 140_000, "rules that really are at their caps");
        before = gasleft();
        vm.prank(agent);
        token.burn(ann, 1);
        assertLt(before - gasleft(), CEILING, "burn");
        vm.startPrank(agent);
        token.scheduleForcedTransfer(ann, bob, 1, "court order");
        skip(FORCED_DELAY);
        before = gasleft();
        token.forcedTransfer(ann, bob, 1);
        assertLt(before - gasleft(), 2 * CEILING, "forced transfer, which asks the rules as well");
        assertEq(token.positionOf(annIdentity), 150 + 14 * 10 - 3);
    }

    function test_C12_AModuleBurnsAllGas_BlocksExitsOnTheReference() external {
        bindHostile(TrexHostileModule.Mode.BURN_GAS);
        vm.startPrank(trexAgent);
        (bool burnt,) = address(trex.token).call{ gas: GAS_OF_A_TRANSACTION }(abi.encodeCall(IERC3643Token.burn, (ann, 10)));
        (bool forced,) = address(trex.token).call{ gas: GAS_OF_A_TRANSACTION }(abi.encodeCall(IERC3643Token.forcedTransfer, (ann, bob, 10)));
        assertFalse(burnt || forced);
        assertEq(trex.token.balanceOf(ann), 100);
    }

    /* C18 */

    function test_C18_ARuleRefusesItsRemovalAndEveryExit_IsRemovedAndHoldsNobody() external {
        mint(ann, 100);
        HostileRule rule = new HostileRule(HostileRule.Mode.REVERT);
        setRule(address(rule), "");
        force(ann, bob, 10);
        vm.prank(agent);
        token.burn(ann, 10);
        recover(token, ann, spareWallet, annIdentity);

        expectRefusalBy(address(rule), ReasonCode.RULE_FAULT, 0, 0);
        vm.prank(bob);
        token.transfer(annSecond, 1);
        compliance.removeModule(address(rule));
        vm.prank(bob);
        token.transfer(annSecond, 1);
        assertEq(token.balanceOf(annSecond), 1);
    }

    function test_C18_AModuleRefusesItsRemovalAndEveryExit_SucceedsOnTheReference() external {
        TrexHostileModule module = bindHostile(TrexHostileModule.Mode.REVERT);
        vm.prank(trexOwner);
        vm.expectRevert("not while I am bound");
        trex.compliance.removeModule(address(module));
        vm.startPrank(trexAgent);
        vm.expectRevert("not while I am bound");
        trex.token.burn(ann, 10);
        vm.expectRevert("not while I am bound");
        trex.token.forcedTransfer(ann, bob, 10);
        assertTrue(trex.compliance.isModuleBound(address(module)));
    }

    /* C23 */

    /// @dev Whatever gas the caller leaves: units leave and the ledger knows, or nothing happens.
    function testFuzz_C23_ACallerStarvesTheLedgerOfARule_NothingOrAllHappens(uint256 gas) external {
        Lockup lockup = new Lockup();
        setRule(address(lockup), abi.encode(uint32(365 days), false));
        mint(ann, 100);
        gas = bound(gas, 30_000, 600_000);

        vm.prank(agent);
        (bool success,) = address(token).call{ gas: gas }(abi.encodeWithSignature("burn(address,uint256)", ann, 40));
        assertEq(token.balanceOf(ann), success ? 60 : 100);
        assertEq(lockup.lockedOf(address(token), annIdentity), success ? 60 : 100);
        assertFalse(compliance.rules()[0].faulted);
        if (gas > 500_000) assertTrue(success, "with enough gas it works");
    }

    /* C16 */

    /// @dev A signature that recovers to nobody stands for the approver "any agent", who has no wallet either.
    function test_C16_ADelayedTransferIsApprovedByNobodysSignature_SucceedsOnTheReference() external {
        ITrexApprovals approvals = ITrexApprovals(trexCode("DVA/DVATransferManager", ""));
        trexOnboard(address(approvals));
        vm.prank(trexAgent);
        approvals.setApprovalCriteria(address(trex.token), false, true, true, new address[](0));
        trexMint(ann, 100);
        bytes32 id = approvals.calculateTransferID(approvals.getNextTxNonce(), ann, bob, 100);
        vm.startPrank(ann);
        trex.token.approve(address(approvals), 100);
        approvals.initiateTransfer(address(trex.token), bob, 100);
        assertEq(trex.token.balanceOf(bob), 0);

        approvals.delegateApproveTransfer(id, new ITrexApprovals.Signature[](1));
        assertEq(trex.token.balanceOf(bob), 100);
    }
}
