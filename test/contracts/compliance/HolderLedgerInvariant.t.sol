// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { CountryGroup } from "../../../contracts/compliance/CountryValues.sol";
import { CategoryPercentage } from "../../../contracts/compliance/rules/CategoryPercentage.sol";
import { HolderCap } from "../../../contracts/compliance/rules/HolderCap.sol";
import { HolderCapByCategory } from "../../../contracts/compliance/rules/HolderCapByCategory.sol";
import { HolderCapByCountry } from "../../../contracts/compliance/rules/HolderCapByCountry.sol";
import { HolderLedger } from "../../../contracts/compliance/rules/HolderLedger.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { HolderFixture } from "./HolderFixture.sol";

/// @dev Moves units among six investors of two wallets each, under every rule that counts holders, and lets their countries and claims
///      change. After each movement it asserts what the movement may not have done.
contract HolderLedgerHandler is HolderFixture {
    uint256 internal constant INVESTORS = 6;
    uint8 internal constant TOPIC = 3;
    uint16 internal constant MAX_CATEGORY = 5;

    HolderCap public immutable ALL = new HolderCap();
    HolderCapByCountry public immutable COUNTRIES = new HolderCapByCountry();
    HolderCapByCategory public immutable RETAIL = new HolderCapByCategory();
    CategoryPercentage public immutable UNITS = new CategoryPercentage();
    CategoryPercentage public immutable HEADS = new CategoryPercentage();
    address[2][INVESTORS] internal wallets;
    address[INVESTORS] public investors;
    bool internal regrouped;

    constructor() {
        setUp();
        for (uint256 i = 0; i < INVESTORS; i++) {
            investors[i] = address(uint160(0x1000 + i));
            for (uint256 j = 0; j < 2; j++) {
                wallets[i][j] = address(uint160(0x2000 + 2 * i + j));
                token.link(wallets[i][j], investors[i], 840);
            }
            setWords(i, i);
        }
        for (uint256 i = 0; i < 3; i++) {
            token.setTopicStatus(wordOf(2 * i), TOPIC, ReasonCode.RECIPIENT_CLAIM_EXPIRED);
        }
        configure(2, 2, 4000);
    }

    /* WHAT HAPPENS */

    function mint(uint256 to, uint64 amount) external {
        act(Kind.MINT, address(0), pick(to), bound(amount, 1, type(uint64).max));
    }

    function transfer(uint256 from, uint256 to, uint256 amount, bool all) external {
        amount = part(from, amount, all);
        if (amount > 0) act(Kind.TRANSFER, pick(from), pick(to), amount);
    }

    function burn(uint256 from, uint256 amount, bool all) external {
        amount = part(from, amount, all);
        if (amount > 0) act(Kind.BURN, pick(from), address(0), amount);
    }

    function forcedTransfer(uint256 from, uint256 to, uint256 amount, bool all) external {
        amount = part(from, amount, all);
        if (amount > 0) act(Kind.FORCED, pick(from), pick(to), amount);
    }

    function moveOwn(uint256 who, uint256 amount, bool recovery) external {
        who %= INVESTORS;
        amount = part(who, amount, recovery);
        if (amount > 0) act(recovery ? Kind.RECOVERY : Kind.TRANSFER, wallets[who][0], wallets[who][1], amount);
    }

    function changeInvestor(uint256 who, uint256 word) external {
        setWords(who % INVESTORS, word);
    }

    function sync(uint256 who) external {
        syncInvestor(who % INVESTORS);
    }

    function setCaps(uint8 inUS, uint8 retail, uint16 bps) external {
        configure(inUS % 4, retail % 4, bps % 10_001);
    }

    function syncAll() external {
        for (uint256 i = 0; i < INVESTORS; i++) {
            syncInvestor(i);
        }
    }

    /// @dev Has the countries counted anew, as another grouping or a recount does; seldom, because newcomers are refused from then on.
    function regroup(uint256 seed) external {
        if (seed % 4 != 0) return;
        regrouped = !regrouped;
        configure(2, 2, 4000);
    }

    /* HOW */

    function configure(uint256 inUS, uint256 retail, uint256 bps) internal {
        CountryGroup[] memory groups = new CountryGroup[](1);
        groups[0] = CountryGroup(new uint16[](regrouped ? 2 : 1), inUS);
        groups[0].countries[0] = 840;
        if (regrouped) groups[0].countries[1] = 276;
        uint16[] memory countries = new uint16[](1);
        countries[0] = 840;
        RuleSetting[] memory settings = new RuleSetting[](5);
        settings[0] = RuleSetting(address(ALL), abi.encode(uint256(5)));
        settings[1] = RuleSetting(address(COUNTRIES), abi.encode(uint256(3), groups));
        settings[2] = RuleSetting(address(RETAIL), abi.encode(TOPIC, false, retail, new CountryGroup[](0)));
        settings[3] = RuleSetting(address(UNITS), abi.encode(uint16(bps), true, countries, uint8(0), false));
        settings[4] = RuleSetting(address(HEADS), abi.encode(uint16(bps), false, new uint16[](0), TOPIC, true));
        setRules(settings);
    }

    /// @dev Even words lack the claim.
    function wordOf(uint256 seed) internal pure returns (uint256) {
        uint16[3] memory countries = [uint16(840), 276, 792];
        return Eligibility.withBlocked(Eligibility.withCountry(0, countries[seed / 2 % 3]), seed % 2 == 0);
    }

    function setWords(uint256 who, uint256 seed) internal {
        token.setWord(wallets[who][0], wordOf(seed % 6));
        token.setWord(wallets[who][1], wordOf(seed % 6));
    }

    function pick(uint256 who) internal view returns (address) {
        return wallets[who % INVESTORS][0];
    }

    function part(uint256 who, uint256 amount, bool all) internal view returns (uint256) {
        uint256 position = token.positionOf(investors[who % INVESTORS]);
        return all ? position : bound(amount, 0, position);
    }

    function syncInvestor(uint256 who) internal {
        address[] memory one = list(investors[who]);
        COUNTRIES.sync(address(token), one);
        RETAIL.sync(address(token), one);
        UNITS.sync(address(token), one);
        HEADS.sync(address(token), one);
    }

    function act(Kind kind, address from, address to, uint256 amount) internal {
        Transfer memory t = compliance.describe(kind, address(this), from, to, amount);
        Verdict[] memory verdicts = compliance.check(t);
        bool pass = true;
        for (uint256 i = 0; i < verdicts.length; i++) {
            pass = pass && verdicts[i].pass;
        }
        bool complete = COUNTRIES.countedOf(address(token)) == token.holderCount();
        (, uint256 unitsBefore) = UNITS.totalsOf(address(token), 2);
        try token.move(kind, from, to, amount) {
            assertTrue(pass, "checked, and moved all the same");
        } catch {
            assertFalse(pass, "passed every check, and did not move");
            return;
        }
        if (kind > Kind.MINT || t.fromInvestor == t.toInvestor) return;
        if (t.toPosition == 0) {
            assertTrue(complete, "a newcomer while the ledger was incomplete");
            assertLe(token.holderCount(), 5, "all");
            assertCap(COUNTRIES, t.toInvestor, COUNTRIES.capOf(address(token), Eligibility.country(t.toWord)));
            if (RETAIL.categoryOf(address(token), t.toInvestor) != 1) assertCap(RETAIL, t.toInvestor, RETAIL.capOf(address(token), 0));
        }
        (, uint256 units) = UNITS.totalsOf(address(token), 2);
        (uint256 bps,,,,) = abi.decode(UNITS.configuration(address(token)), (uint16, bool, uint16[], uint8, bool));
        if (units > unitsBefore && bps != 0) assertLe(units * 10_000, bps * token.totalSupply(), "share of the supply");
    }

    function assertCap(HolderLedger rule, address investor, uint256 cap) internal view {
        (uint256 holders,) = rule.totalsOf(address(token), rule.categoryOf(address(token), investor));
        if (cap != 0) assertLe(holders, cap, "cap");
    }

    /* WHAT IS ASSERTED */

    function ledgers() internal view returns (HolderLedger[4] memory) {
        return [HolderLedger(COUNTRIES), RETAIL, UNITS, HEADS];
    }

    function assertCategoriesAddUp() external view {
        HolderLedger[4] memory rules = ledgers();
        for (uint256 i = 0; i < 4; i++) {
            uint256[MAX_CATEGORY + 1] memory counted;
            for (uint256 j = 0; j < INVESTORS; j++) {
                uint16 category = rules[i].categoryOf(address(token), investors[j]);
                counted[category]++;
                if (category != 0) assertGt(token.positionOf(investors[j]), 0, "counts, and holds nothing");
            }
            for (uint16 category = 1; category <= MAX_CATEGORY; category++) {
                (uint256 holders,) = rules[i].totalsOf(address(token), category);
                assertEq(holders, counted[category], "category");
            }
            assertEq(rules[i].countedOf(address(token)), INVESTORS - counted[0], "all");
        }
    }

    /// @dev External, so that the test can take the syncs back.
    function assertSyncBringsThePresent() external {
        uint256 unitsInUS;
        uint256 accredited;
        for (uint256 i = 0; i < INVESTORS; i++) {
            syncInvestor(i);
            uint256 position = token.positionOf(investors[i]);
            uint256 word = token.investorWord(investors[i]);
            uint16 country = Eligibility.country(word);
            bool retail = Eligibility.blocked(word);
            if (country == 840) unitsInUS += position;
            if (!retail && position > 0) accredited++;
            bool grouped = country == 840 || (regrouped && country == 276);
            assertEq(COUNTRIES.categoryOf(address(token), investors[i]), position == 0 ? 0 : grouped ? 3 : 2, "country");
            assertEq(RETAIL.categoryOf(address(token), investors[i]), position == 0 ? 0 : retail ? 2 : 1, "retail");
            assertEq(UNITS.categoryOf(address(token), investors[i]), position == 0 ? 0 : country == 840 ? 2 : 1, "US");
            assertEq(HEADS.categoryOf(address(token), investors[i]), position == 0 ? 0 : retail ? 1 : 2, "accredited");
        }
        (, uint256 units) = UNITS.totalsOf(address(token), 2);
        assertEq(units, unitsInUS, "units");
        (uint256 holders,) = HEADS.totalsOf(address(token), 2);
        assertEq(holders, accredited, "heads");
        HolderLedger[4] memory rules = ledgers();
        for (uint256 i = 0; i < 4; i++) {
            assertEq(rules[i].countedOf(address(token)), token.holderCount(), "complete");
        }
    }

    function anyFaulted() external view returns (bool faulted) {
        for (uint256 i = 0; i < 5; i++) {
            faulted = faulted || compliance.rules()[i].faulted;
        }
    }
}

