// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice Not an ISO 3166-1 numeric code.
error CountryInvalid(uint16 country);
/// @notice A list names the country twice.
error CountryRepeated(uint16 country);

/// @notice A set of countries. Country c is bit c / 4 of word c mod 4: most codes are multiples of 4, so that a set seldom fills more than
///         two words.
struct CountrySet {
    uint256[4] words;
}

using CountrySets for CountrySet global;

library CountrySets {
    /// @notice ISO 3166-1 numeric codes have three digits.
    uint16 internal constant MAX_COUNTRY = 999;
    uint256 private constant WORDS = 4;

    /// @return whether `country` is in the set; never for 0 or for what is no code
    function contains(CountrySet storage set, uint16 country) internal view returns (bool) {
        if (country > MAX_COUNTRY) return false;
        // The bit of country 0 is never set.
        // forge-lint: disable-next-line(incorrect-shift)
        return set.words[country & 3] & (1 << (country >> 2)) != 0;
    }

    /// @return whether it was not there before
    function add(CountrySet storage set, uint16 country) internal returns (bool) {
        (uint256 word, uint256 bit) = _place(country);
        if (set.words[word] & bit != 0) return false;
        set.words[word] |= bit;
        return true;
    }

    /// @return whether it was there
    function remove(CountrySet storage set, uint16 country) internal returns (bool) {
        (uint256 word, uint256 bit) = _place(country);
        if (set.words[word] & bit == 0) return false;
        set.words[word] &= ~bit;
        return true;
    }

    /// @notice Makes exactly `countries` the set.
    function replace(CountrySet storage set, uint16[] memory countries) internal {
        uint256[WORDS] memory words;
        for (uint256 i = 0; i < countries.length; i++) {
            (uint256 word, uint256 bit) = _place(countries[i]);
            if (words[word] & bit != 0) revert CountryRepeated(countries[i]);
            words[word] |= bit;
        }
        for (uint256 i = 0; i < WORDS; i++) {
            if (set.words[i] != words[i]) set.words[i] = words[i];
        }
    }

    /// @return countries the set, ascending
    function values(CountrySet storage set) internal view returns (uint16[] memory countries) {
        countries = new uint16[](MAX_COUNTRY);
        uint256 count;
        for (uint16 country = 1; country <= MAX_COUNTRY; country++) {
            if (contains(set, country)) countries[count++] = country;
        }
        assembly ("memory-safe") {
            mstore(countries, count)
        }
    }

    function _place(uint16 country) private pure returns (uint256 word, uint256 bit) {
        if (country == 0 || country > MAX_COUNTRY) revert CountryInvalid(country);
        // forge-lint: disable-next-line(incorrect-shift)
        return (country & 3, 1 << (country >> 2));
    }
}
