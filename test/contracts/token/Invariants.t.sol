// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { Lockup } from "../../../contracts/compliance/rules/Lockup.sol";
import { MaximumBalance } from "../../../contracts/compliance/rules/MaximumBalance.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { ISecurityToken } from "../../../contracts/interfaces/ISecurityToken.sol";
import { SecurityTokenNext } from "./SecurityTokenNext.sol";
import { TokenFixture } from "./TokenFixture.sol";
import { UpgradingHandler } from "./UpgradingHandler.sol";

/// @dev Two tokens on one storage: the first with a maximum and a lock-up, the second without rules; each is upgraded once, some time. That transfers, transferFroms, mints
///      and forced transfers do what was explained is asserted in the handler, at each of them.
contract InvariantsTest is TokenFixture {
    UpgradingHandler internal handler;

    function setUp() public override {
        super.setUp();
        (ISecurityToken second,,) = newSuite();
        second.unpause();
        RuleSetting[] memory rules = new RuleSetting[](2);
        rules[0] = RuleSetting(address(new MaximumBalance()), abi.encode(uint256(2500e18)));
        rules[1] = RuleSetting(address(new Lockup()), abi.encode(uint32(1 days), false));
        compliance.setRules(rules);

        address carol = makeAddr("carol");
        address[] memory identities = new address[](3);
        (identities[0], identities[1], identities[2]) = (annIdentity, bobIdentity, onboard(registry, carol, "carol", FRANCE));
        address[] memory wallets = new address[](4);
        (wallets[0], wallets[1], wallets[2], wallets[3]) = (ann, annSecond, bob, carol);
        handler = new UpgradingHandler([token, second], store, issuer, agent, snapshotter, wallets, identities);
        targetContract(address(handler));
        excludeSender(address(handler));
    }

    /// @dev 1. Balances add up to the supply.
    function invariant_BalancesAddUpToTheSupply() external view {
        for (uint256 t = 0; t < 2; ++t) {
            ISecurityToken token_ = handler.tokens(t);
            uint256 sum;
            for (uint256 i = 0; i < handler.walletCount(); ++i) {
                sum += token_.balanceOf(handler.wallets(i));
            }
            assertEq(sum, token_.totalSupply());
            assertLe(sum, type(uint112).max);
        }
    }

    /// @dev 2. Frozen units: within the balance where nobody froze more than it, and free units are the rest.
    function invariant_FrozenUnitsStayWithinTheBalance() external view {
        for (uint256 i = 0; i < handler.walletCount(); ++i) {
            address wallet = handler.wallets(i);
            assertLe(handler.tokens(0).getFrozenTokens(wallet), handler.tokens(0).balanceOf(wallet));
            assertLe(Math.min(handler.tokens(1).getFrozenTokens(wallet), handler.tokens(1).balanceOf(wallet)), type(uint112).max);
        }
    }

    /// @dev 3 and 4. An investor's position is the sum of its wallets; holders are the investors with a position.
    function invariant_PositionsAndHoldersFollowTheWallets() external view {
        for (uint256 t = 0; t < 2; ++t) {
            ISecurityToken token_ = handler.tokens(t);
            uint256 holders;
            for (uint256 j = 0; j < handler.identityCount(); ++j) {
                address identity = handler.identities(j);
                uint256 position;
                for (uint256 i = 0; i < handler.walletCount(); ++i) {
                    address wallet = handler.wallets(i);
                    if (store.storedIdentity(wallet) == identity) position += token_.balanceOf(wallet);
                }
                assertEq(token_.positionOf(identity), position, "position");
                if (position != 0) ++holders;
            }
            assertEq(token_.holderCount(), holders, "holders");
        }
    }

    /// @dev 5. The storage knows in how many tokens a wallet holds.
    function invariant_HoldCountsFollowTheBalances() external view {
        for (uint256 i = 0; i < handler.walletCount(); ++i) {
            address wallet = handler.wallets(i);
            uint256 held;
            for (uint256 t = 0; t < 2; ++t) {
                if (handler.tokens(t).balanceOf(wallet) != 0) ++held;
            }
            assertEq(Eligibility.holdCount(store.walletWord(wallet)), held);
        }
    }

    /// @dev 10. What a snapshot says never changes, and adds up.
    function invariant_SnapshotsNeverChange() external view {
        for (uint256 t = 0; t < 2; ++t) {
            ISecurityToken token_ = handler.tokens(t);
            for (uint256 id = 1; id <= token_.lastSnapshotId(); ++id) {
                uint256 sum;
                for (uint256 i = 0; i < handler.walletCount(); ++i) {
                    address wallet = handler.wallets(i);
                    uint256 then = token_.balanceOfAt(wallet, id);
                    assertEq(then, handler.balanceThen(t, id, wallet), "balance");
                    sum += then;
                }
                assertEq(sum, token_.totalSupplyAt(id), "sum");
                assertEq(sum, handler.supplyThen(t, id), "supply");
            }
        }
    }

    /// @dev What an upgrade appended is touched by nothing.
    function invariant_TheAppendedFieldIsItsOwn() external view {
        for (uint256 t = 0; t < 2; ++t) {
            uint256 expected = handler.appended(t);
            if (expected != 0) assertEq(SecurityTokenNext(address(handler.tokens(t))).appended(), expected);
        }
    }
}
