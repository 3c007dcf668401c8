// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { UUPSUpgradeable } from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { Compliance } from "../../../contracts/compliance/Compliance.sol";
import { MaximumBalance } from "../../../contracts/compliance/rules/MaximumBalance.sol";
import { Roles } from "../../../contracts/factory/Roles.sol";
import { IdentityRegistry } from "../../../contracts/identity/IdentityRegistry.sol";
import { BoundRule, RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { Kind } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityToken, SenderPolicy } from "../../../contracts/interfaces/ISecurityToken.sol";
import { SecurityTokenExplanations } from "../../../contracts/token/SecurityTokenExplanations.sol";
import { SecurityTokenExtension } from "../../../contracts/token/SecurityTokenExtension.sol";
import { SecurityTokenNext } from "../token/SecurityTokenNext.sol";
import { IdentityActs } from "./IdentityActs.sol";

/// @notice Everybody who has to do with the three suites: beside holders, officers, issuers and registrars the owner and the upgrader, who
///         wait for their delays, and those who would be either.
contract SuiteHandler is IdentityActs {
    /// @notice What an upgrade's appended field holds, zero before the upgrade.
    uint256[TOKENS] public appended;
    address[3] public candidates = [makeAddr("first candidate"), makeAddr("second candidate"), makeAddr("third candidate")];
    address private _next;

    function setUp() public override {
        super.setUp();
        _next = address(new SecurityTokenNext(address(new SecurityTokenExtension(address(new SecurityTokenExplanations())))));
        issue();
    }

    /// @dev Everybody holds something of everything to begin with, out of lock-up.
    function issue() private logged {
        setRules(1, tollRules(wallets[7]));
        for (uint256 i = 0; i < TOKENS * wallets.length; ++i) {
            vm.prank(agent);
            tokens[i % TOKENS].mint(wallets[i / TOKENS], 600e18);
        }
        skip(2 days);
    }

    function acts() external pure returns (bytes4[] memory selectors) {
        bytes4[42] memory all = [
            this.transfer.selector,
            this.transfer.selector,
            this.transfer.selector,
            this.transfer.selector,
            this.transferFrom.selector,
            this.transferFrom.selector,
            this.batchTransfer.selector,
            this.tryBatchTransfer.selector,
            this.mint.selector,
            this.mint.selector,
            this.tryBatchMint.selector,
            this.burn.selector,
            this.burn.selector,
            this.force.selector,
            this.force.selector,
            this.recover.selector,
            this.recover.selector,
            this.freezeUnits.selector,
            this.overFreeze.selector,
            this.freezeWallet.selector,
            this.pause.selector,
            this.unpause.selector,
            this.unpause.selector,
            this.snapshot.selector,
            this.document.selector,
            this.writeClaim.selector,
            this.holdBack.selector,
            this.relayAny.selector,
            this.revoke.selector,
            this.raiseEpoch.selector,
            this.bar.selector,
            this.link.selector,
            this.onboard.selector,
            this.unlink.selector,
            this.relink.selector,
            this.move.selector,
            this.wait_.selector,
            this.writeClaim.selector,
            this.govern.selector,
            this.govern.selector,
            this.appoint.selector,
            this.usurp.selector
        ];
        selectors = new bytes4[](all.length);
        for (uint256 i = 0; i < all.length; ++i) {
            selectors[i] = all[i];
        }
    }

    /* OWNER AND UPGRADER, AFTER THEIR DELAYS */

    function unpause(uint256 seed) external logged {
        seed = mixed(seed);
        uint256 t = seed % TOKENS;
        if (tokens[t].paused()) assertTrue(byOwner(t, address(tokens[t]), abi.encodeCall(tokens[t].unpause, ())), "unpaused");
    }

    function govern(uint256 seed) external logged {
        seed = mixed(seed);
        uint256 t = seed % TOKENS;
        uint256 act = (seed >> 8) % 7;
        if (act == 0 || (act >= 5 && t == 1)) changeRules(t, seed >> 16);
        if (act == 1) removeHostile(t);
        if (act == 2) changeDemands(t, seed >> 16);
        if (act == 3 && t != 0) {
            byOwner(t, address(tokens[t]), abi.encodeCall(tokens[t].setSenderPolicy, (SenderPolicy((seed >> 16) % 3))));
        }
        if (act == 4) upgrade(t, seed);
        if (act == 5 && t == 2) replaceCompliance(t, seed);
        if (act == 6 && t == 0) {
            bytes memory data = abi.encodeCall(MaximumBalance.setMaxBalance, (CAP - (seed >> 16) % 1000e18));
            byOwner(t, address(compliances[t]), abi.encodeCall(Compliance.callModuleFunction, (data, address(maximum))));
        }
        calls["govern"]++;
    }

    /// @dev Some announcements are tried too early, some are cancelled.
    function appoint(uint256 seed) external logged {
        seed = mixed(seed);
        uint256 t = seed % TOKENS;
        address candidate = candidates[(seed >> 8) % candidates.length];
        if (seed & 0x3000000 == 0) {
            vm.prank(guardian);
            tokens[t].removeAgent(candidate);
            return;
        }
        bytes memory data = abi.encodeCall(tokens[t].setAgent, (candidate, uint16(seed >> 32) & ALL_ROLES, uint96(seed >> 64) % DAY_CAP));
        uint32 delay = announce(owner, t, address(tokens[t]), data);
        skip(delay - 1);
        assertFalse(attempt(owner, address(tokens[t]), data), "before the delay");
        skip(1);
        bool cancelled = seed & 0x4000000 == 0;
        if (cancelled) cancel(guardian, t, owner, address(tokens[t]), data);
        granting = !cancelled;
        assertEq(attempt(owner, address(tokens[t]), data), !cancelled, "appointed");
        if (!cancelled) calls["appoint"]++;
    }

    /// @dev 16. Whoever it is, the owner and the upgrader without announcement among them.
    function usurp(uint256 seed) external logged {
        seed = mixed(seed);
        uint256 t = seed % TOKENS;
        address by = suspects()[(seed >> 8) % suspects().length];
        address token = address(tokens[t]);
        address manager = address(managers[t]);
        uint256 act = (seed >> 32) % 10;
        bool success;
        if (act == 0) success = attempt(by, token, abi.encodeCall(tokens[t].setAgent, (by, ENFORCER, 0)));
        if (act == 1) success = attempt(by, token, abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (_next, "")));
        if (act == 2) success = attempt(by, token, abi.encodeWithSignature("setCompliance(address)", by));
        if (act == 3) success = attempt(by, token, abi.encodeWithSignature("setIdentityRegistry(address)", by));
        if (act == 4) success = grants(by, manager, Roles.id(token, Roles.UPGRADER));
        if (act == 5) success = grants(by, manager, 0);
        if (act == 6) success = attempt(by, token, abi.encodeCall(tokens[t].setAcceptance, (0, true)));
        if (act == 7) success = attempt(by, token, abi.encodeCall(tokens[t].setRuleCount, (0, false)));
        if (act == 8) success = attempt(by, address(store), abi.encodeCall(store.retireWallet, (wallets[0], by)));
        if (act == 9) success = attempt(by, address(compliances[t]), abi.encodeWithSignature("removeModule(address)", address(maximum)));
        assertFalse(success, "usurped");
    }

    /* VIEWS */

    /// @notice Accounts that might hold powers.
    function suspects() public view returns (address[14] memory) {
        return [
            owner,
            upgrader,
            guardian,
            snapshotter,
            agent,
            minter,
            registrar,
            operator,
            stranger,
            address(factory),
            candidates[0],
            candidates[1],
            issuers[0],
            wallets[0]
        ];
    }

    function parts() external view returns (address, address, address) {
        return (owner, upgrader, address(factory));
    }

    function locked(uint256 t, address identity) external view returns (uint256) {
        return lockup.lockedOf(address(tokens[t]), identity);
    }

    function lotCount(uint256 t, address identity) external view returns (uint256) {
        return lockup.lotsOf(address(tokens[t]), identity).length;
    }

    function anyOrdinaryFaulted(uint256 t) external view returns (bool) {
        BoundRule[] memory rules = compliances[t].rules();
        for (uint256 i = 0; i < rules.length; ++i) {
            bool bad;
            for (uint256 j = 0; j < hostile.length; ++j) {
                bad = bad || rules[i].rule == address(hostile[j]);
            }
            if (rules[i].faulted && !bad) return true;
        }
        return false;
    }

    /* AT THE END OF A RUN */

    /// @notice 6 and 7. Any pair, any spender, any amount: what is explained is what would happen now.
    function assertExplained(uint256 seed) external {
        for (uint256 i = 0; i < 8; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 t = seed % TOKENS;
            ISecurityToken token = tokens[t];
            (address from, address to, address by) = (anyone(seed >> 8), anyone(seed >> 32), anyone(seed >> 56));
            uint256 amount = anyAmount(token, from, to, seed >> 80);
            uint8 code = token.detectTransferRestriction(from, to, amount);
            assertEq(would(from, token, abi.encodeCall(token.transfer, (to, amount))), code == 0, "6. transfer");
            assertEq(token.canTransfer(from, to, amount) && amount <= token.balanceOf(from), code == 0, "7. canTransfer");
            (code,) = token.explainAs(Kind.TRANSFER, by, from, to, amount);
            assertEq(would(by, token, abi.encodeCall(token.transferFrom, (from, to, amount))), code == 0, "6. transferFrom");
            by = seed >> 200 == 0 ? by : (seed >> 210) % 2 == 0 ? agent : minter;
            (code,) = token.explainAs(Kind.MINT, by, address(0), to, amount);
            assertEq(would(by, token, abi.encodeWithSignature("mint(address,uint256)", to, amount)), code == 0, "6. mint");
            token.canSend(from);
            token.canReceive(to);
        }
    }

    /// @notice 4. After everybody was looked at again, the countries of the ledger are those of the present.
    function assertSyncedCountries() external {
        address token = address(tokens[0]);
        countryCap.sync(token, identities);
        uint256 inUS;
        uint256 elsewhere;
        for (uint256 i = 0; i < identities.length; ++i) {
            if (tokens[0].positionOf(identities[i]) == 0) continue;
            if (countryOf(identities[i]) == UNITED_STATES) ++inUS;
            else ++elsewhere;
        }
        (uint256 first,) = countryCap.totalsOf(token, 2);
        (uint256 second,) = countryCap.totalsOf(token, 3);
        assertEq(first, elsewhere, "countries in no group");
        assertEq(second, inUS, "United States");
        assertEq(first + second, tokens[0].holderCount(), "sum");
        assertEq(countryCap.countedOf(token), tokens[0].holderCount(), "counted");
    }

    /// @notice 11. With every hostile rule bound: exits, freezes, pause and the removal of each rule.
    function assertExitsSucceed(uint256 seed) external logged {
        uint256 t = seed % TOKENS;
        RuleSetting[] memory rules = new RuleSetting[](hostile.length);
        for (uint256 i = 0; i < rules.length; ++i) {
            rules[i] = RuleSetting(address(hostile[i]), "");
        }
        setRules(t, rules);
        address wallet = pickWallet(seed >> 8);
        for (uint256 i = 0; i < wallets.length && tokens[t].balanceOf(wallet) < 3; ++i) {
            wallet = wallets[i];
        }
        vm.startPrank(agent);
        tokens[t].setAddressFrozen(wallet, true);
        tokens[t].setFrozenTokens(wallet, tokens[t].balanceOf(wallet));
        if (!tokens[t].paused()) tokens[t].pause();
        vm.stopPrank();
        uint256 balance = tokens[t].balanceOf(wallet);
        if (balance >= 3) {
            exiting = true;
            vm.prank(agent);
            tokens[t].burn(wallet, balance / 3);
            replay();
            for (uint256 i = 0; i < wallets.length; ++i) {
                if (wallets[i] != wallet && registries[t].isVerified(wallets[i]) && !tokens[t].isFrozen(wallets[i])) {
                    vm.recordLogs();
                    force(t, wallet, wallets[i], 1, 1 << 128);
                    replay();
                    break;
                }
            }
            vm.recordLogs();
            recover(t, wallet, 1);
        }
        for (uint256 i = 0; i < hostile.length; ++i) {
            bytes memory data = abi.encodeCall(Compliance.removeModule, (address(hostile[i])));
            assertTrue(byOwner(t, address(compliances[t]), data), "removed");
        }
        assertEq(compliances[t].getModules().length, 0);
    }

    /* HOW */

    function changeRules(uint256 t, uint256 seed) private {
        if (t == 0) {
            setRules(t, ordinaryRules(CAP + seed % 2, 3 + (seed >> 8) % 3, 2 + (seed >> 16) % 3, 6000e18 + (seed >> 24) % 6000e18));
            return;
        }
        RuleSetting[] memory rules = tollRules(pickWallet(seed >> 8));
        if (t == 2 && seed % 3 == 0) rules = new RuleSetting[](0);
        if (rules.length != 0 && (seed >> 40) % 2 == 0) {
            RuleSetting[] memory more = new RuleSetting[](3);
            (more[0], more[1]) = (rules[0], rules[1]);
            // Those that return what they like would pass in `enforce` what they do not answer in `check`: no explanation foresees that.
            uint8[4] memory consistent = [0, 1, 3, 5];
            more[2] = RuleSetting(address(hostile[consistent[(seed >> 32) % 4]]), "");
            rules = more;
        }
        setRules(t, rules);
        if (rules.length == 3) calls["hostile"]++;
    }

    function removeHostile(uint256 t) private {
        for (uint256 i = 0; i < hostile.length; ++i) {
            if (!compliances[t].isModuleBound(address(hostile[i]))) continue;
            bytes memory data = abi.encodeCall(Compliance.removeModule, (address(hostile[i])));
            assertTrue(byOwner(t, address(compliances[t]), data), "11. a rule is removed without being asked");
        }
    }

    /// @dev Some of these are refused: the last topic, a topic twice.
    function changeDemands(uint256 t, uint256 seed) private {
        address registry = address(registries[t]);
        uint256 act = seed % 5;
        uint256[] memory both = new uint256[](2);
        (both[0], both[1]) = (KYC, ACCREDITED);
        if (act == 0) byOwner(t, registry, abi.encodeCall(IdentityRegistry.addClaimTopic, (ACCREDITED)));
        if (act == 1) byOwner(t, registry, abi.encodeCall(IdentityRegistry.removeClaimTopic, (ACCREDITED)));
        if (act == 2 && t == 2) byOwner(t, registry, abi.encodeCall(IdentityRegistry.setRegistrationOnly, ()));
        if (act == 3) byOwner(t, registry, abi.encodeCall(IdentityRegistry.addClaimTopic, (KYC)));
        if (act == 4) {
            both = (seed >> 8) % 2 == 0 ? both : one(ACCREDITED);
            byOwner(t, registry, abi.encodeCall(IdentityRegistry.updateIssuerClaimTopics, (issuers[1], both)));
        }
    }

    /// @dev Nothing changes by it; then the next version writes to its own field.
    function upgrade(uint256 t, uint256 seed) private {
        if (appended[t] != 0) return;
        bytes32 state = stateOf(t);
        bytes memory data = abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (_next, ""));
        assertTrue(scheduled(upgrader, t, address(tokens[t]), data), "upgraded");
        appended[t] = uint256(keccak256(abi.encode(seed)));
        SecurityTokenNext(address(tokens[t])).setAppended(appended[t]);
        assertEq(stateOf(t), state, "an upgrade changed something");
        calls["upgrade"]++;
    }

    /// @dev Where units exist, the new one is closed until it has rules.
    function replaceCompliance(uint256 t, uint256 seed) private {
        address next = Clones.cloneWithImmutableArgs(factory.COMPLIANCE_IMPLEMENTATION(), abi.encodePacked(address(tokens[t])));
        assertTrue(scheduled(upgrader, t, address(tokens[t]), abi.encodeWithSignature("setCompliance(address)", next)), "replaced");
        compliances[t] = Compliance(next);
        address[] memory targets = new address[](1);
        targets[0] = next;
        bytes memory data = abi.encodeCall(managers[t].setTargetRole, (targets, Roles.id(address(tokens[t]), Roles.ISSUER_ADMIN)));
        assertTrue(byOwner(t, address(managers[t]), data), "mapped");
        if (seed & 0x10000 == 0) changeRules(t, seed >> 24);
        calls["compliance"]++;
    }

    function byOwner(uint256 t, address target, bytes memory data) private returns (bool) {
        return scheduled(owner, t, target, data);
    }

    function grants(address by, address manager, uint64 role) private returns (bool) {
        return attempt(by, manager, abi.encodeWithSignature("grantRole(uint64,address,uint32)", role, by, uint32(0)));
    }

    function attempt(address by, address target, bytes memory data) private returns (bool success) {
        vm.prank(by);
        (success,) = target.call(data);
        if (!success) forget();
    }

    error Would(bool success);

    /// @dev Tries it and takes it back.
    function would(address by, ISecurityToken token, bytes memory data) private returns (bool) {
        try this.tryAndTakeBack(by, token, data) { }
        catch (bytes memory reason) {
            return reason[35] != 0;
        }
        revert("not reached");
    }

    function tryAndTakeBack(address by, ISecurityToken token, bytes calldata data) external {
        revert Would(attempt(by, address(token), data));
    }

    function anyone(uint256 seed) private view returns (address) {
        address[4] memory others = [stranger, address(0), address(tokens[0]), agent];
        return seed % 8 == 0 ? others[(seed >> 4) % 4] : pickWallet(seed >> 4);
    }

    function anyAmount(ISecurityToken token, address from, address to, uint256 seed) private view returns (uint256 amount) {
        uint256 balance = token.balanceOf(from);
        (uint256 most,) = token.maxTransferable(from, to);
        assertLe(most + Math.min(balance, token.getFrozenTokens(from)), balance, "2. free and frozen units are the balance");
        uint256[6] memory amounts = [0, 1, balance, balance + 1, most, most + 1];
        return seed % 7 == 6 ? (seed >> 8) % (balance + 1) : amounts[seed % 7];
    }

    function countryOf(address identity) private view returns (uint256) {
        return (store.investorWord(identity) >> 220) & type(uint16).max;
    }

    /// @return hash of what the token says of every wallet
    function stateOf(uint256 t) private view returns (bytes32 hash) {
        ISecurityToken token = tokens[t];
        hash = keccak256(abi.encode(token.owner(), token.compliance(), token.identityRegistry(), token.lastSnapshotId()));
        for (uint256 i = 0; i < wallets.length; ++i) {
            (uint256 holder, uint256 officer, uint256 configuration, uint256 totals) = token.words(wallets[i]);
            hash = keccak256(abi.encode(hash, holder, officer, configuration, totals, token.nonces(wallets[i])));
        }
    }
}
