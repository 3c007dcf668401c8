// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { CountryAllow } from "../../../contracts/compliance/rules/CountryAllow.sol";
import { Lockup } from "../../../contracts/compliance/rules/Lockup.sol";
import { MaximumBalance } from "../../../contracts/compliance/rules/MaximumBalance.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { TokenFixture } from "./TokenFixture.sol";

/// @dev Gas as a receipt shows it: `FOUNDRY_PROFILE=gas` runs each call as its own cold transaction. Figures land in test/contracts/gas/snapshots/TokenGasTest.json.
///      In other profiles these tests still run, only cheaper, and hold the bounds too.
contract TokenGasTest is TokenFixture {
    address internal carol = makeAddr("carol");

    function setUp() public override {
        super.setUp();
        onboard(registry, carol, "carol", FRANCE);
        mint(ann, 1000e18);
        mint(bob, 1000e18);
        skip(1 hours);
    }

    function measured(string memory name, uint256 ceiling) internal {
        assertLe(vm.snapshotGasLastCall(name), ceiling, name);
    }

    function setThreeRules(bool lockReceived) internal {
        uint16[] memory countries = new uint16[](2);
        (countries[0], countries[1]) = (GERMANY, FRANCE);
        RuleSetting[] memory rules = new RuleSetting[](3);
        rules[0] = RuleSetting(address(new CountryAllow()), abi.encode(countries));
        rules[1] = RuleSetting(address(new MaximumBalance()), abi.encode(uint256(1_000_000e18)));
        rules[2] = RuleSetting(address(new Lockup()), abi.encode(uint32(1 days), lockReceived));
        compliance.setRules(rules);
    }

    function list100(address base) internal returns (address[] memory wallets, uint256[] memory amounts) {
        wallets = new address[](100);
        amounts = new uint256[](100);
        for (uint160 i = 0; i < 100; ++i) {
            wallets[i] = address(uint160(base) + i);
            amounts[i] = 1e18;
            onboard(registry, wallets[i], bytes32(uint256(uint160(wallets[i]))), FRANCE);
        }
    }

    function test_WhenTransferringToExisting() external {
        vm.prank(bob);
        token.transfer(carol, 1e18);
        vm.prank(bob);
        token.transfer(carol, 1e18);
        measured("transfer to existing, 0 rules", 60_000);
    }

    function test_WhenTransferringToExistingOfTwoWallets() external {
        vm.prank(bob);
        token.transfer(ann, 1e18);
        measured("transfer to existing of two wallets, 0 rules", 60_000);
    }

    function test_WhenTransferringToNew() external {
        vm.prank(bob);
        token.transfer(carol, 1e18);
        measured("transfer to new, 0 rules", 113_000);
    }

    function test_WhenTransferringWithThreeRules() external {
        setThreeRules(false);
        mint(bob, 1e18);
        skip(2 days);
        vm.prank(bob);
        token.transfer(carol, 1e18);
        measured("transfer to new, 3 rules", 160_000);
        vm.prank(bob);
        token.transfer(carol, 1e18);
        // Rules that a token was deployed with stand in its compliance itself and cost 3,000 less (test/contracts/gas).
        measured("transfer to existing, 3 rules", 103_000);
    }

    function test_WhenReceivedUnitsAreLocked() external {
        setThreeRules(true);
        mint(bob, 1e18);
        skip(2 days);
        vm.prank(bob);
        token.transfer(carol, 1e18);
        vm.prank(bob);
        token.transfer(carol, 1e18);
        measured("transfer to existing, 3 rules that lock received units", 120_000);
    }

    function test_WhenMinting() external {
        mint(bob, 1e18);
        mint(bob, 1e18);
        measured("mint to existing", 62_000);
        mint(carol, 1e18);
        measured("mint to new", 110_000);
    }

    function test_WhenForcing() external {
        vm.prank(agent);
        token.scheduleForcedTransfer(bob, ann, 1e18, "court order");
        measured("scheduleForcedTransfer", 100_000);
        skip(FORCED_DELAY);
        vm.prank(agent);
        token.forcedTransfer(bob, ann, 1e18);
        measured("forcedTransfer to existing", 62_000);
    }

    function test_WhenBatching() external {
        (address[] memory wallets, uint256[] memory amounts) = list100(makeAddr("wallets"));
        vm.prank(bob);
        token.batchTransfer(wallets, amounts);
        measured("batchTransfer(100) to new, all", 6_500_000);
        vm.prank(bob);
        token.batchTransfer(wallets, amounts);
        measured("batchTransfer(100) to existing, all", 2_000_000);
        vm.prank(agent);
        token.batchMint(wallets, amounts);
        measured("batchMint(100) to existing, all", 2_000_000);
    }

    function test_WhenFreezing() external {
        vm.startPrank(agent);
        token.freezePartialTokens(bob, 1e18);
        measured("freezePartialTokens, first", 63_594);
        token.unfreezePartialTokens(bob, 1e18);
        measured("unfreezePartialTokens", 44_185);
        token.setAddressFrozen(bob, true);
        measured("setAddressFrozen", 61_415);
        token.burn(bob, 1e18);
        measured("burn", 70_434);
        token.pause();
        measured("pause", 42_676);
    }

    function test_WhenSpendingAnAllowance() external {
        vm.prank(bob);
        token.approve(carol, 10e18);
        vm.prank(carol);
        token.transferFrom(bob, ann, 1e18);
        measured("transferFrom to existing, finite", 71_000);
        vm.prank(bob);
        token.approve(carol, type(uint256).max);
        vm.prank(carol);
        token.transferFrom(bob, ann, 1e18);
        measured("transferFrom to existing, infinite", 68_000);
    }

    function test_WhenASnapshotWasTaken() external {
        vm.prank(snapshotter);
        token.snapshot();
        vm.prank(bob);
        token.transfer(ann, 1e18);
        measured("transfer to existing, first after a snapshot", 160_000);
        vm.prank(bob);
        token.transfer(ann, 1e18);
        measured("transfer to existing, later after a snapshot", 63_000);
    }
}
