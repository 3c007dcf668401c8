// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Vm } from "forge-std/Test.sol";
import { UUPSUpgradeable } from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import { IdentityStorage } from "../../../contracts/identity/IdentityStorage.sol";
import { ISecurityToken } from "../../../contracts/interfaces/ISecurityToken.sol";
import { SecurityTokenExplanations } from "../../../contracts/token/SecurityTokenExplanations.sol";
import { SecurityTokenExtension } from "../../../contracts/token/SecurityTokenExtension.sol";
import { SecurityTokenNext } from "./SecurityTokenNext.sol";
import { TokenHandler } from "./TokenHandler.sol";

/// @notice A TokenHandler that upgrades each of its tokens once, at any time, and writes to the field that the next version appends.
contract UpgradingHandler is TokenHandler {
    uint256[2] public appended;

    address private immutable NEXT =
        address(new SecurityTokenNext(address(new SecurityTokenExtension(address(new SecurityTokenExplanations())))));

    constructor(
        ISecurityToken[2] memory tokens_,
        IdentityStorage store,
        Vm.Wallet memory issuer,
        address agent,
        address snapshotter,
        address[] memory wallets_,
        address[] memory identities_
    ) TokenHandler(tokens_, store, issuer, agent, snapshotter, wallets_, identities_) { }

    function upgrade(uint256 seed) external {
        uint256 index = seed % 2;
        if (appended[index] != 0) return;
        bytes32 state = stateOf(tokens[index]);
        vm.prank(ADMIN);
        UUPSUpgradeable(address(tokens[index])).upgradeToAndCall(NEXT, "");
        assertEq(stateOf(tokens[index]), state, "upgraded");

        appended[index] = uint256(keccak256(abi.encode(seed)));
        SecurityTokenNext(address(tokens[index])).setAppended(appended[index]);
        assertEq(stateOf(tokens[index]), state, "appended");
        calls["upgrade"]++;
    }

    /// @return hash of what the token says of every wallet
    function stateOf(ISecurityToken token) internal view returns (bytes32 hash) {
        hash = keccak256(abi.encode(token.owner(), token.compliance(), token.identityRegistry(), token.lastSnapshotId()));
        for (uint256 i = 0; i < wallets.length; ++i) {
            (uint256 holder, uint256 agent, uint256 configuration, uint256 totals) = token.words(wallets[i]);
            hash = keccak256(abi.encode(hash, holder, agent, configuration, totals, token.nonces(wallets[i])));
            for (uint256 j = 0; j < wallets.length; ++j) {
                hash = keccak256(abi.encode(hash, token.allowance(wallets[i], wallets[j])));
            }
        }
    }
}
