// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { ICompliance } from "../../interfaces/ICompliance.sol";
import { IERC7943Fungible } from "../../interfaces/IERC7943Fungible.sol";
import { Capability, IFeeRule, IRule, Kind, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { StaticRead } from "../StaticRead.sol";
import { Rule } from "./Rule.sol";

/// @notice Takes a fee out of what a transfer brings: floor(amount × bps / 10,000) units, which the token moves from the recipient to the
///         collector within the same transfer. Parameters: abi.encode(uint256 bps, address collector), at most 1,000 basis points; the
///         collector may be zero when there is no fee.
///
///         Free are transfers between wallets of one investor, from and to the collector, and those so small that the fee is below one
///         unit; so are issues, redemptions, forced transfers and recoveries. While the token would not let the collector receive (not
///         registered, not verified, frozen), transfers that owe a fee are refused.
///
///         The verdict shows the fee as `actual`, in token units.
contract TransferFee is Rule, IFeeRule {
    /// @param rate basis points
    /// @param collector wallet that takes the fee
    struct Fee {
        uint256 rate;
        address collector;
    }

    /// @dev One word.
    struct Terms {
        uint16 bps;
        address collector;
    }

    /// @custom:storage-location erc7201:muniment.storage.TransferFee
    struct TransferFeeStorage {
        mapping(address token => Terms) terms;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.TransferFee")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant TRANSFER_FEE_STORAGE = 0xd2d57ed4ef5f0424f2dc47d3bf083c53e9f007de2403fdf5491d3578b79eb200;

    uint256 public constant MAX_BPS = 1000;
    uint256 private constant BASIS = 10_000;
    /// @dev Leaves a rule a quarter of what it may use to judge.
    uint256 private constant TOKEN_GAS = 75_000;

    /// @param previousBps basis points
    /// @param bps basis points, 0 = no fee
    event TransferFeeSet(address indexed token, uint256 previousBps, address previousCollector, uint256 bps, address indexed collector);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        (uint256 bps, address collector) = abi.decode(parameters, (uint256, address));
        _set(token, bps, collector);
    }

    /// @notice Changes the fee of the calling compliance's token, as ERC-3643 clients do through `callModuleFunction`.
    /// @param rate basis points, at most 1,000
    /// @param collector wallet that takes the fee
    function setFee(uint256 rate, address collector) external {
        _set(_callersToken(), rate, collector);
    }

    /* VIEWS */

    /// @notice The fee of a token.
    /// @return bps basis points, 0 = none
    /// @return collector wallet that takes it
    function termsOf(address token) public view returns (uint256 bps, address collector) {
        Terms memory terms = _getTransferFeeStorage().terms[token];
        return (terms.bps, terms.collector);
    }

    /// @notice The same for the token of `compliance`, as ERC-3643 clients read it.
    function getFee(address compliance) external view returns (Fee memory) {
        (uint256 bps, address collector) = termsOf(ICompliance(compliance).getTokenBound());
        return Fee(bps, collector);
    }

    /// @inheritdoc IFeeRule
    function feeOf(Transfer calldata t) external view returns (uint256 fee, address collector) {
        uint256 bps;
        (bps, collector) = _chargedOn(t);
        return (_feeOn(t.amount, bps), collector);
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        (uint256 bps, address collector) = termsOf(token);
        return abi.encode(bps, collector);
    }

    /// @inheritdoc IRule
    function capabilities() public pure override(IRule, Rule) returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHARGES_FEE;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "TransferFee";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    /// @dev The collector is looked at even where the fee comes to nothing, so that `room` holds for greater amounts.
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        (uint256 bps, address collector) = _chargedOn(t);
        actual = _feeOn(t.amount, bps);
        if (bps == 0 || _canReceive(t.token, collector)) return (ReasonCode.OK, actual, 0, type(uint256).max);

        // The greatest amount on which the fee is below one unit.
        room = (BASIS - 1) / bps;
        if (actual != 0) code = ReasonCode.FEE_COLLECTOR_INVALID;
    }

    /// @return bps basis points that the movement is charged, 0 where it is free
    function _chargedOn(Transfer calldata t) internal view returns (uint256 bps, address collector) {
        (bps, collector) = termsOf(t.token);
        if (t.kind != Kind.TRANSFER || t.from == collector || t.to == collector || _isSameInvestor(t)) bps = 0;
    }

    /// @dev Never overflows: at most a tenth of the amount.
    function _feeOn(uint256 amount, uint256 bps) internal pure returns (uint256) {
        return Math.mulDiv(amount, bps, BASIS);
    }

    function _canReceive(address token, address collector) internal view returns (bool) {
        (bool answered, bool can) = StaticRead.boolean(token, TOKEN_GAS, abi.encodeCall(IERC7943Fungible.canReceive, (collector)));
        return answered && can;
    }

    function _set(address token, uint256 bps, address collector) internal {
        if (bps > MAX_BPS) revert RuleParametersInvalid("bps");
        if (bps != 0 && collector == address(0)) revert RuleParametersInvalid("collector");
        Terms storage terms = _getTransferFeeStorage().terms[token];
        (uint256 previousBps, address previousCollector) = (terms.bps, terms.collector);
        // At most MAX_BPS.
        // forge-lint: disable-next-line(unsafe-typecast)
        (terms.bps, terms.collector) = (uint16(bps), collector);

        emit TransferFeeSet(token, previousBps, previousCollector, bps, collector);
    }

    /* STORAGE */

    function _getTransferFeeStorage() private pure returns (TransferFeeStorage storage $) {
        assembly {
            $.slot := TRANSFER_FEE_STORAGE
        }
    }
}
