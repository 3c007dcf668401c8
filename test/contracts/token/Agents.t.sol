// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { SupplyLimit } from "../../../contracts/compliance/rules/SupplyLimit.sol";
import { AgentRole } from "../../../contracts/interfaces/AgentRole.sol";
import { IAgentRole } from "../../../contracts/interfaces/erc3643/IAgentRole.sol";
import { IERC3643Token } from "../../../contracts/interfaces/erc3643/IERC3643Token.sol";
import { IERC7943Fungible } from "../../../contracts/interfaces/IERC7943Fungible.sol";
import { Kind } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityToken, ISecurityTokenCore, ISecurityTokenExtension } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { TokenFixture } from "./TokenFixture.sol";

/// @dev Mint, burn, freezes and pause, and who may do them.
contract AgentsTest is TokenFixture {
    /* MINT */

    function test_WhenMinting() external {
        vm.expectEmit(address(token));
        emit IERC20.Transfer(address(0), ann, 10e18);
        mint(ann, 10e18);

        assertEq(token.balanceOf(ann), 10e18);
        assertEq(token.totalSupply(), 10e18);
        assertEq(token.holderCount(), 1);
    }

    function test_WhenMintingWithAReference() external {
        vm.expectEmit(address(token));
        emit ISecurityTokenExtension.OperationRecorded("order 7", bytes4(keccak256("mint(address,uint256,bytes32)")), 0);
        vm.prank(agent);
        token.mint(ann, 10e18, "order 7");
    }

    function test_WhenMintingZero() external {
        mint(ann, 0);

        assertEq(token.holderCount(), 0);
    }

    function test_RevertGiven_TheCallerIsNoMinter() external {
        vm.prank(stranger);
        expectRoleMissing(stranger, AgentRole.MINTER);
        token.mint(ann, 0);
        assertMintExplained(stranger, ann, 0, ReasonCode.MINT_CAP);
    }

    function test_RevertWhen_MintingToZero() external {
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        token.mint(address(0), 1);
        assertMintExplained(agent, address(0), 1, ReasonCode.INVALID_RECIPIENT);
    }

    /// @dev C5.
    function test_RevertGiven_ThePauseWhenMinting() external {
        vm.startPrank(agent);
        token.pause();
        expectRefusal(ReasonCode.TOKEN_PAUSED);
        token.mint(ann, 1);
        assertMintExplained(agent, ann, 1, ReasonCode.TOKEN_PAUSED);
    }

    function test_GivenTheTokenIsNotLaunchedWhenMinting() external {
        (ISecurityToken fresh,,) = newSuite();
        assertTrue(fresh.paused());
        vm.prank(agent);
        fresh.mint(ann, 1);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, ReasonCode.TOKEN_PAUSED, fresh, 0, 0));
        fresh.transfer(bob, 1);
    }

    /// @dev C5.
    function test_RevertGiven_AFrozenRecipientWhenMinting() external {
        vm.startPrank(agent);
        token.setAddressFrozen(ann, true);
        expectRefusal(ReasonCode.RECIPIENT_FROZEN);
        token.mint(ann, 1);
        assertMintExplained(agent, ann, 1, ReasonCode.RECIPIENT_FROZEN);
    }

    function test_RevertGiven_AnUnverifiedRecipientWhenMinting() external {
        vm.prank(agent);
        expectRefusal(ReasonCode.RECIPIENT_NOT_REGISTERED);
        token.mint(stranger, 1);
        revokeKyc(annIdentity);
        vm.prank(agent);
        expectRefusal(ReasonCode.RECIPIENT_CLAIM_REVOKED);
        token.mint(ann, 1);
    }

    /// @dev C6: what a stolen key can mint is bounded.
    function test_RevertWhen_TheCapOfTheDayIsExceeded() external {
        mint(ann, DAY_CAP - 1);
        skip(1 days - 1);
        vm.startPrank(agent);
        expectRefusal(ReasonCode.MINT_CAP, uint256(DAY_CAP) + 1, DAY_CAP);
        token.mint(ann, 2);
        assertMintExplained(agent, ann, 2, ReasonCode.MINT_CAP);
        expectRefusal(ReasonCode.MINT_CAP, type(uint256).max, DAY_CAP);
        token.mint(ann, type(uint256).max);
        token.mint(ann, 1);

        (uint256 cap, uint256 minted, uint40 windowEndsAt) = token.mintAllowance(agent);
        assertEq(cap, DAY_CAP);
        assertEq(minted, DAY_CAP);
        assertEq(windowEndsAt, block.timestamp + 1);
    }

    function test_WhenTheWindowEnds() external {
        mint(ann, DAY_CAP);
        skip(1 days);
        mint(ann, DAY_CAP);

        assertEq(token.totalSupply(), 2 * uint256(DAY_CAP));
    }

    /// @dev Taking the role away and giving it back opens no second window.
    function test_RevertWhen_AReappointedMinterExceedsItsCap() external {
        mint(ann, DAY_CAP);
        token.removeAgent(agent);
        token.setAgent(agent, AgentRole.MINTER, DAY_CAP);

        vm.prank(agent);
        expectRefusal(ReasonCode.MINT_CAP, uint256(DAY_CAP) + 1, DAY_CAP);
        token.mint(ann, 1);
    }

    function test_RevertGiven_NoCap() external {
        token.setAgent(stranger, AgentRole.MINTER, 0);
        vm.prank(stranger);
        expectRefusal(ReasonCode.MINT_CAP, 1, 0);
        token.mint(ann, 1);
    }

    function test_RevertWhen_ARuleRefusesTheMint() external {
        SupplyLimit rule = new SupplyLimit();
        setRule(address(rule), abi.encode(uint256(5)));

        assertMintExplained(agent, ann, 6, ReasonCode.SUPPLY_CAP);
        vm.prank(agent);
        expectRefusalBy(address(rule), ReasonCode.SUPPLY_CAP, 6, 5);
        token.mint(ann, 6);
    }

    /// @dev The supply fits 112 bits, whatever the caps.
    function test_RevertWhen_TheSupplyExceedsItsWidth() external {
        token.setAgent(agent, ALL_ROLES, type(uint96).max);
        bytes32 slot = bytes32(uint256(0x4e1462d0d7fb4d0f49eaf7c512446a7457d2128ffb31aa3d046c310a30c1d700) + 1);
        vm.store(address(token), slot, bytes32(uint256(type(uint112).max) - 1));

        mint(ann, 1);
        assertMintExplained(agent, ann, 1, ReasonCode.SUPPLY_CAP);
        vm.prank(agent);
        expectRefusal(ReasonCode.SUPPLY_CAP, uint256(type(uint112).max) + 1, type(uint112).max);
        token.mint(ann, 1);
    }

    /* BURN */

    function test_WhenBurning() external {
        mint(ann, 10e18);
        vm.prank(agent);
        token.burn(ann, 10e18);

        assertEq(token.totalSupply(), 0);
        assertEq(token.holderCount(), 0);
    }

    /// @dev Exits never brick: not by the pause, a freeze, a block or a revoked claim.
    function test_WhenBurningFrozenUnits() external {
        mint(ann, 10e18);
        vm.startPrank(agent);
        token.freezePartialTokens(ann, 8e18);
        token.setAddressFrozen(ann, true);
        token.pause();
        vm.stopPrank();
        store.setBlocked(annIdentity, true);

        vm.expectEmit(address(token));
        emit IERC3643Token.TokensUnfrozen(ann, 3e18);
        vm.expectEmit(address(token));
        emit IERC7943Fungible.Frozen(ann, 5e18);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(ann, address(0), 5e18);
        vm.prank(agent);
        token.burn(ann, 5e18);

        assertEq(token.getFrozenTokens(ann), 5e18);
        assertEq(token.balanceOf(ann), 5e18);
    }

    function test_RevertWhen_BurningMoreThanTheBalance() external {
        mint(ann, 10e18);
        vm.prank(agent);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ann, 10e18, 11e18));
        token.burn(ann, 11e18);
    }

    function test_RevertGiven_TheCallerIsNoBurner() external {
        vm.prank(stranger);
        expectRoleMissing(stranger, AgentRole.BURNER);
        token.burn(ann, 0);
    }

    /* FREEZES */

    function test_WhenFreezingUnits() external {
        mint(ann, 10e18);
        vm.startPrank(agent);
        vm.expectEmit(address(token));
        emit IERC3643Token.TokensFrozen(ann, 4e18);
        vm.expectEmit(address(token));
        emit IERC7943Fungible.Frozen(ann, 4e18);
        token.freezePartialTokens(ann, 4e18);
        vm.expectEmit(address(token));
        emit IERC3643Token.TokensUnfrozen(ann, 1e18);
        token.unfreezePartialTokens(ann, 1e18);

        assertEq(token.getFrozenTokens(ann), 3e18);
        vm.expectRevert(abi.encodeWithSelector(IERC7943Fungible.ERC7943InsufficientUnfrozenBalance.selector, ann, 8e18, 7e18));
        token.freezePartialTokens(ann, 8e18);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.UnfreezeExceedsFrozen.selector, ann, 4e18, 3e18));
        token.unfreezePartialTokens(ann, 4e18);
    }

    /// @dev ERC-7943: what arrives later is frozen as it comes.
    function test_WhenFreezingMoreThanTheBalance() external {
        mint(ann, 10e18);
        vm.prank(agent);
        assertTrue(token.setFrozenTokens(ann, 15e18));
        assertEq(token.getFrozenTokens(ann), 15e18);

        mint(ann, 10e18);
        assertExplained(ann, bob, 6e18, ReasonCode.TOKENS_FROZEN);
        vm.prank(ann);
        token.transfer(bob, 5e18);

        vm.startPrank(agent);
        token.setFrozenTokens(ann, 0);
        assertEq(token.getFrozenTokens(ann), 0);
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 112, type(uint256).max));
        token.setFrozenTokens(ann, type(uint256).max);
    }

    function test_WhenFreezingInBatches() external {
        mint(ann, 10e18);
        address[] memory wallets = new address[](2);
        (wallets[0], wallets[1]) = (ann, bob);
        bool[] memory flags = new bool[](2);
        (flags[0], flags[1]) = (true, true);
        uint256[] memory amounts = new uint256[](2);
        amounts[0] = 3e18;
        vm.startPrank(agent);
        token.batchSetAddressFrozen(wallets, flags);
        token.batchFreezePartialTokens(wallets, amounts);
        assertTrue(token.isFrozen(ann) && token.isFrozen(bob));
        assertEq(token.getFrozenTokens(ann), 3e18);

        vm.expectEmit(address(token));
        emit ISecurityTokenExtension.OperationRecorded(
            "case 9", bytes4(keccak256("batchUnfreezePartialTokens(address[],uint256[],bytes32)")), 0
        );
        token.batchUnfreezePartialTokens(wallets, amounts, "case 9");
        assertEq(token.getFrozenTokens(ann), 0);
    }

    function test_RevertGiven_TheCallerIsNoFreezer() external {
        vm.startPrank(stranger);
        expectRoleMissing(stranger, AgentRole.FREEZER);
        token.setAddressFrozen(ann, true);
        expectRoleMissing(stranger, AgentRole.FREEZER);
        token.freezePartialTokens(ann, 0);
        expectRoleMissing(stranger, AgentRole.FREEZER);
        token.unfreezePartialTokens(ann, 0);
        expectRoleMissing(stranger, AgentRole.FREEZER);
        token.setFrozenTokens(ann, 0);
    }

    /* PAUSE */

    function test_WhenPausing() external {
        vm.prank(agent);
        vm.expectEmit(address(token));
        emit IERC3643Token.Paused(agent);
        token.pause();
        assertTrue(token.paused());

        vm.expectEmit(address(token));
        emit IERC3643Token.Unpaused(address(this));
        token.unpause();
        assertFalse(token.paused());
        vm.expectRevert(ISecurityTokenCore.ExpectedPause.selector);
        token.unpause();

        vm.prank(guardian);
        token.pause();
        vm.prank(guardian);
        vm.expectRevert(ISecurityTokenCore.EnforcedPause.selector);
        token.pause();
    }

    function test_RevertGiven_AStrangerPauses() external {
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        token.pause();
        vm.startPrank(agent);
        token.pause();
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, agent));
        token.unpause();
    }

    /* AGENTS */

    function test_WhenAnAgentIsAdded() external {
        vm.expectEmit(address(token));
        emit IAgentRole.AgentAdded(stranger);
        token.addAgent(stranger);

        assertTrue(token.isAgent(stranger));
        assertEq(token.agentRoles(stranger), AgentRole.MINTER | AgentRole.BURNER | AgentRole.FREEZER | AgentRole.PAUSER);
        (uint256 cap,,) = token.mintAllowance(stranger);
        assertEq(cap, 1000e18);
    }

    function test_WhenAnAgentIsAddedAgain() external {
        token.addAgent(agent);

        assertEq(token.agentRoles(agent), ALL_ROLES);
        (uint256 cap,,) = token.mintAllowance(agent);
        assertEq(cap, DAY_CAP);
    }

    function test_WhenAnAgentIsRemoved() external {
        vm.expectEmit(address(token));
        emit IAgentRole.AgentRemoved(agent);
        vm.prank(guardian);
        token.removeAgent(agent);

        assertFalse(token.isAgent(agent));
        vm.prank(agent);
        expectRoleMissing(agent, AgentRole.MINTER);
        token.mint(ann, 1);
    }

    function test_RevertGiven_AStrangerAppoints() external {
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        token.addAgent(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        token.removeAgent(agent);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        token.setAgent(stranger, ALL_ROLES, 1);
    }

    /* BUSINESS REFERENCES */

    /// @dev Every agent act has a variant that proves afterwards what it was done for.
    function test_WhenActsCarryAReference() external {
        bytes32 ref = "case 9";
        mint(ann, 100);
        mint(bob, 100);
        address[] memory wallets = new address[](1);
        address[] memory others = new address[](1);
        uint256[] memory amounts = new uint256[](1);
        bool[] memory flags = new bool[](1);
        (wallets[0], others[0], amounts[0]) = (ann, bob, 5);
        bytes memory signature = recoverySignature(token, ann, spareWallet, annIdentity);
        vm.startPrank(agent);
        token.scheduleForcedTransfer(ann, bob, 5, "court order");
        token.scheduleForcedTransfer(ann, bob, 6, "court order");
        token.proposeRecovery(ann, spareWallet.addr, annIdentity, signature);
        vm.stopPrank();
        skip(RECOVERY_DELAY);

        act("burn(address,uint256,bytes32)", abi.encode(ann, 5, ref));
        act("setAddressFrozen(address,bool,bytes32)", abi.encode(ann, false, ref));
        act("freezePartialTokens(address,uint256,bytes32)", abi.encode(ann, 5, ref));
        act("unfreezePartialTokens(address,uint256,bytes32)", abi.encode(ann, 5, ref));
        act("forcedTransfer(address,address,uint256,bytes32)", abi.encode(ann, bob, 6, ref));
        act("batchMint(address[],uint256[],bytes32)", abi.encode(wallets, amounts, ref));
        act("batchBurn(address[],uint256[],bytes32)", abi.encode(wallets, amounts, ref));
        act("batchForcedTransfer(address[],address[],uint256[],bytes32)", abi.encode(wallets, others, amounts, ref));
        act("batchSetAddressFrozen(address[],bool[],bytes32)", abi.encode(wallets, flags, ref));
        act("batchFreezePartialTokens(address[],uint256[],bytes32)", abi.encode(wallets, amounts, ref));
        act("batchUnfreezePartialTokens(address[],uint256[],bytes32)", abi.encode(wallets, amounts, ref));
        act("recoveryAddress(address,address,address,bytes32)", abi.encode(ann, spareWallet.addr, annIdentity, ref));
        assertEq(token.balanceOf(bob), 111);
        assertEq(token.balanceOf(spareWallet.addr), 84);
    }

    function act(string memory signature, bytes memory arguments) internal {
        bytes4 selector = bytes4(keccak256(bytes(signature)));
        vm.expectEmit(address(token));
        emit ISecurityTokenExtension.OperationRecorded("case 9", selector, 0);
        vm.prank(agent);
        (bool success,) = address(token).call(bytes.concat(selector, arguments));
        assertTrue(success, signature);
    }

    function assertMintExplained(address minter, address to, uint256 amount, uint8 expected) internal view {
        (uint8 code,) = token.explainAs(Kind.MINT, minter, address(0), to, amount);
        assertEq(code, expected);
    }
}
