// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { AggregatorV3Interface } from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { IERC20Metadata } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import { IFeedProxy } from "../../../contracts/interfaces/IFeedProxy.sol";
import { IMarketCalendar } from "../../../contracts/interfaces/IMarketCalendar.sol";
import { FeedState, Round, STALE_FLAG } from "../../../contracts/interfaces/IRoundSource.sol";
import { IValuationRegistry } from "../../../contracts/interfaces/IValuationRegistry.sol";
import { FeedProxy } from "../../../contracts/valuation/FeedProxy.sol";
import { ValuationRegistry } from "../../../contracts/valuation/ValuationRegistry.sol";
import { HostileFeed } from "./HostileFeed.sol";
import { WeekdayCalendar } from "./WeekdayCalendar.sol";
import { DecimalsStandIn, ValuationFixture } from "./ValuationFixture.sol";

contract ValuationRegistryTest is ValuationFixture {
    address private constant USD = address(840);
    bytes32 private constant US_BOND = "US-BOND";
    /// @dev 14 November 2023, a Tuesday.
    uint256 private constant TUESDAY = START;

    ValuationRegistry private registry;
    WeekdayCalendar private calendar;
    FeedProxy private proxy;
    address private token;

    function setUp() public override {
        super.setUp();
        calendar = new WeekdayCalendar();
        registry = new ValuationRegistry(address(manager), calendar);
        proxy = _proxy(source, FEED);
        token = address(new DecimalsStandIn(18));
    }

    function _policy() private view returns (IValuationRegistry.Policy memory policy) {
        policy = IValuationRegistry.Policy({
            feed: address(proxy), quote: USD, maxPublishAge: 2 days, maxValuationAge: 5 days, maxBusinessDays: 3, calendar: US_BOND
        });
    }

    function _set(IValuationRegistry.Policy memory policy) private {
        vm.prank(admin);
        registry.setPolicy(token, policy);
    }

    function _setAndPublish() private {
        _set(_policy());
        source.publish(FEED, NAV, START - 1 hours);
    }

    function _expect(IValuationRegistry.Status expected) private view {
        (int256 nav, uint8 decimals, uint40 valuedAt, uint40 publishedAt, IValuationRegistry.Status status) = registry.valuation(token);
        assertEq(uint8(status), uint8(expected));
        bool readable = expected != IValuationRegistry.Status.HALTED && expected != IValuationRegistry.Status.UNKNOWN;
        assertEq(decimals, readable ? 8 : 0);
        assertEq(nav != 0, readable);
        assertEq(valuedAt != 0, readable);
        assertEq(publishedAt != 0, readable);
    }

    /* POLICIES */

    function test_When_aPolicyIsSet_itIsKeptAndTold() public {
        IValuationRegistry.Policy memory none;
        vm.expectEmit(address(registry));
        emit IValuationRegistry.PolicySet(token, none, _policy());
        _set(_policy());
        assertEq(abi.encode(registry.policyOf(token)), abi.encode(_policy()));
        assertEq(address(registry.calendar()), address(calendar));
        IValuationRegistry.Policy memory next = _policy();
        next.maxPublishAge = 1 days;
        vm.expectEmit(address(registry));
        emit IValuationRegistry.PolicySet(token, _policy(), next);
        _set(next);
    }

    function test_RevertWhen_thePolicyMakesNoSense() public {
        IValuationRegistry.Policy memory policy = _policy();
        (policy.maxPublishAge, policy.maxValuationAge, policy.maxBusinessDays, policy.calendar) = (0, 0, 0, 0);
        _refuse("age", policy);
        policy = _policy();
        policy.calendar = 0;
        _refuse("calendar", policy);
        policy = _policy();
        policy.maxBusinessDays = 0;
        _refuse("calendar", policy);
        policy = _policy();
        policy.quote = token;
        _refuse("quote", policy);
        policy.quote = address(0);
        _refuse("quote", policy);
        policy.quote = address(1000);
        _refuse("quote", policy);
        policy = _policy();
        policy.feed = address(0);
        _refuse("feed", policy);
        policy.feed = token;
        _refuse("feed", policy);
        HostileFeed hostile = new HostileFeed();
        hostile.answer(IFeedProxy.state.selector, abi.encode(1));
        policy.feed = address(hostile);
        _refuse("feed", policy);
        hostile.answer(AggregatorV3Interface.decimals.selector, abi.encode(37));
        _refuse("feed", policy);
        hostile.answer(AggregatorV3Interface.decimals.selector, abi.encode(36));
        _set(policy);
        DecimalsStandIn(token).setDecimals(37);
        _refuse("token", _policy());
        token = address(0);
        _refuse("token", _policy());
    }

    function _refuse(string memory field, IValuationRegistry.Policy memory policy) private {
        vm.expectRevert(abi.encodeWithSelector(IValuationRegistry.PolicyInvalid.selector, field));
        _set(policy);
    }

    function test_RevertWhen_callerLacksTheRole() public {
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        registry.setPolicy(token, _policy());
    }

    /* STATUS */

    function test_When_theFeedIsLive_soIsTheValuation() public {
        _setAndPublish();
        (int256 nav, uint8 decimals, uint40 valuedAt, uint40 publishedAt, IValuationRegistry.Status status) = registry.valuation(token);
        assertEq(nav, NAV);
        assertEq(decimals, 8);
        assertEq(valuedAt, START - 1 hours);
        assertEq(publishedAt, START);
        assertEq(uint8(status), uint8(IValuationRegistry.Status.LIVE));
    }

    function test_When_thereIsNoPolicyOrRound_theValuationIsUnknown() public {
        _expect(IValuationRegistry.Status.UNKNOWN);
        _set(_policy());
        _expect(IValuationRegistry.Status.UNKNOWN);
        source.publish(FEED, NAV, START - 1 hours);
        _expect(IValuationRegistry.Status.LIVE);
    }

    function test_When_theFeedIsHeldOrHalted_theValuationSaysSo() public {
        _setAndPublish();
        source.setState(FEED, FeedState.HELD);
        _expect(IValuationRegistry.Status.HELD);
        source.setState(FEED, FeedState.HALTED);
        _expect(IValuationRegistry.Status.HALTED);
        source.setState(FEED, FeedState.LIVE);
        _expect(IValuationRegistry.Status.LIVE);
    }

    function test_When_nothingWasPublishedForTooLong_itIsStale() public {
        _setAndPublish();
        vm.warp(START + 2 days);
        _expect(IValuationRegistry.Status.LIVE);
        skip(1);
        _expect(IValuationRegistry.Status.PUBLICATION_STALE);
        source.setState(FEED, FeedState.HELD);
        _expect(IValuationRegistry.Status.PUBLICATION_STALE);
    }

    function test_When_theValueIsTooOld_itIsStaleHoweverNewItsPublication() public {
        _set(_policy());
        source.publish(FEED, NAV, START - 5 days);
        _expect(IValuationRegistry.Status.LIVE);
        skip(1);
        _expect(IValuationRegistry.Status.VALUATION_STALE);
        skip(2 days);
        _expect(IValuationRegistry.Status.VALUATION_STALE);
    }

    function test_When_theSourceSaysStale_itIs() public {
        _set(_policy());
        source.put(FEED, Round(NAV, uint40(START), uint40(START), 1, STALE_FLAG));
        _expect(IValuationRegistry.Status.VALUATION_STALE);
    }

    function test_When_anAgeIsZero_itIsNotJudged() public {
        IValuationRegistry.Policy memory policy = _policy();
        (policy.maxValuationAge, policy.maxBusinessDays, policy.calendar) = (0, 0, 0);
        _set(policy);
        source.publish(FEED, NAV, START - 500 days);
        _expect(IValuationRegistry.Status.LIVE);
        policy.maxPublishAge = 0;
        policy.maxValuationAge = 600 days;
        _set(policy);
        skip(90 days);
        _expect(IValuationRegistry.Status.LIVE);
    }

    function test_When_businessDaysPass_weekendsDoNotCount() public {
        IValuationRegistry.Policy memory policy = _policy();
        (policy.maxPublishAge, policy.maxValuationAge) = (0, 0);
        _set(policy);
        source.publish(FEED, NAV, TUESDAY);
        uint256 day = TUESDAY / 1 days * 1 days;
        vm.warp(day + 3 days); // Friday: Wednesday, Thursday, Friday
        _expect(IValuationRegistry.Status.LIVE);
        vm.warp(day + 6 days - 1); // Sunday's last second
        _expect(IValuationRegistry.Status.LIVE);
        skip(1);
        _expect(IValuationRegistry.Status.VALUATION_STALE);
    }

    function test_When_valuedOnAWeekend_mondayIsTheFirstBusinessDay() public {
        IValuationRegistry.Policy memory policy = _policy();
        (policy.maxPublishAge, policy.maxValuationAge, policy.maxBusinessDays) = (0, 0, 1);
        _set(policy);
        vm.warp(TUESDAY + 4 days);
        source.publish(FEED, NAV, TUESDAY + 4 days);
        vm.warp(TUESDAY + 6 days);
        _expect(IValuationRegistry.Status.LIVE);
        vm.warp(TUESDAY + 7 days);
        _expect(IValuationRegistry.Status.VALUATION_STALE);
    }

    function test_When_theCalendarYearIsUnknown_theValuationIsStale() public {
        _setAndPublish();
        calendar.forget(2023);
        _expect(IValuationRegistry.Status.VALUATION_STALE);
        vm.etch(address(calendar), "");
        _expect(IValuationRegistry.Status.VALUATION_STALE);
        IValuationRegistry.Policy memory policy = _policy();
        (policy.maxBusinessDays, policy.calendar) = (0, 0);
        _set(policy);
        _expect(IValuationRegistry.Status.LIVE);
    }

    function test_When_theSequencerIsDown_theValuationIsHalted() public {
        HostileFeed uptime = new HostileFeed();
        proxy = new FeedProxy(address(manager), source, FEED, "", MAX_AGE, AggregatorV3Interface(address(uptime)));
        _setAndPublish();
        _expect(IValuationRegistry.Status.HALTED);
    }

    /* HOSTILE FEEDS */

    function test_When_theFeedIsHostile_theValuationIsUnknownAndNothingReverts() public {
        HostileFeed hostile = new HostileFeed();
        IValuationRegistry.Policy memory policy = _policy();
        policy.feed = address(hostile);
        hostile.answer(IFeedProxy.state.selector, abi.encode(FeedState.LIVE));
        hostile.answer(AggregatorV3Interface.decimals.selector, abi.encode(8));
        hostile.answer(IFeedProxy.latestRound.selector, _round(NAV, START, START));
        _set(policy);
        _expect(IValuationRegistry.Status.LIVE);

        // state
        bytes4 selector = IFeedProxy.state.selector;
        hostile.fail(selector);
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.answer(selector, "");
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.answer(selector, abi.encode(4));
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.answer(selector, abi.encode(type(uint256).max));
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.burn(selector);
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.answer(selector, abi.encode(FeedState.LIVE));

        // decimals
        selector = AggregatorV3Interface.decimals.selector;
        hostile.fail(selector);
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.answer(selector, abi.encode(9));
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.answer(selector, abi.encode(256 + 8));
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.burn(selector);
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.answer(selector, abi.encode(8));

        // round
        selector = IFeedProxy.latestRound.selector;
        hostile.fail(selector);
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.answer(selector, abi.encode(NAV, START, START, 1));
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.answer(selector, _round(int256(type(int128).max) + 1, START, START));
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.answer(selector, _round(int256(type(int128).min) - 1, START, START));
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.answer(selector, _round(NAV, START + 1, START));
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.answer(selector, _round(NAV, START, START + 1));
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.answer(selector, _round(NAV, 1 << 200, START));
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.answer(selector, _round(NAV, 0, START));
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.answer(selector, new bytes(100_000));
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.burn(selector);
        _expect(IValuationRegistry.Status.UNKNOWN);
        hostile.answer(selector, _round(NAV, START, START));
        _expect(IValuationRegistry.Status.LIVE);

        vm.etch(address(hostile), "");
        _expect(IValuationRegistry.Status.UNKNOWN);
    }

    function test_When_everyCallBurnsItsGas_whatItCostsIsBounded() public {
        HostileFeed hostile = new HostileFeed();
        IValuationRegistry.Policy memory policy = _policy();
        policy.feed = address(hostile);
        hostile.answer(IFeedProxy.state.selector, abi.encode(FeedState.LIVE));
        hostile.answer(AggregatorV3Interface.decimals.selector, abi.encode(8));
        _set(policy);
        hostile.burn(AggregatorV3Interface.decimals.selector);
        hostile.burn(IFeedProxy.latestRound.selector);
        uint256 before = gasleft();
        registry.valuation(token);
        assertLt(before - gasleft(), 330_000);
    }

    function testFuzz_When_theFeedSaysAnything_valuationNeverReverts(bytes32[5] calldata words, bytes32 state, uint8 length) public {
        HostileFeed hostile = new HostileFeed();
        IValuationRegistry.Policy memory policy = _policy();
        policy.feed = address(hostile);
        hostile.answer(IFeedProxy.state.selector, abi.encode(1));
        hostile.answer(AggregatorV3Interface.decimals.selector, abi.encode(8));
        _set(policy);
        hostile.answer(IFeedProxy.state.selector, abi.encode(uint256(state) % 5));
        bytes memory data = abi.encode(words);
        assembly {
            mstore(data, sub(mload(data), mod(length, 3)))
        }
        hostile.answer(IFeedProxy.latestRound.selector, data);
        registry.valuation(token);
    }

    /// @dev Whoever gives the call little gas may make it fail, but never look better than it is.
    function testFuzz_When_gasIsShort_aHeldValueIsNeverLive(uint256 gas) public {
        _setAndPublish();
        source.setState(FEED, FeedState.HELD);
        gas = bound(gas, 1000, 120_000);
        try registry.valuation{ gas: gas }(token) returns (int256, uint8, uint40, uint40, IValuationRegistry.Status status) {
            assertTrue(status != IValuationRegistry.Status.LIVE);
        } catch { }
    }

    function testFuzz_When_gasIsShort_aStaleValueIsNeverLive(uint256 gas) public {
        _setAndPublish();
        vm.warp(START + 5 days);
        gas = bound(gas, 1000, 120_000);
        try registry.valuation{ gas: gas }(token) returns (int256, uint8, uint40, uint40, IValuationRegistry.Status status) {
            assertTrue(status != IValuationRegistry.Status.LIVE);
        } catch { }
    }

    function _round(int256 value, uint256 valuedAt, uint256 publishedAt) private pure returns (bytes memory) {
        return abi.encode(value, valuedAt, publishedAt, 1, 0);
    }

    /* QUOTES */

    function test_RevertWhen_theValuationIsNotLive() public {
        _setAndPublish();
        assertEq(registry.getQuote(1e18, token, USD), 10.374862e18);
        source.setState(FEED, FeedState.HELD);
        _refuseQuotes(IValuationRegistry.Status.HELD);
        source.setState(FEED, FeedState.HALTED);
        _refuseQuotes(IValuationRegistry.Status.HALTED);
        source.setState(FEED, FeedState.UNKNOWN);
        _refuseQuotes(IValuationRegistry.Status.UNKNOWN);
        source.setState(FEED, FeedState.LIVE);
        skip(2 days + 1);
        _refuseQuotes(IValuationRegistry.Status.PUBLICATION_STALE);
        skip(3 days);
        _refuseQuotes(IValuationRegistry.Status.VALUATION_STALE);
    }

    function _refuseQuotes(IValuationRegistry.Status status) private {
        bytes memory reason = abi.encodeWithSelector(IValuationRegistry.ValuationNotLive.selector, token, status);
        vm.expectRevert(reason);
        registry.getQuote(1e18, token, USD);
        vm.expectRevert(reason);
        registry.getQuote(1e18, USD, token);
    }

    function test_RevertWhen_theValueIsZeroOrBelow() public {
        _set(_policy());
        source.publish(FEED, 0, START);
        vm.expectRevert(abi.encodeWithSelector(IValuationRegistry.ValuationNotPositive.selector, token, 0));
        registry.getQuote(1e18, USD, token);
        source.publish(FEED, -1, START);
        vm.expectRevert(abi.encodeWithSelector(IValuationRegistry.ValuationNotPositive.selector, token, -1));
        registry.getQuote(1e18, token, USD);
        (int256 nav,,,, IValuationRegistry.Status status) = registry.valuation(token);
        assertEq(nav, -1);
        assertEq(uint8(status), uint8(IValuationRegistry.Status.LIVE));
    }

    function test_RevertWhen_thePairIsNotTheTokensAndItsCurrency() public {
        _setAndPublish();
        _refusePair(token, address(978));
        _refusePair(address(978), token);
        _refusePair(token, token);
        _refusePair(USD, USD);
        _refusePair(stranger, USD);
        _refusePair(stranger, address(0));
        _refusePair(address(0), stranger);
    }

    function _refusePair(address base, address quote) private {
        vm.expectRevert(abi.encodeWithSelector(IValuationRegistry.QuoteUnsupported.selector, base, quote));
        registry.getQuote(1, base, quote);
    }

    function test_When_theCurrencyIsAToken_itsOwnDecimalsCount() public {
        address dollar = address(new DecimalsStandIn(6));
        IValuationRegistry.Policy memory policy = _policy();
        policy.quote = dollar;
        _set(policy);
        source.publish(FEED, NAV, START);
        assertEq(registry.getQuote(1e18, token, dollar), 10_374862);
        assertEq(registry.getQuote(1e11, token, dollar), 1, "1.03 rounded down");
        assertEq(registry.getQuote(10_374862, dollar, token), 1e18);
        _refusePair(token, USD);
    }

    function test_When_twoTokensPriceEachOther_theBasesOwnPolicyCounts() public {
        address other = address(new DecimalsStandIn(18));
        IValuationRegistry.Policy memory policy = _policy();
        policy.quote = other;
        _set(policy);
        source.publish(FEED, 2e8, START);
        policy.quote = token;
        source.create("other", 8);
        source.publish("other", 3e8, START);
        policy.feed = address(_proxy(source, "other"));
        vm.prank(admin);
        registry.setPolicy(other, policy);
        assertEq(registry.getQuote(1e18, token, other), 2e18);
        assertEq(registry.getQuote(1e18, other, token), 3e18);
    }
}
