// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { DataFeedsCache } from "@chainlink/contracts/src/v0.8/data-feeds/DataFeedsCache.sol";
import { KeystoneForwarder } from "@chainlink/contracts/src/v0.8/keystone/KeystoneForwarder.sol";
import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";

/// @notice What `npm run bench:oracle` compares with, Chainlink's own contracts, compiled beside ours; and a consumer that reads a feed.
contract ColdRead {
    /// @return gas that `latestRoundData` costs its caller, the cold account included, without decoding the answer
    function cost(AggregatorV3Interface feed) external view returns (uint256 gas) {
        bytes memory data = abi.encodeCall(AggregatorV3Interface.latestRoundData, ());
        bool ok;
        uint256 before = gasleft();
        assembly ("memory-safe") {
            ok := staticcall(gas(), feed, add(data, 32), 4, 0, 0)
        }
        gas = before - gasleft();
        require(ok);
    }
}
