// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { KeystoneForwarder } from "@chainlink/contracts/src/v0.8/keystone/KeystoneForwarder.sol";
import { IReceiver } from "@chainlink/contracts/src/v0.8/keystone/interfaces/IReceiver.sol";
import { IRouter } from "@chainlink/contracts/src/v0.8/keystone/interfaces/IRouter.sol";
import { ChainlinkFixture } from "./ChainlinkFixture.sol";

/// @notice What Chainlink's forwarder lets through on its way to the cache, and what bad receivers beside it can do.
contract ForwarderTest is ChainlinkFixture {
    bytes private rawReport;

    function setUp() public override {
        super.setUp();
        rawReport = _rawReport(_decimalPayload(block.timestamp, uint128(PRICE)));
    }

    function _send(bytes[] memory signatures) private {
        forwarder.report(address(cache), rawReport, CONTEXT, signatures);
    }

    function test_When_anyTwoSignersSign_theReportArrives() public {
        vm.expectEmit(address(forwarder));
        emit KeystoneForwarder.ReportProcessed(address(cache), _executionOf(rawReport), bytes2(0x0001), true);
        _send(_signatures(rawReport, 2, 2));
        assertEq(decimalSource.latestRound(FEED).value, PRICE);
    }

    function test_RevertWhen_aSignatureIsMalformed() public {
        bytes[] memory signatures = _signatures(rawReport, 0, 2);
        signatures[1] = new bytes(64);
        vm.expectRevert(abi.encodeWithSelector(KeystoneForwarder.InvalidSignature.selector, signatures[1]));
        _send(signatures);
        signatures[1] = new bytes(66);
        vm.expectRevert(abi.encodeWithSelector(KeystoneForwarder.InvalidSignature.selector, signatures[1]));
        _send(signatures);
        signatures[1] = new bytes(65);
        vm.expectRevert(abi.encodeWithSelector(KeystoneForwarder.InvalidSigner.selector, address(0)));
        _send(signatures);
        signatures = _signatures(rawReport, 0, 2);
        signatures[1][64] = bytes1(uint8(signatures[1][64]) + 27);
        vm.expectRevert(abi.encodeWithSelector(KeystoneForwarder.InvalidSigner.selector, address(0)));
        _send(signatures);
    }

    function test_RevertWhen_signaturesAreTooFewOrTooMany() public {
        vm.expectRevert(abi.encodeWithSelector(KeystoneForwarder.InvalidSignatureCount.selector, 2, 0));
        _send(_signatures(rawReport, 0, 0));
        vm.expectRevert(abi.encodeWithSelector(KeystoneForwarder.InvalidSignatureCount.selector, 2, 1));
        _send(_signatures(rawReport, 0, 1));
        vm.expectRevert(abi.encodeWithSelector(KeystoneForwarder.InvalidSignatureCount.selector, 2, 3));
        _send(_signatures(rawReport, 0, 3));
    }

    function test_RevertWhen_aSignerSignsTwice() public {
        bytes[] memory signatures = _signatures(rawReport, 0, 2);
        signatures[1] = signatures[0];
        vm.expectRevert(abi.encodeWithSelector(KeystoneForwarder.DuplicateSigner.selector, vm.addr(KEY)));
        _send(signatures);
    }

    function test_RevertWhen_aStrangerSigns() public {
        vm.expectRevert(abi.encodeWithSelector(KeystoneForwarder.InvalidSigner.selector, vm.addr(KEY + 4)));
        _send(_signatures(rawReport, 3, 2));
    }

    function test_RevertWhen_theReportIsNotWhatWasSigned() public {
        bytes[] memory signatures = _signatures(rawReport, 0, 2);
        rawReport[rawReport.length - 1] ^= 0x01;
        vm.expectPartialRevert(KeystoneForwarder.InvalidSigner.selector);
        _send(signatures);
        rawReport = new bytes(108);
        vm.expectRevert(KeystoneForwarder.InvalidReport.selector);
        _send(signatures);
        rawReport = new bytes(109);
        vm.expectRevert(abi.encodeWithSelector(KeystoneForwarder.InvalidConfig.selector, 0));
        _send(signatures);
    }

    function test_RevertWhen_aReportIsSentTwice() public {
        _send(_signatures(rawReport, 0, 2));
        bytes32 id = forwarder.getTransmissionId(address(cache), _executionOf(rawReport), bytes2(0x0001));
        vm.expectRevert(abi.encodeWithSelector(IRouter.AlreadyAttempted.selector, id));
        _send(_signatures(rawReport, 1, 2));
    }

    function test_When_theReceiverReverts_theFailureIsRecordedAndMayBeRetried() public {
        BadReceiver receiver = new BadReceiver();
        receiver.set(BadReceiver.Manner.REVERTS);
        forwarder.report(address(receiver), rawReport, CONTEXT, _signatures(rawReport, 0, 2));
        IRouter.TransmissionInfo memory info = forwarder.getTransmissionInfo(address(receiver), _executionOf(rawReport), bytes2(0x0001));
        assertEq(uint8(info.state), uint8(IRouter.TransmissionState.FAILED));
        receiver.set(BadReceiver.Manner.TAKES);
        forwarder.report(address(receiver), rawReport, CONTEXT, _signatures(rawReport, 0, 2));
        info = forwarder.getTransmissionInfo(address(receiver), _executionOf(rawReport), bytes2(0x0001));
        assertEq(uint8(info.state), uint8(IRouter.TransmissionState.SUCCEEDED));
    }

    function test_When_theReceiverIsMalicious_theCacheIsAsItWas() public {
        BadReceiver receiver = new BadReceiver();
        receiver.set(BadReceiver.Manner.BURNS);
        assertFalse(_deliver(address(receiver), "payload"));
        receiver.set(BadReceiver.Manner.FLOODS);
        assertFalse(_deliver(address(receiver), "payload"));

        receiver.set(BadReceiver.Manner.FORWARDS);
        receiver.aim(cache.onReport.selector, address(cache));
        assertTrue(_deliver(address(receiver), _decimalPayload(block.timestamp, uint128(PRICE) + 1)));
        assertEq(cache.getLatestTimestamp(NAV_ID), 0, "whoever is not the forwarder may not write");

        rawReport = _rawReport(_decimalPayload(block.timestamp, uint128(PRICE)));
        _send(_signatures(rawReport, 0, 2));
        assertEq(decimalSource.latestRound(FEED).value, PRICE);
    }

    function test_When_theReceiverIsNone_theReportIsSpent() public {
        address receiver = makeAddr("account without code");
        forwarder.report(receiver, rawReport, CONTEXT, _signatures(rawReport, 0, 2));
        IRouter.TransmissionInfo memory info = forwarder.getTransmissionInfo(receiver, _executionOf(rawReport), bytes2(0x0001));
        assertEq(uint8(info.state), uint8(IRouter.TransmissionState.INVALID_RECEIVER));
        vm.expectRevert(abi.encodeWithSelector(IRouter.AlreadyAttempted.selector, info.transmissionId));
        forwarder.report(receiver, rawReport, CONTEXT, _signatures(rawReport, 0, 2));
    }
}

contract BadReceiver is IReceiver {
    enum Manner {
        TAKES,
        REVERTS,
        BURNS,
        FLOODS,
        FORWARDS
    }

    Manner private manner;
    bytes4 private selector;
    address private target;

    function set(Manner manner_) external {
        manner = manner_;
    }

    function aim(bytes4 selector_, address target_) external {
        (selector, target) = (selector_, target_);
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(IReceiver).interfaceId || id == 0x01ffc9a7;
    }

    function onReport(bytes calldata metadata, bytes calldata report) external {
        require(manner != Manner.REVERTS, "not now");
        if (manner == Manner.BURNS) {
            assembly {
                invalid()
            }
        }
        if (manner == Manner.FLOODS) {
            assembly {
                revert(0, 1000000)
            }
        }
        if (manner == Manner.FORWARDS) {
            (bool ok,) = target.call(abi.encodeWithSelector(selector, metadata, report));
            require(ok, "refused");
        }
    }
}
