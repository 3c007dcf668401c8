// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { Vm } from "forge-std/Test.sol";
import { Lockup } from "../../../contracts/compliance/rules/Lockup.sol";
import { MaximumBalance } from "../../../contracts/compliance/rules/MaximumBalance.sol";
import { TransferFee } from "../../../contracts/compliance/rules/TransferFee.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { Kind, Transfer } from "../../../contracts/interfaces/IRule.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { TokenFixture } from "../token/TokenFixture.sol";

/// @notice Through a real token, beside a lock-up of received units and a cap.
contract TransferFeeSuiteTest is TokenFixture {
    TransferFee internal rule = new TransferFee();
    Lockup internal lockup = new Lockup();
    MaximumBalance internal maximum = new MaximumBalance();
    address internal treasury = makeAddr("treasury");
    address internal treasuryIdentity;

    function setUp() public override {
        super.setUp();
        treasuryIdentity = onboard(registry, treasury, "treasury", GERMANY);
        mint(ann, 100_000);
        set(100, treasury);
        skip(2 days);
    }

    function set(uint256 bps, address collector) internal {
        RuleSetting[] memory rules = new RuleSetting[](3);
        rules[0] = RuleSetting(address(lockup), abi.encode(uint32(1 days), true));
        rules[1] = RuleSetting(address(maximum), abi.encode(uint256(100_000)));
        rules[2] = RuleSetting(address(rule), abi.encode(bps, collector));
        compliance.setRules(rules);
    }

    function send(address from, address to, uint256 amount) internal {
        vm.prank(from);
        token.transfer(to, amount);
    }

    function assertRefused(uint256 amount, uint256 fee) internal {
        assertExplained(ann, bob, amount, ReasonCode.FEE_COLLECTOR_INVALID);
        vm.prank(ann);
        expectRefusalBy(address(rule), ReasonCode.FEE_COLLECTOR_INVALID, fee, 0);
        token.transfer(bob, amount);
    }

    function test_When_AFeeIsDue_BothLegsAreInOneTransfer() public {
        uint256 id = takeSnapshot();
        vm.expectEmit(address(token));
        emit IERC20.Transfer(ann, bob, 10_099);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(bob, treasury, 100);
        send(ann, bob, 10_099);
        assertEq(token.balanceOf(ann), 89_901);
        assertEq(token.balanceOf(bob), 9999);
        assertEq(token.balanceOf(treasury), 100);
        assertEq(token.totalSupply(), 100_000);
        assertEq(token.holderCount(), 3);
        assertEq(token.balanceOfAt(ann, id), 100_000);
        assertEq(token.balanceOfAt(bob, id) + token.balanceOfAt(treasury, id), 0);
    }

    function test_When_TheFeeComesToNothing_OnlyOneTransferIsWritten() public {
        vm.recordLogs();
        send(ann, bob, 99);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 transfers;
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].emitter == address(token) && logs[i].topics[0] == IERC20.Transfer.selector) transfers++;
        }
        assertEq(transfers, 1);
        assertEq(token.holderCount(), 2);
    }

    function test_When_ReceivedUnitsAreLocked_TheFeeTakesItsLockAlong() public {
        send(ann, bob, 10_000);
        assertEq(lockup.lockedOf(address(token), bobIdentity), 9900);
        assertEq(lockup.lockedOf(address(token), treasuryIdentity), 100);
        assertExplained(bob, ann, 1, ReasonCode.LOCKUP_ACTIVE);
        skip(1 days);
        send(bob, ann, 9900);
        assertEq(token.balanceOf(treasury), 199);
        assertEq(token.balanceOf(bob), 0);
        assertEq(token.holderCount(), 2);
        assertEq(token.totalSupply(), 100_000);
    }

    function test_When_TheRecipientIsNearHisCap_TheWholeAmountCounts() public {
        mint(bob, 95_000);
        assertExplained(ann, bob, 5001, ReasonCode.MAX_BALANCE);
        send(ann, bob, 5000);
        assertEq(token.balanceOf(bob), 99_950);
    }

    function test_When_TheCollectorIsAtHisCap_TheFeeIsStillTaken() public {
        mint(treasury, 100_000);
        send(ann, bob, 10_000);
        assertEq(token.balanceOf(treasury), 100_100);
    }

    function test_When_UnitsMoveFreely_NoFeeIsTaken() public {
        send(ann, annSecond, 50_000);
        send(ann, treasury, 10_000);
        skip(1 days);
        send(treasury, bob, 10_000);
        force(ann, bob, 10_000);
        assertEq(token.balanceOf(treasury), 0);
        assertEq(token.balanceOf(bob), 20_000);
        assertEq(token.balanceOf(annSecond), 50_000);
    }

    function test_RevertWhen_TheCollectorIsFrozen() public {
        vm.prank(agent);
        token.setAddressFrozen(treasury, true);
        assertRefused(100, 1);
        (uint256 amount, uint8 binding) = token.maxTransferable(ann, bob);
        assertEq(amount, 99);
        assertEq(binding, ReasonCode.FEE_COLLECTOR_INVALID);
        send(ann, bob, 99);
        vm.prank(agent);
        token.setAddressFrozen(treasury, false);
        send(ann, bob, 100);
        assertEq(token.balanceOf(treasury), 1);
    }

    function test_RevertWhen_TheCollectorIsNotRegistered() public {
        set(100, stranger);
        assertRefused(100, 1);
    }

    function test_RevertWhen_TheCollectorsClaimLapsedOrWasRevoked() public {
        revokeKyc(treasuryIdentity);
        assertRefused(100, 1);
        renewKyc(treasuryIdentity, 2);
        send(ann, bob, 100);
        skip(365 days + 1 hours);
        renewKyc(annIdentity, 2);
        renewKyc(bobIdentity, 2);
        assertRefused(100, 1);
    }

    function test_When_ASpenderTransfers_TheFeeIsTheSame() public {
        vm.prank(ann);
        token.approve(stranger, 10_000);
        vm.prank(stranger);
        token.transferFrom(ann, bob, 10_000);
        assertEq(token.balanceOf(treasury), 100);
        assertEq(token.allowance(ann, stranger), 0);
    }

    function test_When_TheCollectorIsCold_TheRuleStaysBelowItsGasCap() public {
        Transfer memory t = compliance.describe(Kind.TRANSFER, ann, ann, bob, 10_000);
        vm.cool(address(rule));
        vm.cool(address(token));
        vm.cool(address(store));
        assertTrue(rule.check{ gas: compliance.CHECK_GAS() }(t).pass);
        vm.cool(address(rule));
        vm.cool(address(token));
        vm.cool(address(store));
        vm.prank(address(compliance));
        uint256 before = gasleft();
        rule.enforce(t);
        assertLt(before - gasleft(), 60_000);
    }

    function testFuzz_When_Explained_TheTransferDoesTheSame(uint256 bps, uint256 amount, bool frozen, bool revoked, uint8 pair) public {
        set(bound(bps, 0, 1000), treasury);
        mint(bob, 50_000);
        mint(treasury, 50_000);
        skip(pair % 2 == 0 ? 2 days : 1 hours);
        if (frozen) {
            vm.prank(agent);
            token.setAddressFrozen(treasury, true);
        }
        if (revoked) revokeKyc(treasuryIdentity);
        address[4] memory wallets = [ann, annSecond, bob, treasury];
        (address from, address to) = (wallets[pair & 3], wallets[(pair >> 2) & 3]);
        amount = bound(amount, 0, 120_000);

        assertDoesAsExplained(from, to, amount);
    }

    function assertDoesAsExplained(address from, address to, uint256 amount) internal {
        (uint8 code,) = token.explain(from, to, amount);
        uint256 supply = token.totalSupply();
        uint256 before = token.balanceOf(treasury);
        (uint256 fee,) = rule.feeOf(compliance.describe(Kind.TRANSFER, from, from, to, amount));
        vm.prank(from);
        (bool done,) = address(token).call(abi.encodeCall(IERC20.transfer, (to, amount)));
        assertEq(done, code == ReasonCode.OK);
        assertEq(token.totalSupply(), supply);
        if (done && from != treasury && to != treasury) assertEq(token.balanceOf(treasury), before + fee);
        assertEq(token.balanceOf(ann) + token.balanceOf(annSecond) + token.balanceOf(bob) + token.balanceOf(treasury), supply);
    }
}
