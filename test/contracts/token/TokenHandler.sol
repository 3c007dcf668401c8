// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Test, Vm } from "forge-std/Test.sol";
import { IdentityStorage } from "../../../contracts/identity/IdentityStorage.sol";
import { Claim } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { Kind } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityToken } from "../../../contracts/interfaces/ISecurityToken.sol";

/// @notice Plays holders, agents, officers and the claim issuer of two tokens on one storage. Time passes only in `wait`, `force` and
///         `recover`. Where the token explains, the handler asks first and holds it to the answer.
contract TokenHandler is Test {
    uint256 internal constant KYC = 1;
    uint256 internal constant MAX_SNAPSHOTS = 8;
    uint256 internal constant MAX_RECOVERIES = 6;

    ISecurityToken[2] public tokens;
    IdentityStorage public immutable STORE;
    /// @dev The AccessManager's admin: the test that deploys this handler.
    address internal immutable ADMIN = msg.sender;
    address public immutable AGENT;
    address public immutable SNAPSHOTTER;
    address[] public wallets;
    address[] public identities;
    mapping(string action => uint256) public calls;
    /// @notice Balances and supply as they were when a snapshot was taken.
    mapping(uint256 index => mapping(uint256 id => mapping(address wallet => uint256))) public balanceThen;
    mapping(uint256 index => mapping(uint256 id => uint256)) public supplyThen;

    Vm.Wallet internal _issuer;
    mapping(address identity => uint16) internal _nonces;
    mapping(address identity => bool) internal _blocked;
    uint256 internal _recoveries;

    constructor(
        ISecurityToken[2] memory tokens_,
        IdentityStorage store,
        Vm.Wallet memory issuer,
        address agent,
        address snapshotter,
        address[] memory wallets_,
        address[] memory identities_
    ) {
        tokens = tokens_;
        STORE = store;
        _issuer = issuer;
        AGENT = agent;
        SNAPSHOTTER = snapshotter;
        wallets = wallets_;
        identities = identities_;
        for (uint256 i = 0; i < identities_.length; ++i) {
            _nonces[identities_[i]] = 1;
        }
    }

    /* HOLDERS */

    function transfer(uint256 seed, uint256 amount) external {
        (ISecurityToken token, address from, address to) = pick(seed);
        amount = bound(amount, 0, token.balanceOf(from) + 1);
        uint8 code = token.detectTransferRestriction(from, to, amount);
        vm.prank(from);
        (bool success,) = address(token).call(abi.encodeCall(token.transfer, (to, amount)));
        assertEq(success, code == 0, "transfer as explained");
        if (success) calls["transfer"]++;
    }

    function transferAll(uint256 seed) external {
        (ISecurityToken token, address from, address to) = pick(seed);
        uint256 amount = token.balanceOf(from);
        uint8 code = token.detectTransferRestriction(from, to, amount);
        vm.prank(from);
        (bool success,) = address(token).call(abi.encodeCall(token.transfer, (to, amount)));
        assertEq(success, code == 0, "transfer as explained");
    }

    function transferFrom(uint256 seed, uint256 allowance, uint256 amount) external {
        (ISecurityToken token, address from, address to) = pick(seed);
        address operator = wallets[(seed >> 100) % wallets.length];
        amount = bound(amount, 0, token.balanceOf(from) + 1);
        vm.prank(from);
        token.approve(operator, bound(allowance, 0, 2 * amount));
        (uint8 code,) = token.explainAs(Kind.TRANSFER, operator, from, to, amount);
        vm.prank(operator);
        (bool success,) = address(token).call(abi.encodeCall(token.transferFrom, (from, to, amount)));
        assertEq(success, code == 0, "transferFrom as explained");
    }

    /* AGENTS */

    function mint(uint256 seed, uint256 amount) external {
        (ISecurityToken token,, address to) = pick(seed);
        amount = bound(amount, 0, 1000e18);
        (uint8 code,) = token.explainAs(Kind.MINT, AGENT, address(0), to, amount);
        vm.prank(AGENT);
        (bool success,) = address(token).call(abi.encodeWithSignature("mint(address,uint256)", to, amount));
        assertEq(success, code == 0, "mint as explained");
        if (success) calls["mint"]++;
    }

    function burn(uint256 seed, uint256 amount) external {
        (ISecurityToken token, address from,) = pick(seed);
        amount = bound(amount, 0, token.balanceOf(from));
        if (seed % 3 == 0) amount = token.balanceOf(from);
        vm.prank(AGENT);
        token.burn(from, amount);
        calls["burn"]++;
    }

    function force(uint256 seed, uint256 amount) external {
        (ISecurityToken token, address from, address to) = pick(seed);
        amount = bound(amount, 0, token.balanceOf(from));
        (, uint40 pending) = token.scheduledForcedTransfer(from, to, amount);
        if (pending != 0) skip(8 days);
        vm.prank(AGENT);
        token.scheduleForcedTransfer(from, to, amount, bytes32(seed));
        skip(1 days);
        (uint8 code,) = token.explainAs(Kind.FORCED, AGENT, from, to, amount);
        vm.prank(AGENT);
        (bool success,) = address(token).call(abi.encodeWithSignature("forcedTransfer(address,address,uint256)", from, to, amount));
        assertEq(success, code == 0, "forced transfer as explained");
        if (success) calls["force"]++;
    }

    function recover(uint256 seed) external {
        (ISecurityToken token, address lost,) = pick(seed);
        if (_recoveries == MAX_RECOVERIES || token.balanceOf(lost) == 0) return;
        address identity = STORE.storedIdentity(lost);
        Vm.Wallet memory next = vm.createWallet(string.concat("replacement", vm.toString(_recoveries)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(next, token.recoveryDigest(lost, next.addr, identity));
        vm.startPrank(AGENT);
        token.proposeRecovery(lost, next.addr, identity, abi.encodePacked(r, s, v));
        skip(2 days);
        token.recoveryAddress(lost, next.addr, identity);
        vm.stopPrank();
        _recoveries++;
        wallets.push(next.addr);
        calls["recover"]++;
    }

    function freezeUnits(uint256 seed, uint256 amount, bool freeze) external {
        (ISecurityToken token, address wallet,) = pick(seed);
        uint256 frozen = token.getFrozenTokens(wallet);
        uint256 held = token.balanceOf(wallet);
        vm.startPrank(AGENT);
        if (freeze) token.freezePartialTokens(wallet, bound(amount, 0, held > frozen ? held - frozen : 0));
        else token.unfreezePartialTokens(wallet, bound(amount, 0, frozen));
        vm.stopPrank();
    }

    /// @dev Only of the second token, so that the first one's history stays without over-freezing.
    function overFreeze(uint256 seed, uint256 amount) external {
        vm.prank(AGENT);
        tokens[1].setFrozenTokens(wallets[seed % wallets.length], bound(amount, 0, 3000e18));
    }

    function freezeWallet(uint256 seed, bool freeze) external {
        (ISecurityToken token, address wallet,) = pick(seed);
        vm.prank(AGENT);
        token.setAddressFrozen(wallet, freeze && seed % 4 == 0);
    }

    function pause(uint256 seed) external {
        (ISecurityToken token,,) = pick(seed);
        if (token.paused() || seed % 4 != 0) return;
        vm.prank(AGENT);
        token.pause();
    }

    function unpause(uint256 seed) external {
        (ISecurityToken token,,) = pick(seed);
        if (!token.paused()) return;
        vm.prank(ADMIN);
        token.unpause();
    }

    function snapshot(uint256 seed) external {
        uint256 index = seed % 2;
        ISecurityToken token = tokens[index];
        if (token.lastSnapshotId() == MAX_SNAPSHOTS) return;
        vm.prank(SNAPSHOTTER);
        uint256 id = token.snapshot();
        supplyThen[index][id] = token.totalSupply();
        for (uint256 i = 0; i < wallets.length; ++i) {
            balanceThen[index][id][wallets[i]] = token.balanceOf(wallets[i]);
        }
        calls["snapshot"]++;
    }

    /* CLAIM ISSUER AND TIME */

    function changeClaim(uint256 seed) external {
        address identity = identities[seed % identities.length];
        if (seed & 0x100 != 0) {
            Claim[] memory claims = new Claim[](1);
            claims[0] = Claim({
                issuer: _issuer.addr,
                identity: identity,
                topic: KYC,
                dataHash: bytes32(seed),
                issuedAt: uint40(block.timestamp),
                validUntil: uint40(block.timestamp + 90 days),
                nonce: ++_nonces[identity]
            });
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(_issuer, STORE.claimsDigest(claims));
            STORE.writeClaims(claims, abi.encodePacked(r, s, v));
        } else {
            vm.prank(_issuer.addr);
            // Revoking twice is refused, which is of no interest here.
            (bool ignored,) = address(STORE).call(abi.encodeCall(STORE.revokeClaim, (identity, KYC)));
            ignored;
        }
    }

    function block_(uint256 seed) external {
        address identity = identities[seed % identities.length];
        _blocked[identity] = !_blocked[identity] && seed & 0x100 != 0;
        vm.prank(ADMIN);
        STORE.setBlocked(identity, _blocked[identity]);
    }

    function wait_(uint256 seconds_) external {
        skip(bound(seconds_, 1, 3 days));
    }

    /* VIEWS */

    function walletCount() external view returns (uint256) {
        return wallets.length;
    }

    function identityCount() external view returns (uint256) {
        return identities.length;
    }

    function pick(uint256 seed) internal view returns (ISecurityToken token, address from, address to) {
        token = tokens[seed % 2];
        from = wallets[(seed >> 8) % wallets.length];
        to = wallets[(seed >> 32) % wallets.length];
    }
}
