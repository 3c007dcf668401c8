// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Eligibility } from "../../identity/Eligibility.sol";
import { Capability, IRule, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { CountrySet } from "../CountrySet.sol";
import { Rule } from "./Rule.sol";

/// @notice Lets investors of listed countries sell only all that they hold, over all wallets. Parameters: abi.encode(bool world,
///         uint16[] countries): whether it holds for everybody, else the ISO 3166-1 numeric codes for which it does. Whose units are frozen
///         or locked in part cannot sell all, and so not at all; who holds in several wallets gathers in one first.
contract FullTransferOnly is Rule {
    struct Scope {
        bool world;
        CountrySet countries;
    }

    /// @custom:storage-location erc7201:muniment.storage.FullTransferOnly
    struct FullTransferOnlyStorage {
        mapping(address token => Scope) scopes;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.FullTransferOnly")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant FULL_TRANSFER_ONLY_STORAGE = 0x1e3b30c82eadcc9e90bf44afd3d686378f788e0f0d1ca0556fe05af4416d5d00;

    event FullTransferOnlySet(address indexed token, bool world, uint16[] countries);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        (bool world, uint16[] memory countries) = abi.decode(parameters, (bool, uint16[]));
        Scope storage scope = _scopeOf(token);
        scope.world = world;
        scope.countries.replace(countries);

        emit FullTransferOnlySet(token, world, countries);
    }

    /* VIEWS */

    /// @notice Whether investors of `country` may sell only all that they hold of `token`.
    function isBound(address token, uint16 country) public view returns (bool) {
        Scope storage scope = _scopeOf(token);
        return scope.world || scope.countries.contains(country);
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        Scope storage scope = _scopeOf(token);
        return abi.encode(scope.world, scope.countries.values());
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "FullTransferOnly";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        if (!isBound(t.token, Eligibility.country(t.fromWord))) return (ReasonCode.OK, t.amount, 0, type(uint256).max);
        bool full = t.amount == t.fromPosition;
        return (full ? ReasonCode.OK : ReasonCode.FULL_TRANSFER_ONLY, t.amount, t.fromPosition, t.fromPosition);
    }

    function _scopeOf(address token) internal view returns (Scope storage) {
        return _getFullTransferOnlyStorage().scopes[token];
    }

    /* STORAGE */

    function _getFullTransferOnlyStorage() private pure returns (FullTransferOnlyStorage storage $) {
        assembly {
            $.slot := FULL_TRANSFER_ONLY_STORAGE
        }
    }
}
