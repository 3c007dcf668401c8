// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { TrexFixture } from "../reference/TrexFixture.sol";
import { TokenFixture } from "../token/TokenFixture.sol";

/// @notice Our launched token beside the reference's, with the same two investors verified on both.
abstract contract AbuseFixture is TokenFixture, TrexFixture {
    function setUp() public virtual override {
        TokenFixture.setUp();
        deployTrex();
        trexOnboard(ann);
        trexOnboard(bob);
    }

    function list(address item) internal pure returns (address[] memory items) {
        items = new address[](1);
        items[0] = item;
    }

    function list(uint256 item) internal pure returns (uint256[] memory items) {
        items = new uint256[](1);
        items[0] = item;
    }

    function list(uint256 first, uint256 second) internal pure returns (uint256[] memory items) {
        items = new uint256[](2);
        (items[0], items[1]) = (first, second);
    }
}
