// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IRule } from "../../interfaces/IRule.sol";
import { CountryRule } from "./CountryRule.sol";

/// @notice Keeps investors of listed countries from receiving. Parameters: abi.encode(uint16[] countries), ISO 3166-1 numeric; an empty
///         list refuses nobody. Who holds when his country is listed may send, and no longer receive. Beside CountryAllow the
///         restriction wins, because every rule must let a movement pass.
/// Warning: an investor without a country is on no list, so that only CountryAllow keeps him out.
contract CountryRestrict is CountryRule {
    event CountryRestricted(address indexed token, uint16 indexed country);
    event CountryUnrestricted(address indexed token, uint16 indexed country);

    error CountryAlreadyRestricted(address token, uint16 country);
    error CountryNotRestricted(address token, uint16 country);

    /* COMPLIANCE FUNCTIONS */

    /// @notice Restricts one more country for the calling compliance's token, as ERC-3643 clients do through `callModuleFunction`.
    function addCountryRestriction(uint16 country) external {
        _restrict(_callersToken(), country);
    }

    /// @notice Lifts the restriction of a country for the calling compliance's token.
    function removeCountryRestriction(uint16 country) external {
        _unrestrict(_callersToken(), country);
    }

    /// @notice Restricts countries for the calling compliance's token; all or none.
    function batchRestrictCountries(uint16[] calldata countries) external {
        address token = _callersToken();
        for (uint256 i = 0; i < countries.length; i++) {
            _restrict(token, countries[i]);
        }
    }

    /// @notice Lifts the restriction of countries for the calling compliance's token; all or none.
    function batchUnrestrictCountries(uint16[] calldata countries) external {
        address token = _callersToken();
        for (uint256 i = 0; i < countries.length; i++) {
            _unrestrict(token, countries[i]);
        }
    }

    /* VIEWS */

    /// @notice Whether investors of `country` are kept from receiving `token`.
    function isRestricted(address token, uint16 country) external view returns (bool) {
        return _list(token).contains(country);
    }

    /// @notice The same for the token of `compliance`.
    function isCountryRestricted(address compliance, uint16 country) external view returns (bool) {
        return _isListedBy(compliance, country);
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "CountryRestrict";
    }

    /* INTERNAL */

    /// @inheritdoc CountryRule
    function _admits(bool listed) internal pure override returns (bool) {
        return !listed;
    }

    function _restrict(address token, uint16 country) internal {
        if (!_list(token).add(country)) revert CountryAlreadyRestricted(token, country);

        emit CountryRestricted(token, country);
    }

    function _unrestrict(address token, uint16 country) internal {
        if (!_list(token).remove(country)) revert CountryNotRestricted(token, country);

        emit CountryUnrestricted(token, country);
    }
}
