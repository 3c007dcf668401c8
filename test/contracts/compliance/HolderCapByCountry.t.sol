// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { CountryGroup } from "../../../contracts/compliance/CountryValues.sol";
import { HolderCapByCountry } from "../../../contracts/compliance/rules/HolderCapByCountry.sol";
import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { IRule, Kind, Transfer, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { HolderFixture } from "./HolderFixture.sol";

/// @dev Group 1 is the US (Ann, Amy), group 2 Germany and France (Bob, Fay); Cem is of no group.
contract HolderCapByCountryTest is HolderFixture {
    HolderCapByCountry internal rule = new HolderCapByCountry();
    address internal amy;
    address internal fay;
    address internal cem;

    function setUp() public override {
        super.setUp();
        amy = person("amy", 840);
        fay = person("fay", 250);
        cem = person("cem", 792);
    }

    function parameters(uint256 others, uint256 inUS, uint256 inEU) internal pure returns (bytes memory) {
        CountryGroup[] memory groups = new CountryGroup[](2);
        groups[0] = CountryGroup(new uint16[](1), inUS);
        groups[0].countries[0] = 840;
        groups[1] = CountryGroup(new uint16[](2), inEU);
        (groups[1].countries[0], groups[1].countries[1]) = (250, 276);
        return abi.encode(others, groups);
    }

    function set(uint256 others, uint256 inUS, uint256 inEU) internal {
        setRule(rule, parameters(others, inUS, inEU));
    }

    function test_When_ACountrysCapIsReached_OnlyItsNewcomersAreRefused() public {
        set(0, 1, 5);
        mint(ann, 10);
        expectRefusal(rule, ReasonCode.COUNTRY_CAP_REACHED, 2, 1);
        mint(amy, 1);
        expectRefusal(rule, ReasonCode.COUNTRY_CAP_REACHED, 2, 1);
        transfer(ann, amy, 9);
        mint(ann, 1);
        mint(bob, 1);
        transfer(bob, ann, 1);
        assertEq(rule.configuration(address(token)), parameters(0, 1, 5));
        assertEq(rule.capOf(address(token), 840), 1);
        assertEq(rule.holdersOf(address(token), 840), 1);
    }

    function test_When_CountriesFormAGroup_TheyShareItsCap() public {
        set(0, 0, 1);
        mint(bob, 10);
        expectRefusal(rule, ReasonCode.COUNTRY_CAP_REACHED, 2, 1);
        mint(fay, 1);
        transfer(bob, fay, 10);
        assertEq(rule.holdersOf(address(token), 276), 1);
    }

    function test_When_TheSellerExits_OnlyHisOwnGroupGetsAPlace() public {
        set(0, 1, 1);
        mint(ann, 10);
        mint(bob, 10);
        expectRefusal(rule, ReasonCode.COUNTRY_CAP_REACHED, 2, 1);
        transfer(bob, amy, 10);
        transfer(ann, amy, 10);
    }

    function test_When_ACountryIsInNoGroup_TheCapOfAllOthersHolds() public {
        set(1, 0, 0);
        address ida = person("ida", 356);
        mint(cem, 10);
        expectRefusal(rule, ReasonCode.COUNTRY_CAP_REACHED, 2, 1);
        mint(ida, 1);
        mint(ann, 1);
        mint(amy, 1);
    }

    function test_When_ACapIsLoweredBelowTheCount_ItClosesToNewcomersOnly() public {
        set(0, 3, 0);
        mint(ann, 10);
        mint(amy, 10);
        mint(bob, 10);
        set(0, 1, 0);
        address abe = person("abe", 840);
        transfer(bob, ann, 1);
        transfer(ann, amy, 1);
        expectRefusal(rule, ReasonCode.COUNTRY_CAP_REACHED, 2, 1);
        transfer(ann, abe, 10);
        transfer(ann, amy, 10);
        transfer(amy, abe, 21);
    }

    function test_When_AHolderMovesCountry_BothCapsFollowAtSync() public {
        set(0, 1, 1);
        mint(ann, 10);
        token.setWord(ann, Eligibility.withCountry(0, 276));
        expectRefusal(rule, ReasonCode.COUNTRY_CAP_REACHED, 2, 1);
        mint(amy, 1);
        rule.sync(address(token), list(annIdentity));
        mint(amy, 1);
        expectRefusal(rule, ReasonCode.COUNTRY_CAP_REACHED, 2, 1);
        mint(bob, 1);
    }

    function test_When_SyncFillsACategoryBeyondItsCap_HoldersStay() public {
        set(0, 1, 1);
        mint(ann, 10);
        mint(bob, 10);
        token.setWord(ann, Eligibility.withCountry(0, 276));
        rule.sync(address(token), list(annIdentity));
        assertEq(rule.holdersOf(address(token), 276), 2);
        transfer(ann, bob, 1);
        expectRefusal(rule, ReasonCode.COUNTRY_CAP_REACHED, 2, 1);
        transfer(ann, fay, 9);
    }

    function test_When_OwnWalletsMoveUnitsAtTheCap_ItPasses() public {
        set(0, 1, 1);
        mint(ann, 10);
        transfer(ann, annSecond, 10);
        transfer(annSecond, amy, 10);
    }

    function test_When_AnOfficerForces_TheCapDoesNotStopHim() public {
        set(0, 1, 1);
        mint(ann, 10);
        force(ann, amy, 1);
        assertEq(rule.holdersOf(address(token), 840), 2);
    }

    /// @dev A ledger of up to two in each category, and any movement.
    function testFuzz_When_Judged_EnforceAndCheckAgree(uint8[3] memory caps, bool[5] memory hold, bool inStep, Fuzzed memory fuzzed)
        public
    {
        set(caps[0] % 3, caps[1] % 3, caps[2] % 3);
        address[5] memory wallets = [ann, amy, bob, fay, cem];
        uint256 holders;
        for (uint256 i = 0; i < 5; i++) {
            if (!hold[i]) continue;
            force(address(0), wallets[i], 10);
            holders++;
        }
        Transfer memory t = movement(fuzzed);
        t.fromInvestor = [annIdentity, bobIdentity, identityOf(amy), address(0)][fuzzed.fromPosition % 4];
        if (fuzzed.amount % 4 != 0) t.toPosition = 0;
        if (fuzzed.amount % 3 != 0) t.fromPosition = t.amount;
        t.toWord = Eligibility.withCountry(0, [uint16(840), 276, 250, 792][fuzzed.toWord % 4]);
        assertEnforceAgreesAsTheTokenCounts(rule, t, inStep ? holders : fuzzed.supply % 1000);
    }

    function testFuzz_When_TheRoomIsAsked_ItIsExact(uint8 cap, bool fromUS, uint112 position, bool minted) public {
        set(0, 1 + cap % 3, 0);
        mint(ann, 10);
        mint(bob, 10);
        Transfer memory t;
        (t.token, t.kind, t.toInvestor) = (address(token), minted ? Kind.MINT : Kind.TRANSFER, identityOf(amy));
        t.toWord = Eligibility.withCountry(0, 840);
        if (!minted) (t.fromInvestor, t.fromPosition) = (fromUS ? annIdentity : bobIdentity, position);
        assertRoomIsExact(rule, t);
    }
}
