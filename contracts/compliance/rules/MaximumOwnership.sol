// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { Capability, IRule, Kind, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { Share } from "../Share.sol";
import { Rule } from "./Rule.sol";

/// @notice Caps the share of one investor, over all of his wallets. Parameters: abi.encode(uint16 bps, uint112 authorised): basis points,
///         0 = no cap, and the units that they are a share of; 0 = the supply, on a mint the supply after it. A burn that raises the
///         shares of all touches nobody: who is above the cap receives nothing more.
/// Warning: of the supply the first holder has all, so that below 10,000 basis points a token without units can mint none. Issue against
///          `authorised`, or set the rule after the issue.
contract MaximumOwnership is Rule {
    using Math for uint256;

    /// @param bps basis points, 0 = no cap
    /// @param authorised token units, 0 = the supply
    struct Parameters {
        uint16 bps;
        uint112 authorised;
    }

    /// @custom:storage-location erc7201:muniment.storage.MaximumOwnership
    struct MaximumOwnershipStorage {
        mapping(address token => Parameters) parameters;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.MaximumOwnership")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant MAXIMUM_OWNERSHIP_STORAGE = 0xc4b4c1c859a774249276371a114f0a1ca29fc46cc2d1300c05f5f695e8466d00;

    /// @param bps basis points, 0 = no cap
    /// @param authorised token units, 0 = the supply
    event MaximumOwnershipSet(address indexed token, uint16 bps, uint112 authorised);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        (uint16 bps, uint112 authorised) = abi.decode(parameters, (uint16, uint112));
        if (bps > Share.FULL) revert RuleParametersInvalid("bps");
        _getMaximumOwnershipStorage().parameters[token] = Parameters(bps, authorised);

        emit MaximumOwnershipSet(token, bps, authorised);
    }

    /* VIEWS */

    /// @notice The parameters of a token.
    /// @return bps basis points, 0 = no cap
    /// @return authorised token units, 0 = the supply
    function ownershipOf(address token) public view returns (uint16 bps, uint112 authorised) {
        Parameters memory parameters = _getMaximumOwnershipStorage().parameters[token];
        return (parameters.bps, parameters.authorised);
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        (uint16 bps, uint112 authorised) = ownershipOf(token);
        return abi.encode(bps, authorised);
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHECK_MINT;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "MaximumOwnership";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        (uint16 bps, uint112 authorised) = ownershipOf(t.token);
        actual = t.toPosition.saturatingAdd(t.amount);
        if (bps == 0) return (ReasonCode.OK, actual, 0, type(uint256).max);

        if (authorised == 0 && t.kind == Kind.MINT) {
            limit = Share.partOf(t.supply.saturatingAdd(t.amount), bps);
            room = Share.growth(t.toPosition, t.supply, bps);
        } else {
            limit = Share.partOf(authorised == 0 ? t.supply : authorised, bps);
            room = limit.saturatingSub(t.toPosition);
        }
        if (actual > limit) code = ReasonCode.MAX_OWNERSHIP_PCT;
    }

    /* STORAGE */

    function _getMaximumOwnershipStorage() private pure returns (MaximumOwnershipStorage storage $) {
        assembly {
            $.slot := MAXIMUM_OWNERSHIP_STORAGE
        }
    }
}
