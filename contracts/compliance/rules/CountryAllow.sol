// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Eligibility } from "../../identity/Eligibility.sol";
import { ICompliance } from "../../interfaces/ICompliance.sol";
import { Capability, IRule, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { CountrySet } from "../CountrySet.sol";
import { Rule } from "./Rule.sol";

/// @notice Lets only investors of listed countries receive. Parameters: abi.encode(uint16[] countries), ISO 3166-1 numeric; an empty
///         list refuses everybody. Who holds when his country is removed may send, and no longer receive.
contract CountryAllow is Rule {
    /// @custom:storage-location erc7201:muniment.storage.CountryAllow
    struct CountryAllowStorage {
        mapping(address token => CountrySet) countries;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.CountryAllow")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant COUNTRY_ALLOW_STORAGE = 0xadd6cf822172ad70a8d519bb5e62d5554aea5c018c4feeb4b924342b57a68900;

    event CountriesSet(address indexed token, uint16[] countries);
    event CountryAllowed(address indexed token, uint16 indexed country);
    event CountryDisallowed(address indexed token, uint16 indexed country);

    error CountryAlreadyAllowed(address token, uint16 country);
    error CountryNotAllowed(address token, uint16 country);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        uint16[] memory countries = abi.decode(parameters, (uint16[]));
        _getCountryAllowStorage().countries[token].replace(countries);

        emit CountriesSet(token, countries);
    }

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
    function isAllowed(address token, uint16 country) public view returns (bool) {
        return _getCountryAllowStorage().countries[token].contains(country);
    }

    /// @notice The same for the token of `compliance`.
    function isCountryAllowed(address compliance, uint16 country) external view returns (bool) {
        return isAllowed(ICompliance(compliance).getTokenBound(), country);
    }

    /// @notice The countries whose investors may receive `token`, ascending.
    function countriesOf(address token) public view returns (uint16[] memory) {
        return _getCountryAllowStorage().countries[token].values();
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        return abi.encode(countriesOf(token));
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHECK_MINT;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "CountryAllow";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        uint16 country = Eligibility.country(t.toWord);
        bool allowed = isAllowed(t.token, country);
        return (allowed ? ReasonCode.OK : ReasonCode.COUNTRY_RESTRICTED, country, 0, allowed ? type(uint256).max : 0);
    }

    function _allow(address token, uint16 country) internal {
        if (!_getCountryAllowStorage().countries[token].add(country)) revert CountryAlreadyAllowed(token, country);

        emit CountryAllowed(token, country);
    }

    function _disallow(address token, uint16 country) internal {
        if (!_getCountryAllowStorage().countries[token].remove(country)) revert CountryNotAllowed(token, country);

        emit CountryDisallowed(token, country);
    }

    /* STORAGE */

    function _getCountryAllowStorage() private pure returns (CountryAllowStorage storage $) {
        assembly {
            $.slot := COUNTRY_ALLOW_STORAGE
        }
    }
}
