// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IIdentityRegistry } from "../../../contracts/interfaces/IIdentityRegistry.sol";
import { IIdentityStorage } from "../../../contracts/interfaces/IIdentityStorage.sol";

/// @notice What registry and storage see of a token: its owner, its registry, the matrix it was given; and calls that only a bound
///         token may make.
contract TokenStandIn {
    address public owner;
    address public identityRegistry;
    uint80 public matrix;
    mapping(address wallet => bool) public isFrozen;

    constructor(address owner_) {
        owner = owner_;
    }

    function setRegistry(address registry) external {
        identityRegistry = registry;
        matrix = IIdentityRegistry(registry).acceptance();
    }

    function setAcceptance(uint80 matrix_, bool) external {
        require(msg.sender == identityRegistry, "not the registry");
        matrix = matrix_;
    }

    function freeze(address wallet, bool frozen) external {
        isFrozen[wallet] = frozen;
    }

    function noteHolding(IIdentityStorage store, address wallet, bool holds) external {
        store.noteHolding(wallet, holds);
    }

    function retireWallet(IIdentityStorage store, address lost, address replacement) external {
        store.retireWallet(lost, replacement);
    }
}
