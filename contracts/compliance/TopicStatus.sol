// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IIdentityRegistry } from "../interfaces/IIdentityRegistry.sol";
import { ReasonCode } from "../interfaces/ReasonCode.sol";
import { IERC3643Token } from "../interfaces/erc3643/IERC3643Token.sol";
import { StaticRead } from "./StaticRead.sol";

/// @notice What an investor's claim is worth to a token, asked in a way that no answer, and no lack of one, can make a rule revert.
library TopicStatus {
    /// @dev Both together leave a rule a quarter of what it may use to judge.
    uint256 private constant TOKEN_GAS = 25_000;
    uint256 private constant REGISTRY_GAS = 50_000;

    /// @param token the token, whose identity registry is asked
    /// @param investorWord word of the investor (see Eligibility)
    /// @param topic claim topic, 1 to 5
    /// @return code as IIdentityRegistry.topicStatus; ReasonCode.UNKNOWN when the registry does not answer
    function ask(address token, uint256 investorWord, uint256 topic) internal view returns (uint8 code) {
        (bool answered, uint256 registry) = StaticRead.word(token, TOKEN_GAS, abi.encodeCall(IERC3643Token.identityRegistry, ()));
        if (!answered || registry > type(uint160).max) return ReasonCode.UNKNOWN;

        uint256 status;
        // forge-lint: disable-next-item(unsafe-typecast)
        (answered, status) =
            StaticRead.word(address(uint160(registry)), REGISTRY_GAS, abi.encodeCall(IIdentityRegistry.topicStatus, (investorWord, topic)));
        // forge-lint: disable-next-line(unsafe-typecast)
        return answered && status <= type(uint8).max ? uint8(status) : ReasonCode.UNKNOWN;
    }
}
