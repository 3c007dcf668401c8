// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManaged } from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";
import { IIdentityFactory } from "../interfaces/IIdentityFactory.sol";
import { Identity } from "./Identity.sol";

/// @notice Deploys identities on demand, as clones of one implementation.
contract IdentityFactory is IIdentityFactory, AccessManaged {
    /// @inheritdoc IIdentityFactory
    address public immutable implementation;

    /// @param manager AccessManager that governs `deploy`
    /// @param implementation_ code of the identities
    constructor(address manager, address implementation_) AccessManaged(manager) {
        if (implementation_.code.length == 0) revert ImplementationInvalid(implementation_);
        implementation = implementation_;
    }

    /* ROLE FUNCTIONS */

    /// @inheritdoc IIdentityFactory
    function deploy(bytes32 salt, address managementKey) external restricted returns (address identity) {
        identity = Clones.cloneDeterministic(implementation, salt);
        Identity(payable(identity)).initialize(managementKey);

        emit IdentityDeployed(identity, salt, managementKey);
    }

    /* VIEWS */

    /// @inheritdoc IIdentityFactory
    function predict(bytes32 salt) external view returns (address) {
        return Clones.predictDeterministicAddress(implementation, salt);
    }
}
