// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Test } from "forge-std/Test.sol";
import { Roles } from "../../../contracts/factory/Roles.sol";
import { IssuerManager } from "../../../contracts/factory/IssuerManager.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { IdentityRegistry } from "../../../contracts/identity/IdentityRegistry.sol";
import { IdentityStorage } from "../../../contracts/identity/IdentityStorage.sol";
import { ISecurityToken } from "../../../contracts/interfaces/ISecurityToken.sol";
import { SecurityTokenNext } from "../token/SecurityTokenNext.sol";
import { SuiteHandler } from "./SuiteHandler.sol";

/// @notice What holds of three suites on one storage whatever anybody does. The number before a sentence is the invariant's in README.md;
///         6, 7, 12, 14 and 17 are held at each act, in the handler.
/// forge-config: default.invariant.check-interval = 16
/// forge-config: deep.invariant.check-interval = 32
contract SuiteInvariantTest is Test {
    uint256 private constant TOKENS = 3;

    SuiteHandler internal handler;
    IdentityStorage internal store;

    function setUp() external {
        handler = new SuiteHandler();
        handler.setUp();
        store = IdentityStorage(handler.tokens(0).identityStorage());
        targetContract(address(handler));
        targetSelector(FuzzSelector({ addr: address(handler), selectors: handler.acts() }));
        excludeSender(address(handler));
    }

    /// @dev 6, 7, 4 and 11 at the end of each run, on pairs and a suite that its outcome chooses.
    function afterInvariant() external {
        uint256 seed = uint256(keccak256(abi.encode(block.timestamp, handler.supplies(0), handler.supplies(1), handler.walletCount())));
        handler.assertExplained(seed);
        handler.assertSyncedCountries();
        handler.assertExitsSucceed(seed);
        invariant_UnitsAddUpAndRecordsStay();
        invariant_EligibilityAndPowersFollowTheirPaths();
    }

    /// @dev 1, 2, 3, 4, 5, 10, 13, 15.
    function invariant_UnitsAddUpAndRecordsStay() public view {
        for (uint256 t = 0; t < TOKENS; ++t) {
            assertWallets(t);
            assertInvestors(t);
            assertRecords(t);
        }
        for (uint256 i = 0; i < handler.walletCount(); ++i) {
            assertHoldCount(handler.wallets(i));
        }
    }

    /// @dev 8, 9, 16.
    function invariant_EligibilityAndPowersFollowTheirPaths() public view {
        handler.assertNothingComesBack();
        for (uint256 t = 0; t < TOKENS; ++t) {
            assertEligibility(t);
            assertPowers(t);
        }
    }

    /* PARTS */

    function assertWallets(uint256 t) private view {
        ISecurityToken token = handler.tokens(t);
        uint256 sum;
        for (uint256 i = 0; i < handler.walletCount(); ++i) {
            address wallet = handler.wallets(i);
            uint256 balance = token.balanceOf(wallet);
            uint256 frozen = token.getFrozenTokens(wallet);
            sum += balance;
            assertEq(balance, handler.balances(t, wallet), "15. balance");
            assertEq(frozen, handler.frozen(t, wallet), "15. frozen");
            assertEq(frozen, handler.frozenBySums(t, wallet), "15. frozen by differences");
            assertEq(token.isFrozen(wallet), handler.isFrozen(t, wallet), "15. frozen wallet");
            if (t == 0) assertLe(frozen, balance, "2. frozen");
        }
        assertEq(sum, token.totalSupply(), "1. supply");
        assertEq(sum, handler.supplies(t), "15. supply");
        assertLe(sum, type(uint112).max, "1. supply");
        assertEq(token.paused(), handler.paused(t) || !handler.launched(t), "15. paused");
    }

    function assertInvestors(uint256 t) private view {
        ISecurityToken token = handler.tokens(t);
        uint256 holders;
        for (uint256 j = 0; j < handler.identityCount(); ++j) {
            address identity = handler.identities(j);
            uint256 position;
            for (uint256 i = 0; i < handler.walletCount(); ++i) {
                if (handler.investorOf(handler.wallets(i)) == identity) position += token.balanceOf(handler.wallets(i));
            }
            assertEq(token.positionOf(identity), position, "3. position");
            if (position != 0) ++holders;
            if (t == 2) continue;
            assertLe(handler.locked(t, identity), position, "13. locked");
            assertLe(handler.lotCount(t, identity), 16, "13. lots");
        }
        assertEq(token.holderCount(), holders, "4. holders");
        assertFalse(handler.anyOrdinaryFaulted(t), "a rule of ours failed in an exit");
    }

    /// @dev 10. What a snapshot says adds up and never changes; nor does a version of a document, nor what an upgrade appended.
    function assertRecords(uint256 t) private view {
        ISecurityToken token = handler.tokens(t);
        for (uint256 id = 1; id <= token.lastSnapshotId(); ++id) {
            uint256 sum;
            for (uint256 i = 0; i < handler.walletCount(); ++i) {
                address wallet = handler.wallets(i);
                uint256 then = token.balanceOfAt(wallet, id);
                assertEq(then, handler.balanceThen(t, id, wallet), "10. balance");
                sum += then;
            }
            assertEq(sum, token.totalSupplyAt(id), "10. sum");
            assertEq(sum, handler.supplyThen(t, id), "10. supply");
        }
        handler.assertEveryVersionStays(t);
        if (handler.appended(t) != 0) assertEq(SecurityTokenNext(address(token)).appended(), handler.appended(t), "appended");
    }

    /// @dev 8. Registry, token and a judgement made anew from what was signed say the same.
    function assertEligibility(uint256 t) private view {
        ISecurityToken token = handler.tokens(t);
        IdentityRegistry registry = handler.registries(t);
        (,, uint256 configuration,) = token.words(address(0));
        assertEq(configuration >> 176, matrixOf(registry), "8. the token's matrix");
        assertEq(registry.acceptance(), matrixOf(registry), "8. the registry's matrix");
        for (uint256 i = 0; i < handler.walletCount(); ++i) {
            address wallet = handler.wallets(i);
            bool verified = registry.isVerified(wallet);
            assertEq(verified, handler.mayReceive(t, wallet), "8. judged anew");
            assertEq(token.canReceive(wallet), verified && !token.isFrozen(wallet), "8. the token's own check");
        }
    }

    function assertHoldCount(address wallet) private view {
        uint256 held;
        for (uint256 t = 0; t < TOKENS; ++t) {
            if (handler.tokens(t).balanceOf(wallet) != 0) ++held;
        }
        address identity = store.storedIdentity(wallet);
        assertEq(Eligibility.holdCount(store.walletWord(wallet)), held, "5. tokens that a wallet holds");
        assertEq(identity, handler.investorOf(wallet), "3. one investor");
        address[] memory linked = store.walletsOf(identity);
        uint256 times;
        for (uint256 i = 0; i < linked.length; ++i) {
            if (linked[i] == wallet) ++times;
            assertEq(store.storedIdentity(linked[i]), identity, "3. a wallet on another's list");
        }
        assertLe(times, 1, "3. listed twice");
        if (held != 0) assertEq(times, 1, "3. holds, and is on no list");
    }

    function matrixOf(IdentityRegistry registry) private view returns (uint256 matrix) {
        uint256[] memory topics = registry.getClaimTopics();
        for (uint256 i = 0; i < topics.length; ++i) {
            address[] memory trusted = registry.getTrustedIssuersForClaimTopic(topics[i]);
            for (uint256 j = 0; j < trusted.length; ++j) {
                matrix |= 1 << (16 * (topics[i] - 1) + store.issuerPlace(trusted[j]) - 1);
            }
        }
    }

    function assertPowers(uint256 t) private view {
        ISecurityToken token = handler.tokens(t);
        IssuerManager manager = handler.managers(t);
        (address owner, address upgrader, address factory) = handler.parts();
        address[14] memory suspects = handler.suspects();
        for (uint256 i = 0; i < suspects.length; ++i) {
            address suspect = suspects[i];
            assertEq(token.agentRoles(suspect), handler.roles(t, suspect), "16. agent");
            (bool member, uint32 delay) = manager.hasRole(Roles.id(address(token), Roles.UPGRADER), suspect);
            assertEq(member, suspect == upgrader, "16. upgrader");
            if (member) assertGe(delay, 2 days, "16. upgrader's delay");
            (member, delay) = manager.hasRole(0, suspect);
            assertEq(member, suspect == owner, "16. admin");
            if (member) assertGe(delay, 2 days, "16. admin's delay");
            (member, delay) = manager.hasRole(Roles.id(address(token), Roles.ISSUER_ADMIN), suspect);
            assertEq(member, suspect == owner, "16. owner");
            if (member) assertGe(delay, 1 days, "16. owner's delay");
        }
        string[3] memory others = [Roles.GUARDIAN, Roles.SNAPSHOTTER, Roles.OWNERSHIP];
        for (uint256 i = 0; i < others.length; ++i) {
            (bool member,) = manager.hasRole(Roles.id(address(token), others[i]), factory);
            assertFalse(member, "16. factory");
        }
    }
}
