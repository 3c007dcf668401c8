// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { ReserveGate } from "../../../contracts/compliance/rules/ReserveGate.sol";
import { Kind, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { ComplianceFixture } from "./ComplianceFixture.sol";

/// @dev A feed that says what the test says, in the form that the test says.
contract FeedStandIn {
    enum Fault {
        NONE,
        REVERT,
        SHORT,
        BURN_GAS,
        RETURN_MUCH
    }

    uint256 public roundId = 1;
    int256 public answer;
    uint256 public updatedAt;
    bytes internal decimalsAnswer;
    Fault internal fault;
    bool internal decimalsBurnGas;
    uint256 internal spends;
    bytes internal stateAnswer;
    bool internal stateBurnsGas;

    constructor(uint8 decimals_) {
        decimalsAnswer = abi.encode(decimals_);
    }

    function set(int256 answer_, uint256 updatedAt_) external {
        (answer, updatedAt) = (answer_, updatedAt_);
    }

    function setFault(Fault fault_) external {
        fault = fault_;
    }

    function setDecimals(bytes calldata decimalsAnswer_, bool burnGas) external {
        (decimalsAnswer, decimalsBurnGas) = (decimalsAnswer_, burnGas);
    }

    /// @param answer_ nothing = the feed has no such function
    function setState(bytes calldata answer_, bool burnGas) external {
        (stateAnswer, stateBurnsGas) = (answer_, burnGas);
    }

    function state() external view {
        while (stateBurnsGas) { }
        bytes memory given = stateAnswer;
        if (given.length == 0) revert("no such function");
        assembly {
            return(add(given, 0x20), mload(given))
        }
    }

    function spend(uint256 gas_) external {
        spends = gas_;
    }

    function decimals() external view returns (uint8) {
        while (decimalsBurnGas) { }
        bytes memory given = decimalsAnswer;
        assembly {
            return(add(given, 0x20), mload(given))
        }
    }

    function latestRoundData() external view returns (uint256, int256, uint256, uint256, uint256) {
        uint256 start = gasleft();
        if (fault == Fault.REVERT) revert("halted");
        while (fault == Fault.BURN_GAS) { }
        bytes memory round = abi.encode(roundId, answer, updatedAt, updatedAt, roundId);
        uint256 size = fault == Fault.SHORT ? 159 : fault == Fault.RETURN_MUCH ? 4096 : 160;
        uint256 total = spends;
        while (start - gasleft() < total) { }
        assembly {
            return(add(round, 0x20), size)
        }
    }
}

abstract contract ReserveGateFixture is ComplianceFixture {
    uint32 internal constant MAX_AGE = 1 days;
    uint256 internal constant NEVER = type(uint256).max;

    ReserveGate internal rule = new ReserveGate();
    FeedStandIn internal feed = new FeedStandIn(8);

    /// @dev The token has 6 decimals, the feed 8, and the reserve is 1,000 units of the token.
    function setUp() public override {
        super.setUp();
        decimals(6);
        feed.set(10e8, block.timestamp);
    }

    function decimals(uint256 count) internal {
        vm.mockCall(address(token), abi.encodeWithSignature("decimals()"), abi.encode(count));
    }

    function gate(int128 margin, bool inUnits, uint128 otherSupply) internal {
        setRule(rule, abi.encode(feed, MAX_AGE, margin, inUnits, otherSupply));
    }

    function gate() internal {
        gate(0, false, 0);
    }

    function through(bytes memory call) internal {
        vm.prank(issuer);
        compliance.callModuleFunction(call, address(rule));
    }

    function verdict(uint256 amount) internal view returns (Verdict memory) {
        return rule.check(compliance.describe(Kind.MINT, issuer, address(0), ann, amount));
    }

    function refusal(uint8 code, uint256 actual, uint256 limit) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ISecurityTokenCore.TransferRefused.selector, code, address(rule), actual, limit);
    }

    function assertClosed(uint256 age) internal {
        Verdict memory refused = verdict(1);
        assertEq(refused.code, ReasonCode.RESERVE_STALE);
        assertEq(refused.actual, age);
        assertEq(refused.limit, MAX_AGE);
        assertEq(refused.room, 0);
        assertEq(refused.until, 0);
        vm.expectRevert(refusal(ReasonCode.RESERVE_STALE, age, MAX_AGE));
        mint(ann, 1);
        (bool usable, uint256 reserve,) = rule.reserveOf(address(token));
        assertFalse(usable);
        assertEq(reserve, 0);
    }
}
