// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Round } from "../../../contracts/interfaces/IRoundSource.sol";
import { IValuationRegistry } from "../../../contracts/interfaces/IValuationRegistry.sol";

/// @notice What Dealing sees of a ValuationRegistry, the FeedProxy behind it and the source behind that, with every answer in the test's
///         hand.
contract ScriptedValuation {
    error RoundUnreadable(uint64 round);

    bytes32 public constant feedId = keccak256("scripted");
    address public aggregator = address(this);
    address public quote = address(840);
    address public feed = address(this);
    uint8 public decimals = 8;
    IValuationRegistry.Status public status = IValuationRegistry.Status.LIVE;
    uint64 public last;
    mapping(uint64 round => Round) private _rounds;

    /// @notice Accepts a round, as of now.
    function publish(int128 value, uint40 valuationTimestamp) external returns (uint64) {
        ++last;
        _rounds[last] = Round(value, valuationTimestamp, uint40(block.timestamp), last, 0);
        return last;
    }

    /// @notice Uses up a number, as a held round that expires does.
    function skip() external {
        ++last;
    }

    /// @notice A round that nobody can read any more.
    function forget(uint64 round) external {
        delete _rounds[round];
    }

    function restate(uint64 round, int128 value) external {
        _rounds[round].value = value;
    }

    function setStatus(IValuationRegistry.Status status_) external {
        status = status_;
    }

    function setDecimals(uint8 decimals_) external {
        decimals = decimals_;
    }

    function setQuote(address quote_) external {
        quote = quote_;
    }

    function setAggregator(address aggregator_) external {
        aggregator = aggregator_;
    }

    function roundAt(bytes32, uint64 round) external view returns (Round memory) {
        if (_rounds[round].round == 0) revert RoundUnreadable(round);
        return _rounds[round];
    }

    function decimalsOf(bytes32) external view returns (uint8) {
        return decimals;
    }

    function policyOf(address) external view returns (IValuationRegistry.Policy memory policy) {
        (policy.feed, policy.quote) = (feed, quote);
    }

    function valuation(address) external view returns (int256, uint8, uint40, uint40, IValuationRegistry.Status) {
        Round memory round = _rounds[last];
        return (round.value, decimals, round.valuationTimestamp, round.publishedAt, status);
    }
}
