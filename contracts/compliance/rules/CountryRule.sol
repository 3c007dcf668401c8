// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Eligibility } from "../../identity/Eligibility.sol";
import { ICompliance } from "../../interfaces/ICompliance.sol";
import { Capability, IRule, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { CountrySet } from "../CountrySet.sol";
import { Rule } from "./Rule.sol";

/// @notice What rules share that judge the recipient's country by one list. Parameters: abi.encode(uint16[] countries), ISO 3166-1
///         numeric.
abstract contract CountryRule is Rule {
    /// @custom:storage-location erc7201:muniment.storage.CountryRule
    struct CountryRuleStorage {
        mapping(address token => CountrySet) countries;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.CountryRule")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant COUNTRY_RULE_STORAGE = 0x825ba793b5dff962629784e4f622ab85d0af055dc3010bfaec01514043a07500;

    event CountriesSet(address indexed token, uint16[] countries);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        uint16[] memory countries = abi.decode(parameters, (uint16[]));
        _list(token).replace(countries);

        emit CountriesSet(token, countries);
    }

    /* VIEWS */

    /// @notice The listed countries, ascending.
    function countriesOf(address token) public view returns (uint16[] memory) {
        return _list(token).values();
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        return abi.encode(countriesOf(token));
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHECK_MINT;
    }

    /* INTERNAL */

    /// @dev Whether investors of a country may receive, which is on the list or not.
    function _admits(bool listed) internal pure virtual returns (bool);

    /// @inheritdoc Rule
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        uint16 country = Eligibility.country(t.toWord);
        bool admitted = _admits(_list(t.token).contains(country));
        return (admitted ? ReasonCode.OK : ReasonCode.COUNTRY_RESTRICTED, country, 0, admitted ? type(uint256).max : 0);
    }

    function _isListedBy(address compliance, uint16 country) internal view returns (bool) {
        return _list(ICompliance(compliance).getTokenBound()).contains(country);
    }

    function _list(address token) internal view returns (CountrySet storage) {
        return _getCountryRuleStorage().countries[token];
    }

    /* STORAGE */

    function _getCountryRuleStorage() private pure returns (CountryRuleStorage storage $) {
        assembly {
            $.slot := COUNTRY_RULE_STORAGE
        }
    }
}
