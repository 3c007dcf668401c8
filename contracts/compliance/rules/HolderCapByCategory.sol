// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Eligibility } from "../../identity/Eligibility.sol";
import { IRule } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { CountryGroup } from "../CountryValues.sol";
import { HolderCapByGroup } from "./HolderCapByGroup.sol";
import { HolderLedger } from "./HolderLedger.sol";

/// @notice Caps how many investors may hold who have, or who lack, a claim: so many not accredited in all, say, or so many retail
///         investors in each country. Parameters: abi.encode(uint8 topic, bool present, uint256 cap, CountryGroup[] groups): the claim
///         topic (1 to 5), whether the category is of those who have it, the cap of all countries in no group together, and for each
///         group (uint16[] countries, uint256 cap); investors, 0 = none. At most 64 groups. A claim counts as the token's registry sees
///         it; one that lapses while its investor holds counts on until `sync`: see HolderLedger.
contract HolderCapByCategory is HolderCapByGroup {
    /// @param topic claim topic
    /// @param present whether the category is of those who have the claim
    struct Category {
        uint8 topic;
        bool present;
    }

    /// @custom:storage-location erc7201:muniment.storage.HolderCapByCategory
    struct HolderCapByCategoryStorage {
        mapping(address token => Category) category;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.HolderCapByCategory")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant HOLDER_CAP_BY_CATEGORY_STORAGE = 0x69d4e8b77b34a5fb84d95f232ac683d751d4660a1b0acdffc24b345e1a13bc00;

    /// @param topic claim topic
    /// @param present whether the category is of those who have the claim
    /// @param cap investors, 0 = none: cap of the countries in no group, together
    /// @param groups countries and their cap in investors
    event CategoryCapsSet(address indexed token, uint8 topic, bool present, uint256 cap, CountryGroup[] groups);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        (uint8 topic, bool present, uint256 cap, CountryGroup[] memory groups) =
            abi.decode(parameters, (uint8, bool, uint256, CountryGroup[]));
        if (topic == 0 || topic > Eligibility.LANES) revert RuleParametersInvalid("topic");

        Category memory previous = _getHolderCapByCategoryStorage().category[token];
        _getHolderCapByCategoryStorage().category[token] = Category(topic, present);
        bool regrouped = _setCaps(token, cap, groups);
        _open(token, regrouped || topic != previous.topic || present != previous.present);

        emit CategoryCapsSet(token, topic, present, cap, groups);
    }

    /* VIEWS */

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        Category memory category = _getHolderCapByCategoryStorage().category[token];
        (uint256 cap, CountryGroup[] memory groups) = _caps(token).list();
        return abi.encode(category.topic, category.present, cap, groups);
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "HolderCapByCategory";
    }

    /* INTERNAL */

    /// @inheritdoc HolderLedger
    function _category(address token, uint256 word) internal view override returns (uint16) {
        Category memory category = _getHolderCapByCategoryStorage().category[token];
        if (category.topic == 0 || _hasClaim(token, word, category.topic) != category.present) return UNCAPPED;
        return _groupCategory(token, word);
    }

    /// @inheritdoc HolderCapByGroup
    function _capCode() internal pure override returns (uint8) {
        return ReasonCode.CATEGORY_CAP_REACHED;
    }

    /* STORAGE */

    function _getHolderCapByCategoryStorage() private pure returns (HolderCapByCategoryStorage storage $) {
        assembly {
            $.slot := HOLDER_CAP_BY_CATEGORY_STORAGE
        }
    }
}
