// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IRule, Kind, Transfer } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityToken, ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

/// @dev For rules that judge by the number of holders.
abstract contract HolderFixture is ComplianceFixture {
    /// @return wallet of a new investor
    function person(string memory name, uint16 country) internal returns (address wallet) {
        wallet = makeAddr(name);
        token.link(wallet, identityOf(wallet), country);
    }

    function identityOf(address wallet) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("identity", wallet)))));
    }

    function burn(address from, uint256 amount) internal {
        token.move(Kind.BURN, from, address(0), amount);
    }

    function force(address from, address to, uint256 amount) internal {
        token.move(Kind.FORCED, from, to, amount);
    }

    function list(address a) internal pure returns (address[] memory identities) {
        identities = new address[](1);
        identities[0] = a;
    }

    function expectRefusal(IRule rule, uint8 code, uint256 actual, uint256 limit) internal {
        vm.expectRevert(abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, code, address(rule), actual, limit));
    }

    /// @dev The token has counted anew when it calls `enforce`, and not yet when it asks `check`.
    function assertEnforceAgreesAsTheTokenCounts(IRule rule, Transfer memory t, uint256 holders) internal {
        bool same = t.fromInvestor == t.toInvestor && t.fromInvestor != address(0);
        bool joins = !same && t.amount > 0 && t.toPosition == 0 && t.kind != Kind.BURN;
        bool leaves = !same && t.amount > 0 && t.fromPosition == t.amount && t.kind != Kind.MINT;
        // Whoever leaves was counted.
        if (leaves && holders == 0) holders = 1;

        tokenCounts(holders);
        (bool pass, bytes memory expected) = verdictOf(rule, t);
        assertEq(rule.check(t).until, 0, "time cures nothing here");

        if (joins && !leaves) tokenCounts(holders + 1);
        if (leaves && !joins) tokenCounts(holders - 1);
        vm.prank(address(compliance));
        (bool enforced, bytes memory returned) = address(rule).call(abi.encodeCall(IRule.enforce, (t)));
        assertEq(enforced, pass, "enforce and check disagree");
        if (!enforced) assertEq(returned, expected, "another reason");
    }

    function tokenCounts(uint256 holders) internal {
        vm.mockCall(address(token), abi.encodeCall(ISecurityTokenCore.holderCount, ()), abi.encode(holders));
    }

    /// @dev Of a movement between strangers, the room passes and one unit more does not, for what the sender has.
    function assertRoomIsExact(IRule rule, Transfer memory t) internal view {
        t.amount = 1;
        uint256 room = rule.check(t).room;
        if (room == type(uint256).max) {
            t.amount = t.fromPosition;
            assertTrue(t.amount == 0 || rule.check(t).pass, "any amount");
            return;
        }
        t.amount = room;
        assertTrue(room == 0 || rule.check(t).pass, "room");
        if (room >= t.fromPosition && t.kind == Kind.TRANSFER && room != 0) return;
        t.amount = room + 1;
        assertFalse(rule.check(t).pass, "room + 1");
    }
}
