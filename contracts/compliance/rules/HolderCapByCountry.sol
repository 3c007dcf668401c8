// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IRule } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { CountryGroup } from "../CountryValues.sol";
import { HolderCapByGroup } from "./HolderCapByGroup.sol";
import { HolderLedger } from "./HolderLedger.sol";

/// @notice Caps how many investors of a country, or of a group of countries together, may hold. Parameters: abi.encode(uint256 cap,
///         CountryGroup[] groups): the cap of all countries in no group together, and for each group (uint16[] countries, uint256 cap);
///         investors, 0 = none. At most 64 groups. What changes with countries later: see HolderLedger.
contract HolderCapByCountry is HolderCapByGroup {
    /// @param cap investors, 0 = none: cap of the countries in no group, together
    /// @param groups countries and their cap in investors
    event CountryCapsSet(address indexed token, uint256 cap, CountryGroup[] groups);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        (uint256 cap, CountryGroup[] memory groups) = abi.decode(parameters, (uint256, CountryGroup[]));
        _open(token, _setCaps(token, cap, groups));

        emit CountryCapsSet(token, cap, groups);
    }

    /* VIEWS */

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        (uint256 cap, CountryGroup[] memory groups) = _caps(token).list();
        return abi.encode(cap, groups);
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "HolderCapByCountry";
    }

    /* INTERNAL */

    /// @inheritdoc HolderLedger
    function _category(address token, uint256 word) internal view override returns (uint16) {
        return _groupCategory(token, word);
    }

    /// @inheritdoc HolderCapByGroup
    function _capCode() internal pure override returns (uint8) {
        return ReasonCode.COUNTRY_CAP_REACHED;
    }
}
