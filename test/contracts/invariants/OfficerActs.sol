// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Vm } from "forge-std/Test.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { Kind } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityToken } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { HolderActs } from "./HolderActs.sol";

/// @notice What agents, guardian and snapshotter do. Exits happen whatever the pause, the freezes and the rules say.
abstract contract OfficerActs is HolderActs {
    uint256 private constant MAX_SNAPSHOTS = 6;
    uint256 private constant MAX_RECOVERIES = 5;
    bytes32 internal constant PROSPECTUS = "prospectus";

    /// @notice Balances and supply as they were when a snapshot was taken.
    mapping(uint256 t => mapping(uint256 id => mapping(address wallet => uint256))) public balanceThen;
    mapping(uint256 t => mapping(uint256 id => uint256)) public supplyThen;
    mapping(uint256 t => bytes32[]) internal documents;
    uint256 internal recoveries;

    /* EXITS */

    function burn(uint256 seed, uint256 amount) external logged {
        seed = mixed(seed);
        (uint256 t, address from,) = pick(seed);
        amount = bound(part(t, from, seed, amount), 0, tokens[t].balanceOf(from));
        exiting = true;
        vm.prank(agent);
        tokens[t].burn(from, amount);
        if (amount != 0) calls["burn"]++;
    }

    function force(uint256 seed, uint256 amount) external logged {
        seed = mixed(seed);
        (uint256 t, address from, address to) = pick(seed);
        amount = bound(part(t, from, seed, amount), 0, tokens[t].balanceOf(from));
        force(t, from, to, amount, seed);
    }

    function force(uint256 t, address from, address to, uint256 amount, uint256 seed) internal {
        ISecurityToken token = tokens[t];
        (, uint40 pending) = token.scheduledForcedTransfer(from, to, amount);
        if (pending != 0) skip(8 days);
        vm.prank(agent);
        token.scheduleForcedTransfer(from, to, amount, bytes32(seed));
        skip(1 days);
        bool called = (seed >> 128) % 4 == 0;
        if (called) {
            vm.prank(guardian);
            token.cancelForcedTransfer(from, to, amount);
        }
        (uint8 code,) = token.explainAs(Kind.FORCED, agent, from, to, amount);
        bool possible = from != to && registries[t].isVerified(to) && !token.isFrozen(to);
        assertEq(code == ReasonCode.OK, possible, "11. nothing but the recipient is asked about");
        exiting = true;
        vm.prank(agent);
        (bool success,) = address(token).call(abi.encodeWithSignature("forcedTransfer(address,address,uint256)", from, to, amount));
        assertEq(success, possible && !called, "forced transfer as explained");
        if (!success) forget();
        else if (amount != 0) calls["force"]++;
    }

    function recover(uint256 seed) external logged {
        seed = mixed(seed);
        (uint256 t, address lost,) = pick(seed);
        if (recoveries == MAX_RECOVERIES || tokens[t].balanceOf(lost) == 0) return;
        recover(t, lost, seed >> 128);
    }

    /// @param seed a third of them are vetoed
    function recover(uint256 t, address lost, uint256 seed) internal {
        ISecurityToken token = tokens[t];
        address identity = store.storedIdentity(lost);
        if (Eligibility.walletCount(store.investorWord(identity)) == Eligibility.MAX_WALLETS) return;
        (, uint40 pending) = token.proposedRecovery(lost);
        if (pending != 0) skip(10 days);
        Vm.Wallet memory next = vm.createWallet(uint256(keccak256(abi.encode("replacement", wallets.length))));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(next, token.recoveryDigest(lost, next.addr, identity));
        vm.prank(agent);
        token.proposeRecovery(lost, next.addr, identity, abi.encodePacked(r, s, v));
        skip(2 days);
        bool vetoed = seed % 3 == 0;
        if (vetoed) {
            vm.prank(guardian);
            token.cancelRecovery(lost);
        }
        exiting = true;
        vm.prank(agent);
        (bool success,) =
            address(token).call(abi.encodeWithSignature("recoveryAddress(address,address,address)", lost, next.addr, identity));
        assertEq(success, !vetoed, "11. a recovery that nobody vetoed");
        if (!success) return forget();
        recoveries++;
        wallets.push(next.addr);
        onLinked(next.addr, identity);
        onRetired(lost);
        calls["recover"]++;
    }

    function onLinked(address wallet, address identity) internal virtual;
    function onRetired(address wallet) internal virtual;

    /* FREEZES AND PAUSE */

    function freezeUnits(uint256 seed, uint256 amount, bool freeze) external logged {
        seed = mixed(seed);
        (uint256 t, address wallet,) = pick(seed);
        uint256 units = tokens[t].getFrozenTokens(wallet);
        uint256 held = tokens[t].balanceOf(wallet);
        vm.startPrank(agent);
        if (freeze) tokens[t].freezePartialTokens(wallet, bound(amount, 0, held > units ? held - units : 0));
        else tokens[t].unfreezePartialTokens(wallet, bound(amount, 0, units));
        vm.stopPrank();
    }

    /// @dev Not of the first token, so that its history stays without over-freezing.
    function overFreeze(uint256 seed, uint256 amount) external logged {
        seed = mixed(seed);
        vm.prank(agent);
        tokens[1 + seed % 2].setFrozenTokens(pickWallet(seed >> 8), bound(amount, 0, 3000e18));
    }

    function freezeWallet(uint256 seed, bool freeze) external logged {
        seed = mixed(seed);
        (uint256 t, address wallet,) = pick(seed);
        vm.prank(agent);
        tokens[t].setAddressFrozen(wallet, freeze && seed & 0x300 == 0);
    }

    function pause(uint256 seed) external logged {
        seed = mixed(seed);
        uint256 t = seed % TOKENS;
        if (tokens[t].paused() || seed & 0x300 != 0) return;
        vm.prank(seed & 0x400 == 0 ? agent : guardian);
        tokens[t].pause();
    }

    /* RECORDS */

    function snapshot(uint256 seed) external logged {
        seed = mixed(seed);
        uint256 t = seed % TOKENS;
        if (tokens[t].lastSnapshotId() == MAX_SNAPSHOTS) return;
        vm.prank(snapshotter);
        uint256 id = tokens[t].snapshot();
        supplyThen[t][id] = tokens[t].totalSupply();
        for (uint256 i = 0; i < wallets.length; ++i) {
            balanceThen[t][id][wallets[i]] = tokens[t].balanceOf(wallets[i]);
        }
        calls["snapshot"]++;
    }

    function document(uint256 seed) external logged {
        seed = mixed(seed);
        uint256 t = seed % TOKENS;
        if (documents[t].length == 4) return;
        bool remove = documents[t].length != 0 && documents[t][documents[t].length - 1] != 0 && seed & 0x100 != 0;
        vm.prank(snapshotter);
        if (remove) tokens[t].removeDocument(PROSPECTUS);
        else tokens[t].setDocument(PROSPECTUS, "https://example.org/prospectus", keccak256(abi.encode(seed)));
        documents[t].push(remove ? bytes32(0) : keccak256(abi.encode(seed)));
    }

    function assertEveryVersionStays(uint256 t) external view {
        assertEq(tokens[t].documentVersions(PROSPECTUS), documents[t].length, "versions");
        for (uint256 i = 0; i < documents[t].length; ++i) {
            (, bytes32 hash,) = tokens[t].documentVersion(PROSPECTUS, i);
            assertEq(hash, documents[t][i], "version");
        }
    }
}
