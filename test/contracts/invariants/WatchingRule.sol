// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Rule } from "../../../contracts/compliance/rules/Rule.sol";
import { Capability, IRule, Kind, Transfer } from "../../../contracts/interfaces/IRule.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";

/// @notice Keeps a ledger of every kind of movement, and refuses all that it may when it is told to.
contract WatchingRule is Rule {
    uint8 public constant CODE = ReasonCode.BLACKOUT_WINDOW;

    bool private _refuses;
    mapping(bytes32 movement => bool) private _seen;

    function refuse() external {
        _refuses = true;
    }

    function enforce(Transfer calldata t) external override {
        if (_isJudged(t)) _requirePass(t);
        _seen[keccak256(abi.encode(t.kind, t.from, t.to))] = true;
    }

    function configure(address, bytes calldata) external { }

    function wasCalled(Kind kind, address from, address to) external view returns (bool) {
        return _seen[keccak256(abi.encode(kind, from, to))];
    }

    function configuration(address) external pure returns (bytes memory) {
        return "";
    }

    function capabilities() public pure override returns (uint256) {
        return Capability.ALL & ~Capability.CHARGES_FEE;
    }

    function name() external pure returns (string memory) {
        return "Watching";
    }

    function _judge(Transfer calldata) internal view override returns (uint8, uint256, uint256, uint256) {
        return (_refuses ? CODE : ReasonCode.OK, 0, 0, _refuses ? 0 : type(uint256).max);
    }
}
