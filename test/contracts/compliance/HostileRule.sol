// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Capability, IRule, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";

/// @dev A rule that misbehaves in one way.
contract HostileRule is IRule {
    enum Mode {
        REVERT,
        BURN_GAS,
        RETURN_MUCH,
        REVERT_MUCH,
        RETURN_NOTHING,
        CODE_ZERO
    }

    Mode internal immutable MODE;
    bool public quiet;
    uint256 public calls;

    constructor(Mode mode) {
        MODE = mode;
    }

    function setQuiet(bool quiet_) external {
        quiet = quiet_;
    }

    function check(Transfer calldata) external view returns (Verdict memory) {
        if (quiet) return Verdict(address(0xdead), 0, true, 0, 0, type(uint256).max, 0);
        _misbehave();
        return Verdict(address(this), 0, true, 0, 0, 0, 0);
    }

    function enforce(Transfer calldata) external {
        if (quiet) {
            calls++;
            return;
        }
        _misbehave();
    }

    function configure(address, bytes calldata) external { }

    function configuration(address) external pure returns (bytes memory) {
        return "";
    }

    function capabilities() external pure returns (uint256) {
        return Capability.ALL & ~Capability.CHARGES_FEE;
    }

    function name() external pure returns (string memory) {
        return "HostileRule";
    }

    function isPlugAndPlay() external pure returns (bool) {
        return false;
    }

    function canComplianceBind(address) external pure returns (bool) {
        return false;
    }

    function isComplianceBound(address) external pure returns (bool) {
        return false;
    }

    function moduleCheck(address, address, uint256, address) external pure returns (bool) {
        return false;
    }

    function _misbehave() internal view {
        if (MODE == Mode.REVERT) revert("no");
        if (MODE == Mode.BURN_GAS) while (true) { }
        if (MODE == Mode.CODE_ZERO) revert RuleRefused(0, 1, 2);
        Mode mode = MODE;
        assembly {
            switch mode
            case 2 { return(0, 150000) }
            case 3 { revert(0, 150000) }
            case 4 { return(0, 0) }
        }
    }
}
