// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Claim, Investor } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { IdentityFixture } from "./IdentityFixture.sol";

/// @notice Receipt gas of onboarding, each call its own cold transaction.
/// forge-config: default.isolate = true
contract IdentityGasTest is IdentityFixture {
    function test_OnboardOne() public {
        onboard(bob, BOB);
        Claim[] memory claims = list(claimOn(ALICE));
        bytes memory signature = signed(claims);

        registry.onboard(investor(alice, ALICE), claims, signature);

        uint256 gas = vm.snapshotGasLastCall("identity", "onboard one");
        assertLe(gas, 150_000);
    }

    function test_OnboardHundred() public {
        onboard(bob, BOB);
        Investor[] memory investors = new Investor[](100);
        Claim[] memory claims = new Claim[](100);
        for (uint256 i = 0; i < 100; i++) {
            bytes32 salt = keccak256(abi.encode("investor", i));
            investors[i] = investor(address(uint160(uint256(keccak256(abi.encode("wallet", i))))), salt);
            claims[i] = claimOn(salt);
        }
        bytes memory signature = signed(claims);

        registry.onboardBatch(investors, claims, signature);

        uint256 gas = vm.snapshotGasLastCall("identity", "onboard hundred");
        assertLe(gas / 100, 60_000);
    }
}
