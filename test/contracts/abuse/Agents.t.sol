// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { AbuseFixture } from "./AbuseFixture.sol";

/// @notice What an agent, or a thief of its key, does beyond its office.
contract AgentsAbuseTest is AbuseFixture {
    function freeze(address wallet) internal {
        vm.prank(agent);
        token.setAddressFrozen(wallet, true);
        vm.prank(trexAgent);
        trex.token.setAddressFrozen(wallet, true);
    }

    /* C5 */

    function test_C05_AnAgentMintsDuringThePause_Refused() external {
        vm.startPrank(agent);
        token.pause();
        expectRefusal(ReasonCode.TOKEN_PAUSED);
        token.mint(bob, 1);
    }

    function test_C05_AnAgentMintsToAFrozenWallet_Refused() external {
        freeze(bob);
        expectRefusal(ReasonCode.RECIPIENT_FROZEN);
        mint(bob, 1);
    }

    function test_C05_AnAgentForcesToAFrozenWallet_Refused() external {
        mint(ann, 1);
        freeze(bob);
        vm.startPrank(agent);
        token.scheduleForcedTransfer(ann, bob, 1, "court order");
        skip(FORCED_DELAY);
        expectRefusal(ReasonCode.RECIPIENT_FROZEN);
        token.forcedTransfer(ann, bob, 1);
    }

    function test_C05_AnAgentMintsDuringThePause_SucceedsOnTheReference() external {
        vm.prank(trexAgent);
        trex.token.pause();
        trexMint(bob, 1);
        assertEq(trex.token.totalSupply(), 1);
    }

    function test_C05_AnAgentMintsAndForcesToAFrozenWallet_SucceedsOnTheReference() external {
        trexMint(ann, 1);
        freeze(bob);
        trexMint(bob, 1);
        vm.prank(trexAgent);
        trex.token.forcedTransfer(ann, bob, 1);
        assertEq(trex.token.balanceOf(bob), 2);
    }

    /* C6 */

    function test_C06_AStolenMinterKeyMintsWithoutEnd_RefusedAboveTheCapOfTheDay() external {
        uint256 loot = 1 << 255;
        vm.startPrank(agent);
        expectRefusal(ReasonCode.MINT_CAP, loot, DAY_CAP);
        token.mint(bob, loot);
        expectRefusal(ReasonCode.MINT_CAP, type(uint256).max, DAY_CAP);
        token.mint(bob, type(uint256).max);

        token.mint(bob, DAY_CAP);
        expectRefusal(ReasonCode.MINT_CAP, uint256(DAY_CAP) + 1, DAY_CAP);
        token.mint(bob, 1);
        expectRefusal(ReasonCode.MINT_CAP, uint256(DAY_CAP) + 1, DAY_CAP);
        token.batchMint(list(bob), list(uint256(1)));
        assertEq(token.totalSupply(), DAY_CAP);
    }

    /// @dev A cap is a promise only if its holder cannot lift it.
    function test_C06_AStolenMinterKeyRaisesItsOwnCap_Refused() external {
        vm.startPrank(agent);
        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", agent));
        token.setAgent(agent, AgentRole.MINTER, type(uint96).max);
        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", agent));
        token.addAgent(makeAddr("another minter"));
    }

    function test_C06_AStolenMinterKeyMintsWithoutEnd_SucceedsOnTheReference() external {
        uint256 loot = 1 << 255;
        trexMint(bob, loot);
        assertEq(trex.token.balanceOf(bob), loot);
    }

    /* C13 */

    function test_C13_ABatchNamesMoreAmountsThanWallets_RefusedBeforeAnyEffect() external {
        vm.startPrank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.LengthMismatch.selector, 1, 2));
        token.batchMint(list(bob), list(1, 2));
        token.mint(ann, 10);
        vm.stopPrank();
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.LengthMismatch.selector, 1, 2));
        token.batchTransfer(list(bob), list(1, 2));
        assertEq(token.balanceOf(bob), 0);
    }

    function test_C13_ABatchNamesMoreAmountsThanWallets_HalfWorksOnTheReference() external {
        vm.prank(trexAgent);
        trex.token.batchMint(list(ann), list(5, 7));
        assertEq(trex.token.totalSupply(), 5);
        vm.prank(ann);
        trex.token.batchTransfer(list(bob), list(1, 2));
        assertEq(trex.token.balanceOf(bob), 1);
    }

    /* C17 */

    function test_C17_AForcedTransferToTheSameWalletClearsItsFreeze_Refused() external {
        mint(ann, 10);
        vm.startPrank(agent);
        token.freezePartialTokens(ann, 10);
        token.scheduleForcedTransfer(ann, ann, 10, "court order");
        skip(FORCED_DELAY);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, ann));
        token.forcedTransfer(ann, ann, 10);
        assertEq(token.getFrozenTokens(ann), 10);
    }

    function test_C17_FrozenUnitsAreShedByPassingUnitsAround_Refused() external {
        mint(ann, 10);
        vm.prank(agent);
        token.freezePartialTokens(ann, 7);
        vm.startPrank(ann);
        token.transfer(annSecond, 3);
        token.transfer(ann, 0);
        token.approve(annSecond, type(uint256).max);
        expectRefusal(ReasonCode.TOKENS_FROZEN, 1, 0);
        token.transfer(annSecond, 1);
        expectRefusal(ReasonCode.TOKENS_FROZEN, 1, 0);
        token.transfer(ann, 1);
        vm.startPrank(annSecond);
        expectRefusal(ReasonCode.TOKENS_FROZEN, 1, 0);
        token.transferFrom(ann, annSecond, 1);
        token.transfer(ann, 3);
        vm.startPrank(ann);
        expectRefusal(ReasonCode.TOKENS_FROZEN, 4, 3);
        token.transfer(bob, 4);
        assertEq(token.getFrozenTokens(ann), 7);
    }

    /// @dev What was frozen for one holder does not unfreeze by moving wallet: the freeze goes along in a recovery.
    function test_C17_ARecoveryShedsAFreeze_Refused() external {
        mint(ann, 10);
        vm.startPrank(agent);
        token.freezePartialTokens(ann, 7);
        token.setAddressFrozen(ann, true);
        vm.stopPrank();
        recover(token, ann, spareWallet, annIdentity);
        assertEq(token.getFrozenTokens(spareWallet.addr), 7);
        expectRefusal(ReasonCode.SENDER_FROZEN);
        vm.prank(spareWallet.addr);
        token.transfer(bob, 1);
    }

    function test_C17_AForcedTransferToTheSameWalletClearsItsFreeze_SucceedsOnTheReference() external {
        trexMint(ann, 10);
        vm.startPrank(trexAgent);
        trex.token.freezePartialTokens(ann, 10);
        trex.token.forcedTransfer(ann, ann, 10);
        vm.stopPrank();
        assertEq(trex.token.getFrozenTokens(ann), 0);
        vm.prank(ann);
        trex.token.transfer(bob, 10);
        assertEq(trex.token.balanceOf(bob), 10);
    }
}
