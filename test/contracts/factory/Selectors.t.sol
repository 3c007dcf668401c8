// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IAccessManaged } from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import { IssuerManager } from "../../../contracts/factory/IssuerManager.sol";
import { Roles } from "../../../contracts/factory/Roles.sol";
import { ICompliance } from "../../../contracts/interfaces/ICompliance.sol";
import { IIdentityRegistry } from "../../../contracts/interfaces/IIdentityRegistry.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ITokenFactory } from "../../../contracts/interfaces/ITokenFactory.sol";
import { SuiteFixture } from "./SuiteFixture.sol";

/// @notice Walks every function of every contract of a deployed suite, as the compiler lists them, and asks of each who may call it. A
///         function that is on none of the lists below fails the test: whoever adds one must say to whom it belongs.
contract SelectorsTest is SuiteFixture {
    ITokenFactory.Addresses internal parts;
    mapping(bytes4 selector => bool) internal isPublic;
    mapping(bytes4 selector => bool) internal isAgents;
    mapping(bytes4 selector => bool) internal isSuites;
    mapping(bytes4 selector => uint64) internal memberOf;
    mapping(string name => bool) internal isWriter;

    function setUp() public override {
        super.setUp();
        parts = deploy(ordinary());
    }

    function test_When_TheTokenIsWalked_EveryFunctionHasItsGate() public {
        publish("transfer(address,uint256)");
        publish("transferFrom(address,address,uint256)");
        publish("batchTransfer(address[],uint256[])");
        publish("approve(address,uint256)");
        publish("increaseAllowance(address,uint256)");
        publish("decreaseAllowance(address,uint256)");
        publish("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)");
        // Each item meets the gate of its act (References.t.sol).
        publish("tryBatchTransfer(bytes32,address[],uint256[])");
        publish("tryBatchMint(bytes32,address[],uint256[])");
        publish("tryBatchBurn(bytes32,address[],uint256[])");
        publish("tryBatchForcedTransfer(bytes32,address[],address[],uint256[])");
        // Asks for the owner, the pending owner, the investor's own wallets; initialised once.
        publish("transferOwnership(address)");
        publish("acceptOwnership()");
        publish("cancelRecovery(address)");
        publish(
            "initialize((string,string,uint8,address,address,address,address,address,address,uint8,uint32,uint32,uint96,(address,uint16,uint96)[]))"
        );
        string[14] memory acts = [
            "mint(address,uint256)",
            "burn(address,uint256)",
            "forcedTransfer(address,address,uint256)",
            "recoveryAddress(address,address,address)",
            "setAddressFrozen(address,bool)",
            "freezePartialTokens(address,uint256)",
            "unfreezePartialTokens(address,uint256)",
            "batchMint(address[],uint256[])",
            "batchBurn(address[],uint256[])",
            "batchForcedTransfer(address[],address[],uint256[])",
            "batchSetAddressFrozen(address[],bool[])",
            "batchFreezePartialTokens(address[],uint256[])",
            "batchUnfreezePartialTokens(address[],uint256[])",
            "setFrozenTokens(address,uint256)"
        ];
        for (uint256 i = 0; i < acts.length; i++) {
            isAgents[selectorOf(acts[i])] = true;
            isAgents[selectorOf(withReference(acts[i]))] = true;
        }
        isAgents[selectorOf("pause()")] = true;
        isAgents[selectorOf("scheduleForcedTransfer(address,address,uint256,bytes32)")] = true;
        isAgents[selectorOf("proposeRecovery(address,address,address,bytes)")] = true;
        isSuites[selectorOf("setAcceptance(uint80,bool)")] = true;
        isSuites[selectorOf("setRuleCount(uint8,bool)")] = true;
        mapMember("snapshot()", Roles.SNAPSHOTTER);
        mapMember("setDocument(bytes32,string,bytes32)", Roles.SNAPSHOTTER);
        mapMember("removeDocument(bytes32)", Roles.SNAPSHOTTER);
        mapMember("removeAgent(address)", Roles.GUARDIAN);
        mapMember("cancelForcedTransfer(address,address,uint256)", Roles.GUARDIAN);

        walk("SecurityToken", parts.token);
        walk("SecurityTokenExtension", parts.token);
        assertRole(parts.token, "upgradeToAndCall(address,bytes)", Roles.UPGRADER);
        assertRole(parts.token, "setCompliance(address)", Roles.UPGRADER);
        assertRole(parts.token, "setIdentityRegistry(address)", Roles.UPGRADER);
        assertRole(parts.token, "setAgent(address,uint16,uint96)", Roles.ISSUER_ADMIN);
        assertRole(parts.token, "unpause()", Roles.ISSUER_ADMIN);
    }

    function test_When_TheRegistryIsWalked_EveryFunctionHasItsGate() public {
        publish("initialize(address,address,address)");
        // Refused to all: fixed for good, or follows the token.
        publish("setIdentityRegistryStorage(address)");
        publish("setClaimTopicsRegistry(address)");
        publish("setTrustedIssuersRegistry(address)");
        publish("transferOwnership(address)");
        isAgents[selectorOf("registerIdentity(address,address,uint16)")] = true;
        isAgents[selectorOf("batchRegisterIdentity(address[],address[],uint16[])")] = true;
        isAgents[selectorOf("deleteIdentity(address)")] = true;
        isAgents[selectorOf("updateCountry(address,uint16)")] = true;
        isAgents[selectorOf("updateIdentity(address,address)")] = true;
        isAgents[IIdentityRegistry.onboard.selector] = true;
        isAgents[IIdentityRegistry.onboardBatch.selector] = true;

        walk("IdentityRegistry", parts.registry);
        assertRole(parts.registry, "addTrustedIssuer(address,uint256[])", Roles.ISSUER_ADMIN);
    }

    function test_When_TheComplianceIsWalked_EveryFunctionHasItsGate() public {
        // Refused to all.
        publish("addModule(address)");
        publish("transferOwnership(address)");
        isSuites[selectorOf("bindToken(address)")] = true;
        isSuites[selectorOf("unbindToken(address)")] = true;
        isSuites[selectorOf("transferred(address,address,uint256)")] = true;
        isSuites[selectorOf("created(address,uint256)")] = true;
        isSuites[selectorOf("destroyed(address,uint256)")] = true;
        isSuites[ICompliance.enforce.selector] = true;

        walk("Compliance", parts.compliance);
        assertRole(parts.compliance, "removeModule(address)", Roles.ISSUER_ADMIN);
    }

    function test_When_TheManagerIsWalked_NoRestrictedFunctionOfTheSuiteFallsToItsAdmin() public view {
        IssuerManager manager = IssuerManager(parts.manager);
        address[3] memory targets = [parts.token, parts.registry, parts.compliance];
        for (uint256 i = 0; i < targets.length; i++) {
            assertEq(manager.getTargetRole(targets[i]), Roles.id(parts.token, Roles.ISSUER_ADMIN));
            assertEq(manager.getTargetFunctionRole(targets[i], bytes4(0xdeadbeef)), Roles.id(parts.token, Roles.ISSUER_ADMIN));
        }
    }

    /* WALK */

    /// @dev Calls each function that may change something as a stranger: what is not public must name its gate.
    function walk(string memory name, address target) internal {
        string memory artifact = vm.readFile(string.concat("out/", name, ".sol/", name, ".json"));
        collectWriters(artifact);
        string[] memory signatures = vm.parseJsonKeys(artifact, ".methodIdentifiers");
        uint256 walked;
        for (uint256 i = 0; i < signatures.length; i++) {
            bytes4 selector = selectorOf(signatures[i]);
            // Only the manager itself may call setAuthority.
            if (!isWriter[nameOf(signatures[i])] || isPublic[selector] || selector == IAccessManaged.setAuthority.selector) continue;
            assertGated(name, target, signatures[i]);
            walked++;
        }
        assertGt(walked, 5);
    }

    function assertGated(string memory name, address target, string memory signature) internal {
        bytes4 selector = selectorOf(signature);
        bytes4 refusal = refusalOf(target, signature);
        bool unauthorized = refusal == IAccessManaged.AccessManagedUnauthorized.selector;
        if (isAgents[selector]) {
            assertTrue(refusal == ISecurityTokenCore.AgentRoleMissing.selector || unauthorized, signature);
        } else if (isSuites[selector]) {
            assertTrue(
                refusal == ISecurityTokenCore.CallerNotSuitePart.selector || refusal == ICompliance.ComplianceCallerNotToken.selector,
                signature
            );
        } else {
            assertTrue(unauthorized, string.concat(signature, " of ", name, " is open, or on no list"));
            assertNotEq(IssuerManager(parts.manager).getTargetFunctionRole(target, selector), 0, "falls to ADMIN");
            if (memberOf[selector] != 0) assertMemberMayCall(target, selector);
        }
    }

    /// @dev The one payable function of a suite is the proxy's upgrade, whose role is asserted by name.
    function collectWriters(string memory artifact) internal {
        string memory payables = "$.abi[?(@.type == 'function' && @.stateMutability == 'payable')].name";
        if (vm.keyExistsJson(artifact, payables)) assertEq(vm.parseJsonString(artifact, payables), "upgradeToAndCall");
        string memory writers = "$.abi[?(@.type == 'function' && @.stateMutability == 'nonpayable')].name";
        string[] memory names = abi.decode(vm.parseJson(artifact, writers), (string[]));
        for (uint256 i = 0; i < names.length; i++) {
            isWriter[names[i]] = true;
        }
    }

    function assertMemberMayCall(address target, bytes4 selector) internal {
        address member = memberOf[selector] == Roles.id(parts.token, Roles.GUARDIAN) ? guardian : snapshotter;
        vm.prank(member);
        (, bytes memory returned) = target.call(abi.encodePacked(selector, new bytes(512)));
        assertNotEq(bytes4(returned), IAccessManaged.AccessManagedUnauthorized.selector);
    }

    function refusalOf(address target, string memory signature) internal returns (bytes4) {
        vm.prank(stranger);
        (bool success, bytes memory returned) = target.call(abi.encodePacked(selectorOf(signature), argumentsOf(signature)));
        return success ? bytes4(0) : bytes4(returned);
    }

    /// @dev Zeros, which decode as anything; for a batch arrays of one zero, because an empty batch asks nobody.
    function argumentsOf(string memory signature) internal pure returns (bytes memory arguments) {
        uint256 arrays = vm.split(signature, "[]").length - 1;
        if (vm.split(signature, "batch").length == 1) return new bytes(1024);
        uint256 heads = vm.split(signature, ",").length;
        for (uint256 i = 0; i < heads; i++) {
            arguments = abi.encodePacked(arguments, i < arrays ? 32 * heads + 64 * i : 0);
        }
        for (uint256 i = 0; i < arrays; i++) {
            arguments = abi.encodePacked(arguments, uint256(1), uint256(0));
        }
    }

    function nameOf(string memory signature) internal pure returns (string memory) {
        return vm.split(signature, "(")[0];
    }

    function selectorOf(string memory signature) internal pure returns (bytes4) {
        return bytes4(keccak256(bytes(signature)));
    }

    function withReference(string memory signature) internal pure returns (string memory) {
        return string.concat(vm.split(signature, ")")[0], ",bytes32)");
    }

    function publish(string memory signature) internal {
        isPublic[selectorOf(signature)] = true;
    }

    function mapMember(string memory signature, string memory role) internal {
        memberOf[selectorOf(signature)] = Roles.id(parts.token, role);
    }

    function assertRole(address target, string memory signature, string memory role) internal view {
        uint64 actual = IssuerManager(parts.manager).getTargetFunctionRole(target, selectorOf(signature));
        assertEq(actual, Roles.id(parts.token, role), signature);
    }
}
