// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AccessManagerUpgradeable } from "@openzeppelin/contracts-upgradeable/access/manager/AccessManagerUpgradeable.sol";

/// @notice The AccessManager of one issuer, for all his tokens; a clone. Beside OpenZeppelin's it knows a default role for a whole target:
///         every restricted function of it that is not mapped by itself belongs to that role instead of to ADMIN. One slot thus maps a
///         contract, and a function that an upgrade adds is never left to whoever holds ADMIN.
///         Warning: a single function of a target with a default role cannot be mapped back to ADMIN.
contract IssuerManager is AccessManagerUpgradeable {
    /// @custom:storage-location erc7201:muniment.storage.IssuerManager
    struct IssuerManagerStorage {
        mapping(address target => uint64) targetRoles;
        uint64 adminGuardian;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.IssuerManager")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant ISSUER_MANAGER_STORAGE = 0xde25059a33eaf156fefe7454eef23cbd4cdb683bd1abcf293ae71562a1cbdb00;

    event TargetRoleSet(address indexed target, uint64 indexed roleId);
    event AdminGuardianSet(uint64 indexed roleId);

    constructor() {
        _disableInitializers();
    }

    /// @notice Gives every function of the targets that is not mapped by itself to a role. Only ADMIN, under its execution delay.
    function setTargetRole(address[] calldata targets, uint64 roleId) external onlyAuthorized {
        for (uint256 i = 0; i < targets.length; i++) {
            _getIssuerManagerStorage().targetRoles[targets[i]] = roleId;
            emit TargetRoleSet(targets[i], roleId);
        }
    }

    /// @notice Lets a role cancel what ADMIN scheduled, above all a grant: OpenZeppelin leaves that to ADMIN alone, who would then be
    ///         unstoppable once his key is stolen. Only ADMIN, under its execution delay.
    function setAdminGuardian(uint64 roleId) external onlyAuthorized {
        _getIssuerManagerStorage().adminGuardian = roleId;
        emit AdminGuardianSet(roleId);
    }

    /// @inheritdoc AccessManagerUpgradeable
    function getRoleGuardian(uint64 roleId) public view override returns (uint64) {
        return roleId == ADMIN_ROLE ? _getIssuerManagerStorage().adminGuardian : super.getRoleGuardian(roleId);
    }

    /// @notice The default role of a target; ADMIN (0) when none is set.
    function getTargetRole(address target) public view returns (uint64) {
        return _getIssuerManagerStorage().targetRoles[target];
    }

    /// @inheritdoc AccessManagerUpgradeable
    function getTargetFunctionRole(address target, bytes4 selector) public view override returns (uint64) {
        uint64 mapped = super.getTargetFunctionRole(target, selector);
        return mapped == ADMIN_ROLE ? getTargetRole(target) : mapped;
    }

    function _getIssuerManagerStorage() private pure returns (IssuerManagerStorage storage $) {
        assembly {
            $.slot := ISSUER_MANAGER_STORAGE
        }
    }
}
