// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { FeedState, IRoundSource, Round } from "../interfaces/IRoundSource.sol";

/// @notice A source of one feed, which computes or reads its rounds when it is asked.
abstract contract RoundSource is IRoundSource {
    bytes32 public immutable feedId;
    uint8 public immutable decimals;

    /// @param feedId_ the id that FeedProxies ask it for
    /// @param decimals_ of its values
    constructor(bytes32 feedId_, uint8 decimals_) {
        feedId = feedId_;
        decimals = decimals_;
    }

    /* VIEWS */

    /// @inheritdoc IRoundSource
    function latestRound(bytes32 feed) external view returns (Round memory) {
        if (feed != feedId) revert RoundUnknown(feed, 0);
        return _latestRound();
    }

    /// @inheritdoc IRoundSource
    function roundAt(bytes32 feed, uint64 round) external view returns (Round memory) {
        if (feed != feedId || round == 0) revert RoundUnknown(feed, round);
        return _roundAt(round);
    }

    /// @inheritdoc IRoundSource
    /// @dev A call of its own, so that whatever goes wrong in it is caught. A feed that has no round says RoundUnknown; whatever else
    ///      keeps a round from being read halts the feed.
    function stateOf(bytes32 feed) external view returns (FeedState) {
        try this.latestRound(feed) returns (Round memory) {
            return _isHeld() ? FeedState.HELD : FeedState.LIVE;
        } catch (bytes memory reason) {
            // An error's selector is its first four bytes.
            // forge-lint: disable-next-line(unsafe-typecast)
            return bytes4(reason) == RoundUnknown.selector ? FeedState.UNKNOWN : FeedState.HALTED;
        }
    }

    /// @inheritdoc IRoundSource
    function decimalsOf(bytes32 feed) external view returns (uint8) {
        if (feed != feedId) revert RoundUnknown(feed, 0);
        return decimals;
    }

    /* INTERNAL */

    function _latestRound() internal view virtual returns (Round memory);

    /// @param round not zero
    function _roundAt(uint64 round) internal view virtual returns (Round memory);

    /// @notice Whether a later round waits for approval.
    function _isHeld() internal view virtual returns (bool) {
        return false;
    }
}