contract HolderLedgerInvariantTest is HolderFixture {
    HolderLedgerHandler internal handler;

    function setUp() public override {
        handler = new HolderLedgerHandler();
        bytes4[] memory selectors = new bytes4[](10);
        selectors[0] = HolderLedgerHandler.mint.selector;
        selectors[1] = HolderLedgerHandler.transfer.selector;
        selectors[2] = HolderLedgerHandler.burn.selector;
        selectors[3] = HolderLedgerHandler.forcedTransfer.selector;
        selectors[4] = HolderLedgerHandler.moveOwn.selector;
        selectors[5] = HolderLedgerHandler.changeInvestor.selector;
        selectors[6] = HolderLedgerHandler.sync.selector;
        selectors[7] = HolderLedgerHandler.setCaps.selector;
        selectors[8] = HolderLedgerHandler.regroup.selector;
        selectors[9] = HolderLedgerHandler.syncAll.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector({ addr: address(handler), selectors: selectors }));
    }

    function invariant_CategoriesAddUpToThoseCounted() public view {
        handler.assertCategoriesAddUp();
    }

    function invariant_AfterSyncOfAllTheLedgerIsThePresent() public {
        uint256 state = vm.snapshotState();
        handler.assertSyncBringsThePresent();
        vm.revertToState(state);
    }

    function invariant_NoExitEverFaultsARule() public view {
        assertFalse(handler.anyFaulted());
    }
}
