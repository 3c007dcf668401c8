// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { CountryGroup } from "../../../contracts/compliance/CountryValues.sol";
import { AccreditedOnly } from "../../../contracts/compliance/rules/AccreditedOnly.sol";
import { BlackoutWindows } from "../../../contracts/compliance/rules/BlackoutWindows.sol";
import { CategoryPercentage } from "../../../contracts/compliance/rules/CategoryPercentage.sol";
import { CountryAllow } from "../../../contracts/compliance/rules/CountryAllow.sol";
import { CountryRestrict } from "../../../contracts/compliance/rules/CountryRestrict.sol";
import { FullTransferOnly } from "../../../contracts/compliance/rules/FullTransferOnly.sol";
import { HolderCap } from "../../../contracts/compliance/rules/HolderCap.sol";
import { HolderCapByCategory } from "../../../contracts/compliance/rules/HolderCapByCategory.sol";
import { HolderCapByCountry } from "../../../contracts/compliance/rules/HolderCapByCountry.sol";
import { HolderLedger } from "../../../contracts/compliance/rules/HolderLedger.sol";
import { LiquidateOnly } from "../../../contracts/compliance/rules/LiquidateOnly.sol";
import { Lockup } from "../../../contracts/compliance/rules/Lockup.sol";
import { MaximumBalance } from "../../../contracts/compliance/rules/MaximumBalance.sol";
import { MaximumOwnership } from "../../../contracts/compliance/rules/MaximumOwnership.sol";
import { MinimumHolders } from "../../../contracts/compliance/rules/MinimumHolders.sol";
import { MinimumHolding } from "../../../contracts/compliance/rules/MinimumHolding.sol";
import { MinimumTransfer } from "../../../contracts/compliance/rules/MinimumTransfer.sol";
import { RegSFlowback } from "../../../contracts/compliance/rules/RegSFlowback.sol";
import { ReserveGate } from "../../../contracts/compliance/rules/ReserveGate.sol";
import { SanctionsOracle } from "../../../contracts/compliance/rules/SanctionsOracle.sol";
import { SpenderPolicy } from "../../../contracts/compliance/rules/SpenderPolicy.sol";
import { SupplyLimit } from "../../../contracts/compliance/rules/SupplyLimit.sol";
import { TokenListing } from "../../../contracts/compliance/rules/TokenListing.sol";
import { TransferAllowlist } from "../../../contracts/compliance/rules/TransferAllowlist.sol";
import { TransferApproval } from "../../../contracts/compliance/rules/TransferApproval.sol";
import { TransferBlocklist } from "../../../contracts/compliance/rules/TransferBlocklist.sol";
import { TransferFee } from "../../../contracts/compliance/rules/TransferFee.sol";
import { VenueLimit } from "../../../contracts/compliance/rules/VenueLimit.sol";
import { VolumeLimit } from "../../../contracts/compliance/rules/VolumeLimit.sol";
import { Window } from "../../../contracts/compliance/TransferWindows.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { Kind, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { Vm } from "forge-std/Vm.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { TokenFixture } from "../token/TokenFixture.sol";

/// @dev A reserve that is proven, and a list on which nobody stands.
contract Outside {
    uint8 public constant decimals = 18;

    function isSanctioned(address account) external pure returns (bool) {
        return uint160(account) % 5 == 0;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (1, 4000, block.timestamp, block.timestamp, 1);
    }
}

