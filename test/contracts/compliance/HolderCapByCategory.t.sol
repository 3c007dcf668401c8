// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { CountryGroup } from "../../../contracts/compliance/CountryValues.sol";
import { HolderCapByCategory } from "../../../contracts/compliance/rules/HolderCapByCategory.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { IRule, Kind, Transfer } from "../../../contracts/interfaces/IRule.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { HolderFixture } from "./HolderFixture.sol";

/// @dev Ann and Amy (US), Bob and Ben (Germany). An investor is accredited, by topic 3, unless `retail` says otherwise.
contract HolderCapByCategoryTest is HolderFixture {
    uint8 internal constant TOPIC = 3;

    HolderCapByCategory internal rule = new HolderCapByCategory();
    uint16 internal immutable RETAIL = rule.FIRST_GROUP();
    uint16 internal immutable UNCAPPED = rule.UNCAPPED();
    address internal amy;
    address internal ben;
    uint256 internal retailInUS = Eligibility.withBlocked(Eligibility.withCountry(0, 840), true);
    uint256 internal retailInGermany = Eligibility.withBlocked(Eligibility.withCountry(0, 276), true);

    function setUp() public override {
        super.setUp();
        amy = person("amy", 840);
        ben = person("ben", 276);
        // Two words for two kinds of investors: the stand-in's registry judges claims by the whole word.
        token.setTopicStatus(retailInUS, TOPIC, ReasonCode.RECIPIENT_CLAIM_MISSING);
        token.setTopicStatus(retailInGermany, TOPIC, ReasonCode.RECIPIENT_CLAIM_EXPIRED);
    }

    function retail(address wallet, uint256 word) internal {
        token.setWord(wallet, word);
    }

    function set(bool present, uint256 cap) internal {
        setRule(rule, abi.encode(TOPIC, present, cap, new CountryGroup[](0)));
    }

    function test_When_TheCapOfThoseWithoutTheClaimIsReached_OnlyTheyAreRefused() public {
        set(false, 1);
        retail(ann, retailInUS);
        retail(ben, retailInGermany);
        mint(ann, 10);
        expectRefusal(rule, ReasonCode.CATEGORY_CAP_REACHED, 2, 1);
        mint(ben, 1);
        mint(bob, 1);
        mint(amy, 1);
        assertEq(rule.categoryOf(address(token), annIdentity), RETAIL);
        assertEq(rule.categoryOf(address(token), bobIdentity), UNCAPPED);
        assertEq(rule.configuration(address(token)), abi.encode(TOPIC, false, uint256(1), new CountryGroup[](0)));
    }

    function test_When_TheCategoryIsOfThoseWithTheClaim_TheyAreCapped() public {
        set(true, 1);
        retail(ann, retailInUS);
        mint(bob, 1);
        expectRefusal(rule, ReasonCode.CATEGORY_CAP_REACHED, 2, 1);
        mint(amy, 1);
        mint(ann, 1);
    }

    function test_When_TheSellerExits_OnlyHisOwnCategoryGetsAPlace() public {
        set(false, 1);
        retail(ann, retailInUS);
        retail(ben, retailInGermany);
        mint(ann, 10);
        mint(bob, 10);
        expectRefusal(rule, ReasonCode.CATEGORY_CAP_REACHED, 2, 1);
        transfer(bob, ben, 10);
        transfer(ann, ben, 10);
    }

    function test_When_CapsAreByCountry_EachHasItsOwn() public {
        CountryGroup[] memory groups = new CountryGroup[](1);
        groups[0] = CountryGroup(new uint16[](1), 1);
        groups[0].countries[0] = 276;
        setRule(rule, abi.encode(TOPIC, false, uint256(0), groups));
        address eva = person("eva", 276);
        retail(ben, retailInGermany);
        retail(eva, retailInGermany);
        retail(ann, retailInUS);
        retail(amy, retailInUS);
        mint(ann, 1);
        mint(amy, 1);
        mint(ben, 1);
        expectRefusal(rule, ReasonCode.CATEGORY_CAP_REACHED, 2, 1);
        mint(eva, 1);
        mint(bob, 1);
        assertEq(rule.configuration(address(token)), abi.encode(TOPIC, false, uint256(0), groups));
    }

    function test_When_AClaimLapses_TheHolderMovesAtSyncAndNotBefore() public {
        set(false, 1);
        mint(ann, 10);
        retail(ann, retailInUS);
        retail(ben, retailInGermany);
        assertEq(rule.categoryOf(address(token), annIdentity), UNCAPPED);
        mint(ben, 1);
        transfer(ben, ann, 1);
        rule.sync(address(token), list(annIdentity));
        assertEq(rule.categoryOf(address(token), annIdentity), RETAIL);
        expectRefusal(rule, ReasonCode.CATEGORY_CAP_REACHED, 2, 1);
        mint(ben, 1);
    }

    function test_When_AnInvestorGainsTheClaim_HisPlaceIsFreeAtSync() public {
        set(false, 1);
        retail(ann, retailInUS);
        retail(ben, retailInGermany);
        mint(ann, 10);
        token.setWord(ann, Eligibility.withCountry(0, 840));
        expectRefusal(rule, ReasonCode.CATEGORY_CAP_REACHED, 2, 1);
        mint(ben, 1);
        rule.sync(address(token), list(annIdentity));
        mint(ben, 1);
    }

    function test_When_OwnWalletsMoveUnitsAtTheCap_ItPasses() public {
        set(false, 1);
        retail(ann, retailInUS);
        mint(ann, 10);
        transfer(ann, annSecond, 10);
        force(annSecond, ben, 1);
    }

    function test_When_TheCategoryChanges_EverybodyIsCountedAnew() public {
        set(false, 1);
        mint(ann, 10);
        set(false, 2);
        assertEq(rule.countedOf(address(token)), 1);
        set(true, 2);
        assertEq(rule.countedOf(address(token)), 0);
        rule.sync(address(token), list(annIdentity));
        assertEq(rule.categoryOf(address(token), annIdentity), RETAIL);
    }

    function test_RevertWhen_TheTopicHasNoLane() public {
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "topic"));
        setRule(rule, abi.encode(uint8(0), false, uint256(1), new CountryGroup[](0)));
        vm.expectRevert(abi.encodeWithSelector(IRule.RuleParametersInvalid.selector, "topic"));
        setRule(rule, abi.encode(uint8(6), false, uint256(1), new CountryGroup[](0)));
    }

    function testFuzz_When_Judged_EnforceAndCheckAgree(uint8 cap, bool present, bool[3] memory hold, bool inStep, Fuzzed memory fuzzed)
        public
    {
        set(present, cap % 3);
        retail(ann, retailInUS);
        address[3] memory wallets = [ann, bob, amy];
        uint256 holders;
        for (uint256 i = 0; i < 3; i++) {
            if (!hold[i]) continue;
            force(address(0), wallets[i], 10);
            holders++;
        }
        Transfer memory t = movement(fuzzed);
        t.fromInvestor = [annIdentity, bobIdentity, identityOf(amy), address(0)][fuzzed.fromPosition % 4];
        if (fuzzed.amount % 4 != 0) t.toPosition = 0;
        if (fuzzed.amount % 3 != 0) t.fromPosition = t.amount;
        if (fuzzed.toWord % 2 == 0) t.toWord = retailInUS;
        assertEnforceAgreesAsTheTokenCounts(rule, t, inStep ? holders : fuzzed.supply % 1000);
    }

    function testFuzz_When_TheRoomIsAsked_ItIsExact(uint8 cap, bool fromRetail, uint112 position, bool minted) public {
        set(false, 1 + cap % 3);
        retail(ann, retailInUS);
        mint(ann, 10);
        mint(bob, 10);
        Transfer memory t;
        (t.token, t.kind, t.toInvestor) = (address(token), minted ? Kind.MINT : Kind.TRANSFER, identityOf(amy));
        t.toWord = retailInUS;
        if (!minted) (t.fromInvestor, t.fromPosition) = (fromRetail ? annIdentity : bobIdentity, position);
        assertRoomIsExact(rule, t);
    }
}
