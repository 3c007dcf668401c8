// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { stdError } from "forge-std/StdError.sol";
import { IMarketCalendar } from "../../../contracts/interfaces/IMarketCalendar.sol";
import { IValuationRegistry } from "../../../contracts/interfaces/IValuationRegistry.sol";
import { ValuationRegistry } from "../../../contracts/valuation/ValuationRegistry.sol";
import { ScriptedSource } from "./ScriptedSource.sol";
import { DecimalsStandIn, ValuationFixture } from "./ValuationFixture.sol";

/// @notice What holds of every quote, of any decimals, value and amount, in both directions.
contract ValuationRegistryQuotesTest is ValuationFixture {
    ValuationRegistry private registry;
    address private token;
    address private currency;
    /// @dev A base unit is worth `worth / units` quote units.
    uint256 private worth;
    uint256 private units;

    function setUp() public override {
        super.setUp();
        registry = new ValuationRegistry(address(manager), IMarketCalendar(address(0)));
    }

    function _price(uint256 base, uint256 feed, uint256 quote, uint256 nav) private {
        source = new ScriptedSource();
        source.create(FEED, uint8(feed));
        source.publish(FEED, int128(uint128(nav)), START);
        token = address(new DecimalsStandIn(uint8(base)));
        currency = address(new DecimalsStandIn(uint8(quote)));
        IValuationRegistry.Policy memory policy;
        (policy.feed, policy.quote, policy.maxValuationAge) = (address(_proxy(source, FEED)), currency, 1 days);
        vm.prank(admin);
        registry.setPolicy(token, policy);
        (worth, units) = (nav * 10 ** quote, 10 ** (base + feed));
    }

    function _priceAny(uint256 seed) private {
        _price(seed % 19, (seed >> 8) % 19, (seed >> 16) % 19, bound(seed >> 32, 1, uint128(type(int128).max)));
    }

    function _forward(uint256 amount) private view returns (uint256) {
        return registry.getQuote(amount, token, currency);
    }

    function _back(uint256 amount) private view returns (uint256) {
        return registry.getQuote(amount, currency, token);
    }

    /// @dev The greatest amount whose quote fits a word.
    function _most(uint256 numerator, uint256 denominator) private pure returns (uint256) {
        return numerator <= denominator ? type(uint256).max : Math.mulDiv(type(uint256).max, denominator, numerator);
    }

    function testFuzz_zeroIsWorthZero(uint256 seed) public {
        _priceAny(seed);
        assertEq(_forward(0), 0);
        assertEq(_back(0), 0);
    }

    function testFuzz_quotesAreRoundedDown(uint256 seed, uint128 amount) public {
        _price(seed % 19, (seed >> 8) % 19, (seed >> 16) % 19, bound(seed >> 32, 1, 1e20));
        uint256 bounded = bound(amount, 0, 1e30);
        uint256 quote = _forward(bounded);
        assertLe(quote * units, bounded * worth);
        assertGt((quote + 1) * units, bounded * worth);
        quote = _back(bounded);
        assertLe(quote * worth, bounded * units);
        assertGt((quote + 1) * worth, bounded * units);
    }

    function testFuzz_aGreaterAmountIsNotWorthLess(uint256 seed, uint256 a, uint256 b) public {
        _priceAny(seed);
        (a, b) = (bound(a, 0, _most(worth, units)), bound(b, 0, _most(worth, units)));
        assertLe(_forward(Math.min(a, b)), _forward(Math.max(a, b)));
        (a, b) = (bound(a, 0, _most(units, worth)), bound(b, 0, _most(units, worth)));
        assertLe(_back(Math.min(a, b)), _back(Math.max(a, b)));
    }

    /// @dev Every amount up to the greatest has a quote, and one unit more adds what one unit is worth, or one unit more than that.
    function testFuzz_theDomainHasNoGap(uint256 seed, uint256 amount) public {
        _priceAny(seed);
        amount = bound(amount, 0, _most(worth, units) - 1);
        uint256 step = _forward(amount + 1) - _forward(amount);
        assertGe(step, worth / units);
        assertLe(step, worth / units + 1);
        uint256 most = _most(units, worth);
        if (most < 2) return;
        amount = bound(amount, 0, most - 1);
        step = _back(amount + 1) - _back(amount);
        assertGe(step, units / worth);
        assertLe(step, units / worth + 1);
    }

    /// @dev There and back again nothing is gained, and no more is lost than the rounding of one unit of the other side.
    function testFuzz_thereAndBackNothingIsGained(uint256 seed, uint256 amount) public {
        _priceAny(seed);
        amount = bound(amount, 0, Math.min(_most(worth, units), type(uint256).max - 1));
        uint256 returned = _back(_forward(amount));
        assertLe(returned, amount);
        assertLe(amount - returned, units / worth + 1);
    }

    function test_When_pairsAreAtTheirExtremes_quotesAreExact() public {
        uint256 most = uint128(type(int128).max);
        _price(18, 18, 18, 1e18);
        assertEq(_forward(type(uint256).max), type(uint256).max);
        assertEq(_back(type(uint256).max), type(uint256).max);

        _price(0, 0, 18, most);
        assertEq(_forward(1), most * 1e18);
        assertEq(_back(type(uint256).max), type(uint256).max / (most * 1e18));
        vm.expectRevert(stdError.arithmeticError);
        _forward(type(uint256).max);

        _price(18, 18, 0, 1);
        assertEq(_forward(type(uint256).max), type(uint256).max / 1e36);
        assertEq(_back(1), 1e36);
        vm.expectRevert(stdError.arithmeticError);
        _back(type(uint256).max);

        _price(36, 36, 36, most);
        assertEq(_forward(1e72), most * 1e36);
        assertEq(_back(most * 1e36), 1e72);
        _price(0, 0, 0, most);
        assertEq(_forward(2), 2 * most);
    }

    function test_When_decimalsAreAnyOf0To18_aWholeTokenIsWorthItsValue() public {
        for (uint256 base; base <= 18; base += 3) {
            for (uint256 feed; feed <= 18; feed += 3) {
                for (uint256 quote; quote <= 18; quote += 3) {
                    _price(base, feed, quote, 7 * 10 ** feed);
                    assertEq(_forward(10 ** base), 7 * 10 ** quote);
                    assertEq(_back(7 * 10 ** quote), 10 ** base);
                }
            }
        }
    }
}
