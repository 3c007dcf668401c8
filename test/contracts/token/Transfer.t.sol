// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { MaximumBalance } from "../../../contracts/compliance/rules/MaximumBalance.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ReenteringRule } from "./ReenteringRule.sol";
import { TokenFixture } from "./TokenFixture.sol";

contract TransferTest is TokenFixture {
    function setUp() public override {
        super.setUp();
        mint(ann, 100e18);
    }

    /* ERC-20 */

    function test_WhenTransferring() external {
        vm.expectEmit(address(token));
        emit IERC20.Transfer(ann, bob, 40e18);
        vm.prank(ann);
        assertTrue(token.transfer(bob, 40e18));

        assertEq(token.balanceOf(ann), 60e18);
        assertEq(token.balanceOf(bob), 40e18);
        assertEq(token.totalSupply(), 100e18);
    }

    function test_WhenTransferringZero() external {
        vm.expectEmit(address(token));
        emit IERC20.Transfer(ann, bob, 0);
        vm.prank(ann);
        assertTrue(token.transfer(bob, 0));

        assertEq(token.holderCount(), 1);
        assertEq(token.balanceOf(bob), 0);
    }

    function test_WhenTransferringToOneself() external {
        vm.prank(ann);
        token.transfer(ann, 100e18);

        assertEq(token.balanceOf(ann), 100e18);
        assertEq(token.holderCount(), 1);
    }

    function test_WhenSpendingAFiniteAllowance() external {
        vm.prank(ann);
        token.approve(bob, 50e18);
        vm.prank(bob);
        token.transferFrom(ann, bob, 20e18);

        assertEq(token.allowance(ann, bob), 30e18);
        assertEq(token.balanceOf(bob), 20e18);
    }

    function test_WhenSpendingAnInfiniteAllowance() external {
        vm.prank(ann);
        token.approve(bob, type(uint256).max);
        vm.prank(bob);
        token.transferFrom(ann, bob, 20e18);

        assertEq(token.allowance(ann, bob), type(uint256).max);
    }

    function test_WhenTheHolderCallsTransferFrom() external {
        vm.prank(ann);
        token.transferFrom(ann, bob, 20e18);

        assertEq(token.balanceOf(bob), 20e18);
    }

    function test_WhenAllowancesChange() external {
        vm.startPrank(ann);
        token.increaseAllowance(bob, 50e18);
        assertEq(token.allowance(ann, bob), 50e18);
        token.decreaseAllowance(bob, 20e18);
        assertEq(token.allowance(ann, bob), 30e18);

        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, bob, 30e18, 31e18));
        token.decreaseAllowance(bob, 31e18);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidSpender.selector, address(0)));
        token.approve(address(0), 1);
        vm.stopPrank();

        // Nobody can send from zero, but a node simulates it.
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidApprover.selector, address(0)));
        vm.prank(address(0));
        token.approve(bob, 1);
    }

    function test_WhenBatching() external {
        (address[] memory wallets, uint256[] memory amounts) = (new address[](2), new uint256[](2));
        (wallets[0], wallets[1]) = (bob, annSecond);
        (amounts[0], amounts[1]) = (10e18, 20e18);
        vm.prank(ann);
        token.batchTransfer(wallets, amounts);

        assertEq(token.balanceOf(bob), 10e18);
        assertEq(token.balanceOf(annSecond), 20e18);
    }

    /* REFUSALS: each through the transfer and through its explanation */

    function test_RevertWhen_TheRecipientIsZero() external {
        assertExplained(ann, address(0), 1, ReasonCode.INVALID_RECIPIENT);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        token.transfer(address(0), 1);
    }

    function test_RevertWhen_TheBalanceIsExceeded() external {
        assertExplained(ann, bob, 101e18, ReasonCode.INSUFFICIENT_BALANCE);
        assertTrue(token.canTransfer(ann, bob, 101e18));
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ann, 100e18, 101e18));
        token.transfer(bob, 101e18);
    }

    function test_RevertWhen_TheAllowanceIsExceeded() external {
        vm.prank(ann);
        token.approve(bob, 5e18);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, bob, 5e18, 6e18));
        token.transferFrom(ann, bob, 6e18);
    }

    function test_RevertGiven_ThePause() external {
        vm.prank(agent);
        token.pause();

        assertExplained(ann, bob, 1, ReasonCode.TOKEN_PAUSED);
        vm.prank(ann);
        expectRefusal(ReasonCode.TOKEN_PAUSED);
        token.transfer(bob, 1);
        // A zero-value transfer moves nothing, and still asks.
        vm.prank(ann);
        expectRefusal(ReasonCode.TOKEN_PAUSED);
        token.transfer(bob, 0);
    }

    function test_RevertGiven_AFrozenSender() external {
        freeze(ann);

        assertExplained(ann, bob, 1, ReasonCode.SENDER_FROZEN);
        assertFalse(token.canSend(ann));
        vm.prank(ann);
        expectRefusal(ReasonCode.SENDER_FROZEN);
        token.transfer(bob, 1);
    }

    function test_RevertGiven_AFrozenRecipient() external {
        freeze(bob);

        assertExplained(ann, bob, 1, ReasonCode.RECIPIENT_FROZEN);
        assertFalse(token.canReceive(bob));
        vm.prank(ann);
        expectRefusal(ReasonCode.RECIPIENT_FROZEN);
        token.transfer(bob, 1);
    }

    function test_RevertGiven_AFrozenSpender() external {
        vm.prank(ann);
        token.approve(stranger, 10);
        freeze(stranger);

        vm.prank(stranger);
        expectRefusal(ReasonCode.SPENDER_FROZEN);
        token.transferFrom(ann, bob, 1);
    }

    function test_RevertWhen_FrozenUnitsWouldMove() external {
        vm.prank(agent);
        token.freezePartialTokens(ann, 70e18);

        assertExplained(ann, bob, 31e18, ReasonCode.TOKENS_FROZEN);
        vm.prank(ann);
        expectRefusal(ReasonCode.TOKENS_FROZEN, 31e18, 30e18);
        token.transfer(bob, 31e18);
        vm.prank(ann);
        token.transfer(bob, 30e18);
    }

    function test_RevertGiven_AnUnknownRecipient() external {
        assertExplained(ann, stranger, 1, ReasonCode.RECIPIENT_NOT_REGISTERED);
        vm.prank(ann);
        expectRefusal(ReasonCode.RECIPIENT_NOT_REGISTERED);
        token.transfer(stranger, 1);
    }

    function test_RevertGiven_ABlockedRecipient() external {
        store.setBlocked(bobIdentity, true);

        assertExplained(ann, bob, 1, ReasonCode.RECIPIENT_BLOCKED);
        vm.prank(ann);
        expectRefusal(ReasonCode.RECIPIENT_BLOCKED);
        token.transfer(bob, 1);
    }

    function test_RevertGiven_ARecipientWithoutClaim() external {
        bytes32 salt = "carol";
        store.reserveIdentity(salt);
        address carol = makeAddr("carol");
        registry.registerIdentity(carol, identityFactory.predict(salt), GERMANY);

        assertExplained(ann, carol, 1, ReasonCode.RECIPIENT_CLAIM_MISSING);
        vm.prank(ann);
        expectRefusal(ReasonCode.RECIPIENT_CLAIM_MISSING);
        token.transfer(carol, 1);
    }

    function test_RevertGiven_AnExpiredRecipient() external {
        skip(366 days);

        assertExplained(ann, bob, 1, ReasonCode.RECIPIENT_CLAIM_EXPIRED);
        vm.prank(ann);
        expectRefusal(ReasonCode.RECIPIENT_CLAIM_EXPIRED);
        token.transfer(bob, 1);
    }

    function test_RevertGiven_ARevokedRecipient() external {
        revokeKyc(bobIdentity);

        assertExplained(ann, bob, 1, ReasonCode.RECIPIENT_CLAIM_REVOKED);
        vm.prank(ann);
        expectRefusal(ReasonCode.RECIPIENT_CLAIM_REVOKED);
        token.transfer(bob, 1);
    }

    function test_RevertGiven_ARevokedSender() external {
        revokeKyc(annIdentity);

        assertExplained(ann, bob, 1, ReasonCode.SENDER_NOT_ELIGIBLE);
        assertFalse(token.canSend(ann));
        vm.prank(ann);
        expectRefusal(ReasonCode.SENDER_NOT_ELIGIBLE);
        token.transfer(bob, 1);
    }

    function test_RevertGiven_ABlockedSender() external {
        store.setBlocked(annIdentity, true);

        vm.prank(ann);
        expectRefusal(ReasonCode.SENDER_NOT_ELIGIBLE);
        token.transfer(bob, 1);
    }

    /// @dev What lapses must not trap its holder.
    function test_GivenAnExpiredSender() external {
        skip(366 days);
        renewKyc(bobIdentity, 2);

        vm.prank(ann);
        token.transfer(bob, 100e18);
        assertEq(token.balanceOf(bob), 100e18);
    }

    function test_RevertWhen_ARuleRefuses() external {
        MaximumBalance rule = new MaximumBalance();
        setRule(address(rule), abi.encode(uint256(50e18)));

        assertExplained(ann, bob, 51e18, ReasonCode.MAX_BALANCE);
        vm.prank(ann);
        expectRefusalBy(address(rule), ReasonCode.MAX_BALANCE, 51e18, 50e18);
        token.transfer(bob, 51e18);
        vm.prank(ann);
        token.transfer(bob, 50e18);
    }

    /* ABUSE */

    /// @dev C13: a wrong file must not half-work.
    function test_RevertWhen_ArraysDifferInLength() external {
        vm.startPrank(ann);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.LengthMismatch.selector, 2, 1));
        token.batchTransfer(new address[](2), new uint256[](1));
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.LengthMismatch.selector, 1, 2));
        token.batchTransfer(new address[](1), new uint256[](2));
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.BatchTooLong.selector, 251, 250));
        token.batchTransfer(new address[](251), new uint256[](251));
        vm.startPrank(agent);
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.LengthMismatch.selector, 1, 2));
        token.batchMint(new address[](1), new uint256[](2));
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.LengthMismatch.selector, 1, 2));
        token.batchBurn(new address[](1), new uint256[](2));
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.LengthMismatch.selector, 1, 2));
        token.batchForcedTransfer(new address[](1), new address[](2), new uint256[](1));
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.LengthMismatch.selector, 1, 2));
        token.batchForcedTransfer(new address[](1), new address[](1), new uint256[](2));
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.LengthMismatch.selector, 1, 2));
        token.batchSetAddressFrozen(new address[](1), new bool[](2));
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.LengthMismatch.selector, 1, 2));
        token.batchFreezePartialTokens(new address[](1), new uint256[](2));
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.LengthMismatch.selector, 1, 2));
        token.batchUnfreezePartialTokens(new address[](1), new uint256[](2));
    }

    /// @dev C17: passing units around sheds no freeze.
    function test_WhenFrozenUnitsAreDancedAround() external {
        vm.prank(agent);
        token.freezePartialTokens(ann, 70e18);
        vm.startPrank(ann);
        token.transfer(annSecond, 30e18);
        token.transfer(ann, 0);
        expectRefusal(ReasonCode.TOKENS_FROZEN, 1, 0);
        token.transfer(annSecond, 1);

        assertEq(token.getFrozenTokens(ann), 70e18);
    }

    /// @dev C23: a rule that tries to move units while it judges gets nothing but its own failure.
    function test_WhenARuleReenters() external {
        ReenteringRule rule = new ReenteringRule(token, ann);
        registry.registerIdentity(address(rule), bobIdentity, FRANCE);
        mint(address(rule), 10);
        setRule(address(rule), "");
        vm.prank(ann);
        token.transfer(bob, 1);

        assertEq(rule.answer(), abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        assertEq(token.balanceOf(address(rule)), 10);
        assertEq(token.balanceOf(bob), 1);
    }

    function freeze(address wallet) internal {
        vm.prank(agent);
        token.setAddressFrozen(wallet, true);
    }
}
