// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IRule } from "../../interfaces/IRule.sol";
import { CountryRule } from "./CountryRule.sol";

/// @notice Lets only investors of listed countries receive. Parameters: abi.encode(uint16[] countries), ISO 3166-1 numeric; an empty
///         list refuses everybody. Who holds when his country is removed may send, and no longer receive.
contract CountryAllow is CountryRule {
    event CountryAllowed(address indexed token, uint16 indexed country);
    event CountryDisallowed(address indexed token, uint16 indexed country);

    error CountryAlreadyAllowed(address token, uint16 country);
    error CountryNotAllowed(address token, uint16 country);

    /* COMPLIANCE FUNCTIONS */

    /// @notice Allows one more country for the calling compliance's token, as ERC-3643 clients do through `callModuleFunction`.
    function addAllowedCountry(uint16 country) external {
        _allow(_callersToken(), country);
    }

    /// @notice Disallows a country for the calling compliance's token.
    function removeAllowedCountry(uint16 country) external {
        _disallow(_callersToken(), country);
    }

    /// @notice Allows countries for the calling compliance's token; all or none.
    function batchAllowCountries(uint16[] calldata countries) external {
        address token = _callersToken();
        for (uint256 i = 0; i < countries.length; i++) {
            _allow(token, countries[i]);
        }
    }

    /// @notice Disallows countries for the calling compliance's token; all or none.
    function batchDisallowCountries(uint16[] calldata countries) external {
        address token = _callersToken();
        for (uint256 i = 0; i < countries.length; i++) {
            _disallow(token, countries[i]);
        }
    }

    /* VIEWS */

    /// @notice Whether investors of `country` may receive `token`.
    function isAllowed(address token, uint16 country) external view returns (bool) {
        return _list(token).contains(country);
    }

    /// @notice The same for the token of `compliance`.
    function isCountryAllowed(address compliance, uint16 country) external view returns (bool) {
        return _isListedBy(compliance, country);
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "CountryAllow";
    }

    /* INTERNAL */

    /// @inheritdoc CountryRule
    function _admits(bool listed) internal pure override returns (bool) {
        return listed;
    }

    function _allow(address token, uint16 country) internal {
        if (!_list(token).add(country)) revert CountryAlreadyAllowed(token, country);

        emit CountryAllowed(token, country);
    }

    function _disallow(address token, uint16 country) internal {
        if (!_list(token).remove(country)) revert CountryNotAllowed(token, country);

        emit CountryDisallowed(token, country);
    }
}
