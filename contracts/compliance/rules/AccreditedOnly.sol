// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Eligibility } from "../../identity/Eligibility.sol";
import { Capability, IRule, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { CountrySet } from "../CountrySet.sol";
import { TopicStatus } from "../TopicStatus.sol";
import { Rule } from "./Rule.sol";

/// @notice Lets only investors with a valid claim on one more topic receive: accredited ones, say. Parameters: abi.encode(uint8 topic, bool
///         world, uint16[] countries): claim topic, 1 to 5; whether everybody needs it, else the ISO 3166-1 numeric codes of those who do.
///         The claim counts as the token's registry judges it in the very block of the movement: by an issuer trusted on the topic, neither
///         expired nor revoked. A refusal's `actual` is what the registry said of it, its `limit` the topic.
contract AccreditedOnly is Rule {
    struct Requirement {
        uint8 topic;
        bool world;
        CountrySet countries;
    }

    /// @custom:storage-location erc7201:muniment.storage.AccreditedOnly
    struct AccreditedOnlyStorage {
        mapping(address token => Requirement) requirements;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.AccreditedOnly")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant ACCREDITED_ONLY_STORAGE = 0x45e7ecf790210c6e8a7c2456e8460e7469e210d8b4d6ef40aade2f82d8ee2100;

    event AccreditedOnlySet(address indexed token, uint8 topic, bool world, uint16[] countries);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        (uint8 topic, bool world, uint16[] memory countries) = abi.decode(parameters, (uint8, bool, uint16[]));
        if (topic == 0 || topic > Eligibility.LANES) revert RuleParametersInvalid("topic");
        Requirement storage requirement = _requirementOf(token);
        (requirement.topic, requirement.world) = (topic, world);
        requirement.countries.replace(countries);

        emit AccreditedOnlySet(token, topic, world, countries);
    }

    /* VIEWS */

    /// @notice Whether investors of `country` need the claim to receive `token`.
    function isRequired(address token, uint16 country) public view returns (bool) {
        Requirement storage requirement = _requirementOf(token);
        return requirement.topic != 0 && (requirement.world || requirement.countries.contains(country));
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        Requirement storage requirement = _requirementOf(token);
        return abi.encode(requirement.topic, requirement.world, requirement.countries.values());
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHECK_MINT;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "AccreditedOnly";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        if (!isRequired(t.token, Eligibility.country(t.toWord))) return (ReasonCode.OK, 0, 0, type(uint256).max);
        limit = _requirementOf(t.token).topic;
        actual = TopicStatus.ask(t.token, t.toWord, limit);
        return actual == ReasonCode.OK ? (ReasonCode.OK, actual, limit, type(uint256).max) : (ReasonCode.ONLY_ACCREDITED, actual, limit, 0);
    }

    function _requirementOf(address token) internal view returns (Requirement storage) {
        return _getAccreditedOnlyStorage().requirements[token];
    }

    /* STORAGE */

    function _getAccreditedOnlyStorage() private pure returns (AccreditedOnlyStorage storage $) {
        assembly {
            $.slot := ACCREDITED_ONLY_STORAGE
        }
    }
}
