// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Arrays } from "@openzeppelin/contracts/utils/Arrays.sol";
import { Capability, IRule, Kind, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { Rule } from "./Rule.sol";

/// @notice Keeps everybody from transferring while a blackout lasts, before results are published, say. Parameters:
///         abi.encode((uint40 start, uint40 end)[] blackouts, bool mintExempt): at most 32 spans of unix seconds, each from `start` to just
///         before `end`; and whether units may be minted meanwhile. Spans may overlap; a refusal ends with the last that reaches on without
///         a gap. Those that are over count among the 32 until they are removed.
contract BlackoutWindows is Rule {
    using Arrays for uint256[];

    /// @param start unix seconds, first that is closed
    /// @param end unix seconds, first that is open again
    struct Blackout {
        uint40 start;
        uint40 end;
    }

    /// @dev Each span is start · end 40, in ascending order: three to a slot, and a movement reads no further than the first that is yet
    ///      to come.
    struct Calendar {
        bool mintExempt;
        uint80[] spans;
    }

    /// @custom:storage-location erc7201:muniment.storage.BlackoutWindows
    struct BlackoutWindowsStorage {
        mapping(address token => Calendar) calendars;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.BlackoutWindows")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant BLACKOUT_WINDOWS_STORAGE = 0xae9cd13c978f0d6e16633a6edd81da787e4ad30d73a2c4a78bd0b12295722500;

    uint256 public constant MAX_BLACKOUTS = 32;

    event BlackoutsSet(address indexed token, Blackout[] blackouts, bool mintExempt);
    /// @param start unix seconds
    /// @param end unix seconds
    event BlackoutAdded(address indexed token, uint40 start, uint40 end);
    /// @param start unix seconds
    /// @param end unix seconds
    event BlackoutRemoved(address indexed token, uint40 start, uint40 end);

    /// @notice It ends no later than it starts, or is there already.
    error BlackoutInvalid(uint40 start, uint40 end);
    error BlackoutUnknown(uint40 start, uint40 end);
    error TooManyBlackouts(uint256 count, uint256 maximum);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        (Blackout[] memory blackouts, bool mintExempt) = abi.decode(parameters, (Blackout[], bool));
        uint256[] memory spans = new uint256[](blackouts.length);
        for (uint256 i = 0; i < spans.length; i++) {
            spans[i] = _pack(blackouts[i].start, blackouts[i].end);
        }
        _replace(token, spans);
        _calendarOf(token).mintExempt = mintExempt;

        emit BlackoutsSet(token, blackouts, mintExempt);
    }

    /// @notice Adds a blackout for the calling compliance's token, through `callModuleFunction`.
    /// @param start unix seconds, first that is closed
    /// @param end unix seconds, first that is open again
    function addBlackout(uint40 start, uint40 end) external {
        address token = _callersToken();
        uint80[] storage stored = _calendarOf(token).spans;
        uint256[] memory spans = new uint256[](stored.length + 1);
        for (uint256 i = 0; i < stored.length; i++) {
            spans[i] = stored[i];
        }
        spans[stored.length] = _pack(start, end);
        _replace(token, spans);

        emit BlackoutAdded(token, start, end);
    }

    /// @notice Removes exactly that blackout of the calling compliance's token. Others that overlap it stay.
    /// @param start unix seconds
    /// @param end unix seconds
    function removeBlackout(uint40 start, uint40 end) external {
        address token = _callersToken();
        uint80[] storage spans = _calendarOf(token).spans;
        uint256 count = spans.length;
        uint256 i;
        while (i < count && spans[i] != _pack(start, end)) i++;
        if (i == count) revert BlackoutUnknown(start, end);
        for (; i + 1 < count; i++) {
            spans[i] = spans[i + 1];
        }
        spans.pop();

        emit BlackoutRemoved(token, start, end);
    }

    /* VIEWS */

    /// @notice The blackouts of a token, by start.
    /// @return blackouts each from `start` to just before `end`
    /// @return mintExempt whether units may be minted meanwhile
    function blackoutsOf(address token) public view returns (Blackout[] memory blackouts, bool mintExempt) {
        Calendar storage calendar = _calendarOf(token);
        blackouts = new Blackout[](calendar.spans.length);
        for (uint256 i = 0; i < blackouts.length; i++) {
            (blackouts[i].start, blackouts[i].end) = _unpack(calendar.spans[i]);
        }
        return (blackouts, calendar.mintExempt);
    }

    /// @notice When the present blackout of a token ends: that of all spans which cover now or follow without a gap.
    /// @return unix seconds, 0 when there is none now
    function reopensAt(address token) public view returns (uint40) {
        uint80[] storage spans = _calendarOf(token).spans;
        uint256 count = spans.length;
        uint256 reached = block.timestamp;
        for (uint256 i = 0; i < count; i++) {
            (uint40 start, uint40 end) = _unpack(spans[i]);
            if (start > reached) break;
            if (end > reached) reached = end;
        }
        // Either still now, or an end of 40 bits.
        // forge-lint: disable-next-line(unsafe-typecast)
        return reached == block.timestamp ? 0 : uint40(reached);
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        (Blackout[] memory blackouts, bool mintExempt) = blackoutsOf(token);
        return abi.encode(blackouts, mintExempt);
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHECK_MINT;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "BlackoutWindows";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        if (t.kind == Kind.MINT && _calendarOf(t.token).mintExempt) return (ReasonCode.OK, 0, 0, type(uint256).max);
        limit = reopensAt(t.token);
        if (limit == 0) return (ReasonCode.OK, block.timestamp, 0, type(uint256).max);
        return (ReasonCode.BLACKOUT_WINDOW, block.timestamp, limit, 0);
    }

    /// @inheritdoc Rule
    function _curedAt(Transfer calldata t) internal view override returns (uint40) {
        return reopensAt(t.token);
    }

    function _replace(address token, uint256[] memory spans) internal {
        if (spans.length > MAX_BLACKOUTS) revert TooManyBlackouts(spans.length, MAX_BLACKOUTS);
        spans.sort();
        uint80[] memory packed = new uint80[](spans.length);
        for (uint256 i = 0; i < spans.length; i++) {
            // As `_pack` made it.
            // forge-lint: disable-next-line(unsafe-typecast)
            packed[i] = uint80(spans[i]);
            (uint40 start, uint40 end) = _unpack(packed[i]);
            if (start >= end || (i > 0 && packed[i] == packed[i - 1])) revert BlackoutInvalid(start, end);
        }
        _calendarOf(token).spans = packed;
    }

    function _pack(uint40 start, uint40 end) internal pure returns (uint256) {
        return (uint256(start) << 40) | end;
    }

    function _unpack(uint80 span) internal pure returns (uint40 start, uint40 end) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return (uint40(span >> 40), uint40(span));
    }

    function _calendarOf(address token) internal view returns (Calendar storage) {
        return _getBlackoutWindowsStorage().calendars[token];
    }

    /* STORAGE */

    function _getBlackoutWindowsStorage() private pure returns (BlackoutWindowsStorage storage $) {
        assembly {
            $.slot := BLACKOUT_WINDOWS_STORAGE
        }
    }
}
