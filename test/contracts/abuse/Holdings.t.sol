// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { MaximumBalance } from "../../../contracts/compliance/rules/MaximumBalance.sol";
import { IIdentityStorage } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { ISecurityToken } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ITrexModules } from "../reference/TrexInterfaces.sol";
import { AbuseFixture } from "./AbuseFixture.sol";

/// @notice Units and investors torn apart: holdings that no longer belong to anybody, or to too many.
contract HoldingsAbuseTest is AbuseFixture {
    /* C19 */

    function test_C19_AWalletWithUnitsIsDeletedOrMoved_Refused() external {
        mint(ann, 1);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletHoldsUnits.selector, ann, 1));
        registry.deleteIdentity(ann);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletHoldsUnits.selector, ann, 1));
        registry.updateIdentity(ann, bobIdentity);
        assertEq(registry.identity(ann), annIdentity);
    }

    /// @dev Nor through the registry of a token in which it holds nothing.
    function test_C19_AWalletIsDeletedThroughTheRegistryOfAnotherToken_Refused() external {
        (ISecurityToken second,) = secondSuite();
        vm.prank(agent);
        second.mint(ann, 1);
        mint(ann, 1);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletHoldsUnits.selector, ann, 2));
        registry.deleteIdentity(ann);
        vm.prank(agent);
        token.burn(ann, 1);
        vm.expectRevert(abi.encodeWithSelector(IIdentityStorage.WalletHoldsUnits.selector, ann, 1));
        registry.deleteIdentity(ann);
    }

    function secondSuite() internal returns (ISecurityToken second, address registryOfSecond) {
        (second,,) = newSuite();
        registryOfSecond = second.identityRegistry();
    }

    /// @dev The wallet is deleted with its units; from then on they cannot leave it: not sold, not burnt, not even taken.
    function test_C19_AWalletWithUnitsIsDeleted_StrandsThemOnTheReference() external {
        limitTrexBalances();
        trexMint(ann, 100);
        vm.prank(trexAgent);
        trex.registry.deleteIdentity(ann);

        vm.prank(ann);
        vm.expectRevert("identity not found");
        trex.token.transfer(bob, 1);
        vm.startPrank(trexAgent);
        vm.expectRevert("identity not found");
        trex.token.burn(ann, 1);
        vm.expectRevert("identity not found");
        trex.token.forcedTransfer(ann, bob, 1);
        assertEq(trex.token.balanceOf(ann), 100);
    }

    /// @dev The count stays with the former identity, so that what the wallet holds can no longer be counted off.
    function test_C19_AWalletWithUnitsIsMoved_BreaksTheCountOnTheReference() external {
        limitTrexBalances();
        trexMint(ann, 100);
        vm.startPrank(trexAgent);
        trex.registry.updateIdentity(ann, trexIdentityOf[bob]);
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        trex.token.burn(ann, 1);
    }

    function limitTrexBalances() internal {
        address module = bindTrexModule("MaxBalanceModule");
        vm.prank(trexOwner);
        trex.compliance.callModuleFunction(abi.encodeCall(ITrexModules.setMaxBalance, (1000)), module);
    }

    /* C21: minimum holdings are a rule */

    function test_C21_NothingIsSentToNewcomers_MakesNobodyAHolder() external {
        mint(ann, 10);
        for (uint256 i = 0; i < 5; i++) {
            address newcomer = vm.addr(100 + i);
            onboard(registry, newcomer, bytes32(i + 1), GERMANY);
            vm.prank(ann);
            token.transfer(newcomer, 0);
            vm.prank(agent);
            token.mint(newcomer, 0);
            assertEq(store.walletsOf(registry.identity(newcomer)).length, 0);
        }
        assertEq(token.holderCount(), 1);
    }

    /* C22 */

    function test_C22_ASecondWalletDodgesTheMaximum_Refused() external {
        MaximumBalance rule = new MaximumBalance();
        setRule(address(rule), abi.encode(uint256(100)));
        mint(ann, 60);
        mint(bob, 100);
        expectRefusalBy(address(rule), ReasonCode.MAX_BALANCE, 101, 100);
        mint(annSecond, 41);
        vm.prank(ann);
        token.transfer(annSecond, 60);
        expectRefusalBy(address(rule), ReasonCode.MAX_BALANCE, 101, 100);
        vm.prank(bob);
        token.transfer(ann, 41);
        mint(ann, 40);
        assertEq(token.positionOf(annIdentity), 100);
        assertEq(token.holderCount(), 2);
    }
}