/// @notice Whichever rules of the catalogue stand together on a real token: a movement reverts if and only if it is explained as refused,
///         and what is named as the greatest amount passes.
contract AllRulesTest is TokenFixture {
    uint16 internal constant AMERICA = 840;

    address internal carl = makeAddr("carl");
    address internal treasury = makeAddr("treasury");
    address internal outside;
    address[] internal rules;
    address[] internal accounts;
    address[] internal identities;

    function setUp() public override {
        super.setUp();
        outside = address(new Outside());
        identities.push(annIdentity);
        identities.push(bobIdentity);
        identities.push(onboard(registry, carl, "carl", AMERICA));
        identities.push(onboard(registry, treasury, "treasury", GERMANY));
        accounts = [ann, annSecond, bob, carl, treasury, stranger, address(0)];
        rules = [
            address(new AccreditedOnly()),
            address(new BlackoutWindows()),
            address(new CategoryPercentage()),
            address(new CountryAllow()),
            address(new CountryRestrict()),
            address(new FullTransferOnly()),
            address(new HolderCap()),
            address(new HolderCapByCategory()),
            address(new HolderCapByCountry()),
            address(new LiquidateOnly()),
            address(new Lockup()),
            address(new MaximumBalance()),
            address(new MaximumOwnership()),
            address(new MinimumHolders()),
            address(new MinimumHolding()),
            address(new MinimumTransfer()),
            address(new RegSFlowback()),
            address(new ReserveGate()),
            address(new SanctionsOracle()),
            address(new SpenderPolicy()),
            address(new SupplyLimit()),
            address(new TokenListing()),
            address(new TransferAllowlist()),
            address(new TransferApproval()),
            address(new TransferBlocklist()),
            address(new TransferFee()),
            address(new VenueLimit()),
            address(new VolumeLimit())
        ];
        mint(ann, 1000);
        mint(bob, 500);
        vm.prank(ann);
        token.approve(bob, type(uint256).max);
    }

    function test_When_EachRuleStandsAlone_ItIsBoundAndAnswers() external {
        for (uint256 i = 0; i < rules.length; i++) {
            setRule(rules[i], parametersOf(i, uint256(keccak256(abi.encode(i)))));
            (, Verdict[] memory verdicts) = token.explain(ann, bob, 10);
            for (uint256 j = 0; j < verdicts.length; j++) {
                bool unknown = verdicts[j].rule == rules[i] && verdicts[j].actual == 0 && verdicts[j].limit == 2;
                assertTrue(verdicts[j].code != ReasonCode.RULE_FAULT || unknown, vm.toString(i));
            }
        }
    }

    /// forge-config: default.fuzz.runs = 512
    function testFuzz_When_AnyRulesStandTogether_AMovementRevertsIffExplained(uint256 seed) external {
        bindSome(seed);
        for (uint256 step = 0; step < 4; step++) {
            seed = uint256(keccak256(abi.encode(seed, step)));
            skip(seed % 40 days);
            (address from, address to) = (accounts[(seed >> 8) % 5], accounts[(seed >> 16) % 7]);
            uint256 amount = amountOf(seed >> 24);
            uint256 choice = (seed >> 40) % 4;
            if (choice == 0) assertMint(to, amount);
            else assertTransfer(choice == 1 ? bob : from, from, to, amount);
            assertGreatest(from, to);
        }
    }

    /// @dev An officer spends nobody's allowance: what he forces is judged as if the holder had sent it.
    function test_When_AnOfficerForces_TheSpenderPolicyHasNothingToOverride() external {
        setRule(rules[19], abi.encode(uint8(SpenderPolicy.Policy.NONE), new address[](0)));
        vm.recordLogs();
        force(ann, bob, 10);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; i++) {
            assertNotEq(logs[i].topics[0], ISecurityTokenCore.RuleOverridden.selector);
        }
        assertEq(token.balanceOf(bob), 510);
    }

    /// @dev Sixteen that all judge a transfer, the dearest of the catalogue among them, with sixteen lots and two wallets. Cold, as a receipt.
    /// forge-config: default.isolate = true
    function test_When_SixteenRulesStandTogether_ATransferCostsAtMost400000() external {
        uint8[16] memory chosen = [0, 1, 2, 3, 6, 7, 8, 10, 11, 12, 13, 14, 18, 22, 26, 27];
        address[] memory everybody = new address[](5);
        for (uint256 i = 0; i < 5; i++) {
            everybody[i] = accounts[i];
        }
        uint16[] memory anywhere = new uint16[](3);
        (anywhere[0], anywhere[1], anywhere[2]) = (GERMANY, FRANCE, AMERICA);
        CountryGroup[] memory groups = new CountryGroup[](1);
        groups[0] = CountryGroup(anywhere, 100);
        Window[] memory windows = new Window[](1);
        windows[0] = Window(uint32(20 days), 1_000_000);
        VenueLimit.Venue[] memory venues = new VenueLimit.Venue[](1);
        venues[0] = VenueLimit.Venue(annIdentity, windows);

        RuleSetting[] memory settings = new RuleSetting[](16);
        for (uint256 i = 0; i < 16; i++) {
            settings[i].rule = rules[chosen[i]];
        }
        settings[0].parameters = abi.encode(uint8(KYC), true, anywhere);
        settings[1].parameters = abi.encode(new uint40[2][](0), false);
        settings[2].parameters = abi.encode(uint16(10_000), true, anywhere, uint8(0), false);
        settings[3].parameters = abi.encode(anywhere);
        settings[4].parameters = abi.encode(uint256(100));
        settings[5].parameters = abi.encode(uint8(KYC), true, uint256(100), groups);
        settings[6].parameters = abi.encode(uint256(100), groups);
        settings[7].parameters = abi.encode(uint32(30 days), true);
        settings[8].parameters = abi.encode(uint256(1_000_000));
        settings[9].parameters = abi.encode(uint16(10_000), uint112(0));
        settings[10].parameters = abi.encode(uint256(1));
        settings[11].parameters = abi.encode(uint256(1), groups);
        settings[12].parameters = abi.encode(outside, uint8(3), new address[](0));
        settings[13].parameters = abi.encode(everybody);
        settings[14].parameters = abi.encode(venues);
        settings[15].parameters = abi.encode(windows, new address[](0));
        compliance.setRules(settings);
        for (uint256 i = 0; i < 16; i++) {
            (bool counted,) = settings[i].rule.call(abi.encodeCall(HolderLedger.sync, (address(token), identities)));
            counted;
        }
        for (uint256 lot = 0; lot < 16; lot++) {
            skip(1 days);
            mint(ann, 10);
        }
        skip(15 days);
        vm.prank(ann);
        token.transfer(bob, 1);
        vm.prank(ann);
        token.transfer(bob, 1);
        uint256 gas = vm.lastCallGas().gasTotalUsed;
        emit log_named_uint("transfer with 16 rules", gas);
        assertLe(gas, 400_000);
    }

    /* STEPS */

    function assertTransfer(address operator, address from, address to, uint256 amount) internal {
        (uint8 code,) = token.explainAs(Kind.TRANSFER, operator, from, to, amount);
        vm.prank(operator);
        (bool success,) = address(token).call(abi.encodeCall(token.transferFrom, (from, to, amount)));
        assertEq(success, code == ReasonCode.OK, vm.toString(code));
    }

    function assertMint(address to, uint256 amount) internal {
        (uint8 code,) = token.explainAs(Kind.MINT, agent, address(0), to, amount);
        vm.prank(agent);
        (bool success,) = address(token).call(abi.encodeWithSignature("mint(address,uint256)", to, amount));
        assertEq(success, code == ReasonCode.OK, vm.toString(code));
    }

    function assertGreatest(address from, address to) internal view {
        (uint256 greatest, uint8 binding) = token.maxTransferable(from, to);
        if (greatest != 0) assertEq(token.detectTransferRestriction(from, to, greatest), ReasonCode.OK, "the greatest amount");
        assertEq(token.detectTransferRestriction(from, to, greatest + 1), binding, "one unit more");
    }

    /* RULES */

    function bindSome(uint256 seed) internal {
        uint256 count = 1 + seed % 6;
        RuleSetting[] memory settings = new RuleSetting[](count);
        // A step that has no divisor in common with the number of rules names each at most once.
        uint256 start = (seed >> 8) % rules.length;
        uint256 stride = [uint256(1), 3, 5, 9, 11, 13][(seed >> 16) % 6];
        for (uint256 i = 0; i < count; i++) {
            uint256 index = (start + i * stride) % rules.length;
            settings[i] = RuleSetting(rules[index], parametersOf(index, seed >> (24 + 8 * i)));
        }
        compliance.setRules(settings);
        if (seed >> 255 == 0) {
            for (uint256 i = 0; i < count; i++) {
                (bool counted,) = settings[i].rule.call(abi.encodeCall(HolderLedger.sync, (address(token), identities)));
                counted;
            }
        }
    }

    function amountOf(uint256 seed) internal pure returns (uint256) {
        uint16[8] memory amounts = [0, 1, 9, 10, 200, 500, 1000, 1001];
        return amounts[seed % 8];
    }

    function parametersOf(uint256 index, uint256 seed) internal view returns (bytes memory) {
        uint256 value = amountOf(seed);
        bool flag = (seed >> 3) & 1 != 0;
        uint16[] memory countries = new uint16[](2);
        (countries[0], countries[1]) = flag ? (GERMANY, AMERICA) : (FRANCE, AMERICA);
        CountryGroup[] memory groups = new CountryGroup[](1);
        groups[0] = CountryGroup(countries, value);
        address[] memory some = new address[](2);
        (some[0], some[1]) = flag ? (ann, carl) : (bob, treasury);
        uint16 bps = uint16(1 + (seed >> 4) % 10_000);
        if (index < 9) return ofFirst(index, value, flag, bps, countries, groups);
        if (index < 18) return ofSecond(index, value, flag, bps, countries, groups, some);
        return ofThird(index, value, flag, some);
    }

    function ofFirst(uint256 index, uint256 value, bool flag, uint16 bps, uint16[] memory countries, CountryGroup[] memory groups)
        internal
        view
        returns (bytes memory)
    {
        if (index == 0) return abi.encode(uint8(flag ? KYC : 2), false, countries);
        if (index == 1) {
            uint40[2][] memory spans = new uint40[2][](1);
            spans[0] = [uint40(block.timestamp), uint40(block.timestamp + value * 1 hours + 1)];
            return abi.encode(spans, flag);
        }
        if (index == 2) return abi.encode(bps, flag, countries, uint8(0), false);
        if (index < 5) return abi.encode(countries);
        if (index == 5) return abi.encode(flag, countries);
        if (index == 6) return abi.encode(1 + value % 5);
        groups[0].value = 1 + value % 3;
        if (index == 7) return abi.encode(uint8(KYC), flag, 1 + value % 4, groups);
        return abi.encode(1 + value % 4, groups);
    }

    function ofSecond(
        uint256 index,
        uint256 value,
        bool flag,
        uint16 bps,
        uint16[] memory countries,
        CountryGroup[] memory groups,
        address[] memory some
    ) internal view returns (bytes memory) {
        if (index == 9) {
            (some[0], some[1]) = (identities[flag ? 0 : 1], identities[2]);
            return abi.encode(some);
        }
        if (index == 10) return abi.encode(uint32(30 days), flag);
        if (index == 11) return abi.encode(value);
        if (index == 12) return abi.encode(bps, uint112(flag ? 2000 : 0));
        if (index == 13) return abi.encode(value % 4);
        if (index < 16) return abi.encode(value % 20, groups);
        if (index == 16) return abi.encode(uint40(block.timestamp + 60 days), countries, uint8(flag ? KYC : 0));
        return abi.encode(flag ? outside : address(0), uint32(1 days), int128(0), flag, uint128(0));
    }

    function ofThird(uint256 index, uint256 value, bool flag, address[] memory some) internal view returns (bytes memory) {
        if (index == 18) return abi.encode(outside, uint8(1 + value % 3), some);
        if (index == 19) return abi.encode(uint8(value % 3), some);
        if (index == 20) return abi.encode(1500 + value);
        if (index == 21) return abi.encode(uint8(flag ? 1 : 2));
        if (index == 22 || index == 24) return abi.encode(some);
        if (index == 23) return abi.encode(some, uint8(1), uint32(30 days), flag);
        if (index == 25) return abi.encode(value % 1001, treasury);
        Window[] memory windows = new Window[](1);
        windows[0] = Window(uint32(20 days), uint112(value + 1));
        if (index == 27) return abi.encode(windows, new address[](0));
        VenueLimit.Venue[] memory venues = new VenueLimit.Venue[](1);
        venues[0] = VenueLimit.Venue(identities[flag ? 1 : 2], windows);
        return abi.encode(venues);
    }
}
