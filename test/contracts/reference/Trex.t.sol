// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { TrexFixture } from "./TrexFixture.sol";

/// @notice The reference stands and works as its users know it: what the abuse cases and comparisons rest on.
contract TrexTest is TrexFixture {
    address internal ann = makeAddr("ann");
    address internal bob = makeAddr("bob");

    function setUp() public {
        deployTrex();
        trexOnboard(ann);
    }

    function test_AVerifiedInvestorReceivesAndSends() public {
        trexOnboard(bob);
        trexMint(ann, 100);
        vm.prank(ann);
        trex.token.transfer(bob, 40);
        assertEq(trex.token.balanceOf(ann), 60);
        assertEq(trex.token.balanceOf(bob), 40);
        assertEq(trex.token.version(), "4.1.3", "what the contract of package 4.1.6 says of itself");
    }

    function test_AnUnverifiedInvestorDoesNotReceive() public {
        trexOnboardWithoutClaim(bob);
        assertFalse(trex.registry.isVerified(bob));
        vm.expectRevert("Identity is not verified.");
        trexMint(bob, 1);
        trexMint(ann, 1);
        vm.expectRevert("Transfer not possible");
        vm.prank(ann);
        trex.token.transfer(bob, 1);
    }

    function test_AModuleOfTheReferenceRefuses() public {
        trexOnboard(bob);
        address module = bindTrexModule("CountryAllowModule");
        vm.expectRevert("Compliance not followed");
        trexMint(ann, 1);
        vm.prank(trexOwner);
        trex.compliance.callModuleFunction(abi.encodeWithSignature("addAllowedCountry(uint16)", uint16(276)), module);
        trexMint(ann, 1);
        assertEq(trex.token.balanceOf(ann), 1);
    }

    function test_ARevokedClaimNoLongerVerifies() public {
        trexIssuer.revokeClaimBySignature(trexClaimSignature(trexIdentityOf[ann], "passed"));
        assertFalse(trex.registry.isVerified(ann));
    }
}
