// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Test } from "forge-std/Test.sol";

/// @notice Every function of the money contracts that may change something, as the compiler lists them, and to whom it belongs. A
///         function that is not on the list fails the test: whoever adds one must say who may call it, and prove it.
contract GatesTest is Test {
    mapping(string contract_ => mapping(string name => string)) private _gates;

    function setUp() public {
        _gate("Offering", "create", "SELLER");
        _gate("Offering", "allocate", "SELLER");
        _gate("Offering", "settle", "SELLER");
        _gate("Offering", "cancel", "SELLER");
        _gate("Offering", "close", "SELLER, anyone from closesAt");
        _gate("Offering", "refund", "anyone once due, SELLER once closed");
        _gate("Offering", "pay", "the order's wallet");
        _gate("Offering", "deliver", "itself");
        _gate("Dealing", "open", "SELLER");
        _gate("Dealing", "close", "SELLER");
        _gate("Dealing", "withdraw", "SELLER, while no redemption waits");
        _gate("Dealing", "retry", "SELLER");
        _gate("Dealing", "subscribe", "a wallet that may receive");
        _gate("Dealing", "redeem", "a wallet that may send");
        _gate("Dealing", "cancel", "the request's wallet, before its cut-off");
        _gate("Dealing", "redirect", "a wallet of the investor, once the request's is gone");
        _gate("Dealing", "fund", "anyone");
        _gate("Dealing", "price", "anyone who names the right round");
        _gate("Dealing", "settle", "anyone");
        _gate("Dealing", "refund", "anyone once due, SELLER once held");
        _gate("Dealing", "deliver", "itself");
        _gate("Distributor", "declare", "PAYER");
        _gate("Distributor", "push", "PAYER");
        _gate("Distributor", "releaseWithheld", "PAYER");
        _gate("Distributor", "releaseDust", "PAYER");
        _gate("Distributor", "cancel", "PAYER");
        _gate("Distributor", "fund", "PAYER, once");
        _gate("Distributor", "claim", "a wallet of the investor");
        _gate("Distributor", "payEntitlement", "itself");
        _gate("QuorumFeed", "submit", "anyone with a quorum's signatures");
        _gate("QuorumFeed", "submitBatch", "anyone with a quorum's signatures");
        _gate("QuorumFeed", "approvePending", "restricted, and neither a signer nor the transmitter");
        _gate("QuorumFeed", "invalidate", "restricted");
        _gate("QuorumFeed", "createFeed", "restricted");
        _gate("QuorumFeed", "setCalmBand", "restricted");
        _gate("QuorumFeed", "setConfig", "restricted");
        _gate("QuorumFeed", "setBounds", "restricted");
        _gate("QuorumFeed", "halt", "restricted");
        _gate("QuorumFeed", "resume", "restricted");
        _gate("QuorumFeed", "setAuthority", "its AccessManager");
        _gate("FeedProxy", "proposeAggregator", "restricted");
        _gate("FeedProxy", "confirmAggregator", "restricted, 48 hours after its proposal");
        _gate("FeedProxy", "setAuthority", "its AccessManager");
        _gate("ValuationRegistry", "setPolicy", "restricted");
        _gate("ValuationRegistry", "setAuthority", "its AccessManager");
        _gate("ExtrapolatingFeed", "addCheckpoint", "restricted");
        _gate("ExtrapolatingFeed", "setMaxDelta", "restricted");
        _gate("ExtrapolatingFeed", "setAuthority", "its AccessManager");
        _gate("ValuationGuard", "setPolicy", "restricted");
        _gate("ValuationGuard", "setAuthority", "its AccessManager");
        _gate("MarketCalendar", "setYear", "restricted");
        _gate("MarketCalendar", "setAuthority", "its AccessManager");
        _gate("LocalStablecoin", "mint", "owner");
        _gate("LocalStablecoin", "transferOwnership", "owner");
        _gate("LocalStablecoin", "renounceOwnership", "owner");
        _gate("LocalStablecoin", "transfer", "anyone");
        _gate("LocalStablecoin", "transferFrom", "anyone");
        _gate("LocalStablecoin", "approve", "anyone");
        _gate("LocalStablecoin", "permit", "anyone with the owner's signature");
    }

    function test_When_theContractsAreWalked_everyWriterHasAGate() public view {
        assertEq(_walk("Offering"), 8);
        assertEq(_walk("Dealing"), 13);
        assertEq(_walk("Distributor"), 8);
        assertEq(_walk("FeedProxy"), 3);
        assertEq(_walk("ValuationRegistry"), 2);
        assertEq(_walk("ExtrapolatingFeed"), 3);
        assertEq(_walk("QuorumFeed"), 11);
        assertEq(_walk("ValuationGuard"), 2);
        assertEq(_walk("MarketCalendar"), 2);
        assertEq(_walk("LocalStablecoin"), 7);
    }

    function test_When_theSourcesAreWalked_nothingCanChangeThem() public view {
        _isFixed("AccruingFeed");
        _isFixed("ChainlinkV3Source");
        _isFixed("BundleSource");
    }

    function _isFixed(string memory name) private view {
        string memory artifact = vm.readFile(string.concat("out/", name, ".sol/", name, ".json"));
        assertFalse(vm.keyExistsJson(artifact, "$.abi[?(@.type == 'function' && @.stateMutability == 'nonpayable')].name"), name);
        assertFalse(vm.keyExistsJson(artifact, "$.abi[?(@.type == 'function' && @.stateMutability == 'payable')].name"), name);
    }

    function _walk(string memory name) private view returns (uint256) {
        string memory artifact = vm.readFile(string.concat("out/", name, ".sol/", name, ".json"));
        assertFalse(vm.keyExistsJson(artifact, "$.abi[?(@.type == 'function' && @.stateMutability == 'payable')].name"));
        string memory writers = "$.abi[?(@.type == 'function' && @.stateMutability == 'nonpayable')].name";
        string[] memory names = abi.decode(vm.parseJson(artifact, writers), (string[]));
        for (uint256 i; i < names.length; ++i) {
            assertGt(bytes(_gates[name][names[i]]).length, 0, string.concat(name, ".", names[i], " is on no list"));
        }
        return names.length;
    }

    function _gate(string memory contract_, string memory name, string memory gate) private {
        _gates[contract_][name] = gate;
    }
}
