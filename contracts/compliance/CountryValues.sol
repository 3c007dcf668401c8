// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { CountryInvalid, CountryRepeated, CountrySets } from "./CountrySet.sol";

/// @notice More groups than a rule takes.
error CountryGroupsTooMany(uint256 given, uint256 maximum);

/// @notice One number for a group of countries.
/// @param countries ISO 3166-1 numeric; a country is in one group at most
/// @param value what the number means is the rule's to say
struct CountryGroup {
    uint16[] countries;
    uint256 value;
}

/// @notice A number by country: groups 1 to `count` as they were set, and group 0 of all other countries. Country c has its group in
///         byte c mod 32 of word c / 32.
struct CountryValues {
    uint256 count;
    uint256[32] words;
    mapping(uint256 group => uint256) value;
}

using CountryValuesLibrary for CountryValues global;

library CountryValuesLibrary {
    uint256 internal constant MAX_GROUPS = 64;
    uint256 private constant WORDS = 32;
    uint256 private constant BYTES = 32;

    /// @return group of `country`; 0 for one in no group and for what is no code
    function groupOf(CountryValues storage self, uint16 country) internal view returns (uint256 group) {
        if (country > CountrySets.MAX_COUNTRY) return 0;
        return (self.words[country / BYTES] >> (country % BYTES * 8)) & type(uint8).max;
    }

    /// @return the number that holds for `country`
    function valueOf(CountryValues storage self, uint16 country) internal view returns (uint256) {
        return self.value[groupOf(self, country)];
    }

    /// @notice Makes exactly these the groups and numbers.
    /// @param others number of the countries in no group
    /// @return regrouped whether any country is in another group than before
    function replace(CountryValues storage self, uint256 others, CountryGroup[] memory groups) internal returns (bool regrouped) {
        if (groups.length > MAX_GROUPS) revert CountryGroupsTooMany(groups.length, MAX_GROUPS);

        uint256[WORDS] memory words;
        self.count = groups.length;
        self.value[0] = others;
        for (uint256 i = 0; i < groups.length; i++) {
            self.value[i + 1] = groups[i].value;
            _assign(words, groups[i].countries, i + 1);
        }
        for (uint256 i = 0; i < WORDS; i++) {
            if (self.words[i] == words[i]) continue;
            self.words[i] = words[i];
            regrouped = true;
        }
    }

    /// @return others number of the countries in no group
    /// @return groups as they were set, their countries ascending
    function list(CountryValues storage self) internal view returns (uint256 others, CountryGroup[] memory groups) {
        others = self.value[0];
        groups = new CountryGroup[](self.count);
        for (uint256 i = 0; i < groups.length; i++) {
            groups[i] = CountryGroup(new uint16[](CountrySets.MAX_COUNTRY), self.value[i + 1]);
        }

        uint256[] memory lengths = new uint256[](groups.length + 1);
        for (uint16 country = 1; country <= CountrySets.MAX_COUNTRY; country++) {
            uint256 group = groupOf(self, country);
            if (group != 0) groups[group - 1].countries[lengths[group]++] = country;
        }
        for (uint256 i = 0; i < groups.length; i++) {
            uint16[] memory countries = groups[i].countries;
            uint256 length = lengths[i + 1];
            assembly ("memory-safe") {
                mstore(countries, length)
            }
        }
    }

    function _assign(uint256[WORDS] memory words, uint16[] memory countries, uint256 group) private pure {
        for (uint256 i = 0; i < countries.length; i++) {
            uint16 country = countries[i];
            if (country == 0 || country > CountrySets.MAX_COUNTRY) revert CountryInvalid(country);
            uint256 offset = country % BYTES * 8;
            if ((words[country / BYTES] >> offset) & type(uint8).max != 0) revert CountryRepeated(country);
            words[country / BYTES] |= group << offset;
        }
    }
}
