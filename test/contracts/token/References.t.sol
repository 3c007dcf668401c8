// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { IERC3643Token } from "../../../contracts/interfaces/erc3643/IERC3643Token.sol";
import { ISecurityTokenCore, ISecurityTokenExtension } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { TokenFixture } from "./TokenFixture.sol";

/// @dev Batches that go on where an item is refused. Ann, a stranger without registration and Bob are the three items.
contract ReferencesTest is TokenFixture {
    bytes32 internal constant RUN = "run 7";

    function items() internal view returns (address[] memory accounts, uint256[] memory amounts) {
        accounts = new address[](3);
        (accounts[0], accounts[1], accounts[2]) = (ann, stranger, bob);
        amounts = new uint256[](3);
        (amounts[0], amounts[1], amounts[2]) = (10, 20, 30);
    }

    function tryMint() internal returns (uint256) {
        (address[] memory accounts, uint256[] memory amounts) = items();
        vm.prank(agent);
        return token.tryBatchMint(RUN, accounts, amounts);
    }

    function test_When_AnItemIsRefused_TheOthersAreCarriedOut() external {
        vm.expectEmit(address(token));
        emit ISecurityTokenExtension.ItemFailed(RUN, 1, ReasonCode.RECIPIENT_NOT_REGISTERED, ISecurityTokenCore.TransferRefused.selector);
        vm.expectEmit(address(token));
        emit ISecurityTokenExtension.BatchTried(RUN, agent, ISecurityTokenExtension.tryBatchMint.selector, 5);
        assertEq(tryMint(), 5);
        assertEq(token.balanceOf(ann), 10);
        assertEq(token.balanceOf(bob), 30);
        assertEq(token.totalSupply(), 40);
        assertEq(token.batchProgress(agent, RUN), 5);
    }

    function test_When_TheSameBatchIsTriedAgain_OnlyWhatWasRefusedIsDone() external {
        tryMint();
        assertEq(tryMint(), 5);
        assertEq(token.totalSupply(), 40);
        onboard(registry, stranger, "stranger", FRANCE);
        assertEq(tryMint(), 7);
        assertEq(tryMint(), 7);
        assertEq(token.balanceOf(stranger), 20);
        assertEq(token.totalSupply(), 60);
    }

    function test_RevertWhen_TheIdStandsForOtherItemsOrAnotherAct() external {
        tryMint();
        (address[] memory accounts, uint256[] memory amounts) = items();
        vm.startPrank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenExtension.BatchDiffers.selector, RUN));
        token.tryBatchBurn(RUN, accounts, amounts);
        amounts[2] = 31;
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenExtension.BatchDiffers.selector, RUN));
        token.tryBatchMint(RUN, accounts, amounts);
    }

    function test_When_AnotherCallerUsesTheId_ItIsHisOwnBatch() external {
        (address[] memory accounts, uint256[] memory amounts) = items();
        vm.prank(stranger);
        assertEq(token.tryBatchBurn(RUN, accounts, amounts), 0);
        assertEq(tryMint(), 5);
        assertEq(token.batchProgress(stranger, RUN), 0);
    }

    function test_When_AStrangerTries_EachItemMeetsTheGateOfItsAct() external {
        mint(ann, 10);
        (address[] memory accounts, uint256[] memory amounts) = items();
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectEmit(address(token));
            emit ISecurityTokenExtension.ItemFailed(RUN, i, ReasonCode.UNKNOWN, ISecurityTokenCore.AgentRoleMissing.selector);
        }
        vm.startPrank(stranger);
        assertEq(token.tryBatchMint(RUN, accounts, amounts), 0);
        assertEq(token.tryBatchBurn("burn", accounts, amounts), 0);
        assertEq(token.tryBatchForcedTransfer("force", accounts, accounts, amounts), 0);
        assertEq(token.totalSupply(), 10);
    }

    function test_When_AHolderPaysMany_WhatExceedsHisBalanceIsRefused() external {
        mint(ann, 45);
        (address[] memory accounts, uint256[] memory amounts) = items();
        (accounts[0], accounts[1], amounts[1]) = (address(0), bob, 40);
        vm.expectEmit(address(token));
        emit ISecurityTokenExtension.ItemFailed(RUN, 0, ReasonCode.INVALID_RECIPIENT, bytes4(keccak256("ERC20InvalidReceiver(address)")));
        vm.expectEmit(address(token));
        emit ISecurityTokenExtension.ItemFailed(
            RUN, 2, ReasonCode.INSUFFICIENT_BALANCE, bytes4(keccak256("ERC20InsufficientBalance(address,uint256,uint256)"))
        );
        vm.prank(ann);
        assertEq(token.tryBatchTransfer(RUN, accounts, amounts), 2);
        assertEq(token.balanceOf(bob), 40);
    }

    function test_When_UnitsAreRedeemed_EachHolderCountsForHimself() external {
        mint(ann, 10);
        mint(bob, 10);
        (address[] memory accounts, uint256[] memory amounts) = items();
        vm.prank(agent);
        assertEq(token.tryBatchBurn(RUN, accounts, amounts), 1);
        assertEq(token.totalSupply(), 10);
    }

    function test_When_ForcedTransfersAreTried_OnlyThoseAnnouncedHappen() external {
        mint(ann, 30);
        vm.startPrank(agent);
        token.scheduleForcedTransfer(ann, bob, 10, "court order");
        skip(FORCED_DELAY);
        address[] memory from = new address[](2);
        (from[0], from[1]) = (ann, ann);
        address[] memory to = new address[](2);
        (to[0], to[1]) = (bob, bob);
        uint256[] memory amounts = new uint256[](2);
        (amounts[0], amounts[1]) = (10, 11);
        assertEq(token.tryBatchForcedTransfer(RUN, from, to, amounts), 1);
        assertEq(token.balanceOf(bob), 10);
    }

    function test_RevertWhen_ListsDifferOrAreTooLong() external {
        vm.startPrank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.LengthMismatch.selector, 2, 1));
        token.tryBatchMint(RUN, new address[](2), new uint256[](1));
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.LengthMismatch.selector, 1, 2));
        token.tryBatchForcedTransfer(RUN, new address[](1), new address[](2), new uint256[](1));
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.LengthMismatch.selector, 1, 2));
        token.tryBatchForcedTransfer(RUN, new address[](1), new address[](1), new uint256[](2));
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.BatchTooLong.selector, 251, 250));
        token.tryBatchTransfer(RUN, new address[](251), new uint256[](251));
    }

    function test_When_ThereAre250Items_TheLastIsNotedToo() external {
        address[] memory accounts = new address[](250);
        uint256[] memory amounts = new uint256[](250);
        for (uint256 i = 0; i < 250; ++i) {
            (accounts[i], amounts[i]) = (ann, 1);
        }
        uint256 gasBefore = gasleft();
        vm.prank(agent);
        assertEq(token.tryBatchMint(RUN, accounts, amounts), (1 << 250) - 1);
        // Half of what one transaction may use (EIP-7825).
        assertLt(gasBefore - gasleft(), 16_777_216 / 2);
        assertEq(token.balanceOf(ann), 250);
    }

    function test_RevertWhen_AnActWithAReferenceIsRefused_ItIsTheActsRefusal() external {
        expectRoleMissing(stranger, AgentRole.MINTER);
        vm.prank(stranger);
        token.mint(ann, 1, "order 7");
        vm.prank(agent);
        expectRefusal(ReasonCode.RECIPIENT_NOT_REGISTERED);
        token.mint(stranger, 1, "order 7");
        assertEq(token.isAgent(stranger), false);
        assertEq(IERC3643Token(address(token)).totalSupply(), 0);
    }
}
