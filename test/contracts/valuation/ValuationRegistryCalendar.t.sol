// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IMarketCalendar } from "../../../contracts/interfaces/IMarketCalendar.sol";
import { IValuationRegistry } from "../../../contracts/interfaces/IValuationRegistry.sol";
import { MarketCalendar } from "../../../contracts/valuation/MarketCalendar.sol";
import { ValuationRegistry } from "../../../contracts/valuation/ValuationRegistry.sol";
import { DecimalsStandIn, ValuationFixture } from "./ValuationFixture.sol";

/// @notice Ages in business days with the real calendar, of which one year is known: 2023, Monday to Friday without Thanksgiving.
contract ValuationRegistryCalendarTest is ValuationFixture {
    bytes32 private constant US_BOND = "US-BOND";
    uint256 private constant NEW_YEAR_2023 = 1_672_531_200; // a Sunday
    uint256 private constant THANKSGIVING = 326; // 23 November

    ValuationRegistry private registry;
    address private token;

    function setUp() public override {
        super.setUp();
        MarketCalendar calendar = new MarketCalendar(address(manager));
        uint256[2] memory bitmap;
        for (uint256 day; day < 365; ++day) {
            if ((day + 6) % 7 < 5 && day != THANKSGIVING) bitmap[day / 256] |= 1 << (day % 256);
        }
        registry = new ValuationRegistry(address(manager), calendar);
        token = address(new DecimalsStandIn(18));
        IValuationRegistry.Policy memory policy;
        (policy.feed, policy.quote, policy.maxBusinessDays, policy.calendar) = (address(_proxy(source, FEED)), address(840), 1, US_BOND);
        vm.startPrank(admin);
        calendar.setYear(US_BOND, 2023, bitmap, keccak256("reviewed"));
        registry.setPolicy(token, policy);
        vm.stopPrank();
    }

    function _publishOn(uint256 day) private {
        vm.warp(NEW_YEAR_2023 + day * 1 days + 20 hours);
        source.publish(FEED, NAV, block.timestamp);
    }

    function _statusOn(uint256 day) private returns (IValuationRegistry.Status status) {
        vm.warp(NEW_YEAR_2023 + day * 1 days + 22 hours);
        (,,,, status) = registry.valuation(token);
    }

    function test_When_aHolidayLiesBetween_itDoesNotAge() public {
        _publishOn(THANKSGIVING - 1);
        assertEq(uint8(_statusOn(THANKSGIVING)), uint8(IValuationRegistry.Status.LIVE));
        assertEq(uint8(_statusOn(THANKSGIVING + 1)), uint8(IValuationRegistry.Status.LIVE), "Friday: one business day");
        assertEq(uint8(_statusOn(THANKSGIVING + 3)), uint8(IValuationRegistry.Status.LIVE), "Sunday");
        assertEq(uint8(_statusOn(THANKSGIVING + 4)), uint8(IValuationRegistry.Status.VALUATION_STALE), "Monday: two");
    }

    function test_When_theNextYearIsUnknown_itIsStaleFromItsFirstDay() public {
        _publishOn(364); // 31 December, a Sunday
        assertEq(uint8(_statusOn(364)), uint8(IValuationRegistry.Status.LIVE));
        assertEq(uint8(_statusOn(365)), uint8(IValuationRegistry.Status.VALUATION_STALE));
    }

    function test_When_theYearOfTheValuationIsUnknown_itIsStaleOnThatDayToo() public {
        _publishOn(370);
        assertEq(uint8(_statusOn(370)), uint8(IValuationRegistry.Status.VALUATION_STALE));
    }

    function test_When_theCalendarIsAnother_everyYearOfItIsUnknown() public {
        IValuationRegistry.Policy memory policy = registry.policyOf(token);
        policy.calendar = "NYSE";
        vm.prank(admin);
        registry.setPolicy(token, policy);
        _publishOn(100);
        assertEq(uint8(_statusOn(100)), uint8(IValuationRegistry.Status.VALUATION_STALE));
    }
}
