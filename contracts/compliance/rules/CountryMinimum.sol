// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Eligibility } from "../../identity/Eligibility.sol";
import { IRule } from "../../interfaces/IRule.sol";
import { CountryGroup, CountryValues } from "../CountryValues.sol";
import { Rule } from "./Rule.sol";

/// @notice What rules share that want a minimum of units by country. Parameters: abi.encode(uint256 units, CountryGroup[] groups): the
///         minimum of all countries in no group, and for each group (uint16[] countries, uint256 units); 0 = none. At most 64 groups.
abstract contract CountryMinimum is Rule {
    /// @custom:storage-location erc7201:muniment.storage.CountryMinimum
    struct CountryMinimumStorage {
        mapping(address token => CountryValues) minimum;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.CountryMinimum")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant COUNTRY_MINIMUM_STORAGE = 0x9a5daa9c8c7d689d2de4a547dbc2e48c8401a60d639a5f52ee4746d0ea06c300;

    /// @param units token units, 0 = none: minimum of the countries in no group
    /// @param groups countries and their minimum in token units
    event CountryMinimumsSet(address indexed token, uint256 units, CountryGroup[] groups);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        (uint256 units, CountryGroup[] memory groups) = abi.decode(parameters, (uint256, CountryGroup[]));
        _getCountryMinimumStorage().minimum[token].replace(units, groups);

        emit CountryMinimumsSet(token, units, groups);
    }

    /* VIEWS */

    /// @notice The minimum for investors of `country`, token units, 0 = none.
    function minimumOf(address token, uint16 country) public view returns (uint256) {
        return _getCountryMinimumStorage().minimum[token].valueOf(country);
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        (uint256 units, CountryGroup[] memory groups) = _getCountryMinimumStorage().minimum[token].list();
        return abi.encode(units, groups);
    }

    /* INTERNAL */

    /// @param word investor word
    function _minimumFor(address token, uint256 word) internal view returns (uint256) {
        return minimumOf(token, Eligibility.country(word));
    }

    /* STORAGE */

    function _getCountryMinimumStorage() private pure returns (CountryMinimumStorage storage $) {
        assembly {
            $.slot := COUNTRY_MINIMUM_STORAGE
        }
    }
}
