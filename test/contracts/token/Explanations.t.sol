// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { CountryAllow } from "../../../contracts/compliance/rules/CountryAllow.sol";
import { Lockup } from "../../../contracts/compliance/rules/Lockup.sol";
import { MaximumBalance } from "../../../contracts/compliance/rules/MaximumBalance.sol";
import { SupplyLimit } from "../../../contracts/compliance/rules/SupplyLimit.sol";
import { RuleSetting } from "../../../contracts/interfaces/ICompliance.sol";
import { Kind, Verdict } from "../../../contracts/interfaces/IRule.sol";
import { ISecurityTokenCore } from "../../../contracts/interfaces/ISecurityToken.sol";
import { ReasonCode } from "../../../contracts/interfaces/ReasonCode.sol";
import { TokenFixture } from "./TokenFixture.sol";

/// @dev Guarantee: in any state, a movement reverts iff its explanation is not 0, and with the code that was explained.
contract ExplanationsTest is TokenFixture {
    /// @param barriers one bit a circumstance
    /// @param from index of a wallet; so `to` and `operator`
    struct World {
        uint256 barriers;
        uint8 from;
        uint8 to;
        uint8 operator;
        uint96 frozen;
        uint96 allowance;
        uint96 cap;
        uint8 rules;
    }

    address[] internal wallets;
    address internal carol = makeAddr("carol");
    RuleSetting[] internal catalogue;

    function setUp() public override {
        super.setUp();
        // Carol's wallet is known, her claim is missing; the spare wallet took the place of a retired one.
        store.reserveIdentity("carol");
        registry.registerIdentity(carol, identityFactory.predict("carol"), GERMANY);
        address lost = makeAddr("lost");
        address daveIdentity = onboard(registry, lost, "dave", FRANCE);
        mint(lost, 500);
        recover(token, lost, spareWallet, daveIdentity);
        mint(ann, 1000);
        mint(annSecond, 300);
        mint(bob, 700);
        wallets = [ann, annSecond, bob, carol, lost, spareWallet.addr, stranger, address(0), address(token), agent];

        uint16[] memory countries = new uint16[](1);
        countries[0] = GERMANY;
        catalogue.push(RuleSetting(address(new CountryAllow()), abi.encode(countries)));
        catalogue.push(RuleSetting(address(new MaximumBalance()), abi.encode(uint256(1200))));
        catalogue.push(RuleSetting(address(new Lockup()), abi.encode(uint32(1 days), true)));
        catalogue.push(RuleSetting(address(new SupplyLimit()), abi.encode(uint256(3000))));
    }

    function testFuzz_TransferRevertsIffExplained(World memory world, uint256 amount) external {
        arrange(world);
        (address from, address to) = (pick(world.from), pick(world.to));
        amount = boundAmount(amount);
        uint8 code = token.detectTransferRestriction(from, to, amount);
        bool could = token.canTransfer(from, to, amount) && amount <= token.balanceOf(from);

        vm.prank(from);
        (bool success, bytes memory reason) = address(token).call(abi.encodeCall(token.transfer, (to, amount)));
        assertAgrees(success, reason, code);
        assertEq(could, success, "canTransfer and balance");
    }

    function testFuzz_TransferFromRevertsIffExplained(World memory world, uint256 amount) external {
        arrange(world);
        (address from, address to, address operator) = (pick(world.from), pick(world.to), pick(world.operator));
        amount = boundAmount(amount);
        (uint8 code,) = token.explainAs(Kind.TRANSFER, operator, from, to, amount);

        vm.prank(operator);
        (bool success, bytes memory reason) = address(token).call(abi.encodeCall(token.transferFrom, (from, to, amount)));
        assertAgrees(success, reason, code);
    }

    function testFuzz_MintRevertsIffExplained(World memory world, uint256 amount) external {
        arrange(world);
        (address to, address operator) = (pick(world.to), world.barriers & (1 << 40) == 0 ? agent : pick(world.operator));
        amount = boundAmount(amount);
        (uint8 code,) = token.explainAs(Kind.MINT, operator, address(0), to, amount);

        vm.prank(operator);
        (bool success, bytes memory reason) = address(token).call(abi.encodeWithSignature("mint(address,uint256)", to, amount));
        if (!success && bytes4(reason) == ISecurityTokenCore.AgentRoleMissing.selector) assertNotEq(code, ReasonCode.OK);
        else assertAgrees(success, reason, code);
    }

    /// @dev The greatest amount passes, one unit more does not, and for the reason that was given.
    function testFuzz_MaxTransferableIsTheGreatest(World memory world) external {
        arrange(world);
        (address from, address to) = (pick(world.from), pick(world.to));
        (uint256 amount, uint8 bindingCode) = token.maxTransferable(from, to);

        assertEq(token.detectTransferRestriction(from, to, amount + 1), bindingCode);
        assertNotEq(bindingCode, ReasonCode.OK);
        if (amount != 0) assertEq(token.detectTransferRestriction(from, to, amount), ReasonCode.OK);
    }

    function test_WhenEverythingIsWrong() external {
        vm.startPrank(agent);
        token.pause();
        token.setAddressFrozen(ann, true);
        token.setFrozenTokens(ann, 2000);
        vm.stopPrank();
        (uint8 code, Verdict[] memory verdicts) = token.explainAs(Kind.TRANSFER, bob, ann, stranger, 5000);

        assertEq(code, ReasonCode.INSUFFICIENT_BALANCE);
        uint8[10] memory codes = [
            ReasonCode.INVALID_RECIPIENT,
            ReasonCode.INSUFFICIENT_BALANCE,
            ReasonCode.INSUFFICIENT_ALLOWANCE,
            ReasonCode.TOKEN_PAUSED,
            ReasonCode.SENDER_FROZEN,
            ReasonCode.RECIPIENT_FROZEN,
            ReasonCode.SPENDER_FROZEN,
            ReasonCode.TOKENS_FROZEN,
            ReasonCode.RECIPIENT_NOT_REGISTERED,
            ReasonCode.SENDER_NOT_ELIGIBLE
        ];
        bool[10] memory passes = [true, false, false, false, false, true, true, false, false, true];
        assertEq(verdicts.length, 10);
        for (uint256 i = 0; i < 10; ++i) {
            assertEq(verdicts[i].code, codes[i]);
            assertEq(verdicts[i].pass, passes[i]);
            assertEq(verdicts[i].rule, address(token));
        }
        assertEq(verdicts[1].actual, 5000);
        assertEq(verdicts[1].limit, 1000);
        assertEq(verdicts[1].room, 1000);
    }

    function test_WhenAMintCapIsExhausted() external {
        token.setAgent(agent, ALL_ROLES, 3000);
        (, Verdict[] memory verdicts) = token.explainAs(Kind.MINT, agent, address(0), ann, 2000);
        (uint256 cap, uint256 minted, uint40 windowEndsAt) = token.mintAllowance(agent);
        Verdict memory verdict = verdicts[4];

        assertEq(verdict.code, ReasonCode.MINT_CAP);
        assertFalse(verdict.pass);
        assertEq(verdict.actual, minted + 2000);
        assertEq(verdict.room, cap - minted);
        assertEq(verdict.until, windowEndsAt);
    }

    function test_WhenMessagesAreAsked() external view {
        assertEq(token.messageForTransferRestriction(0), "Allowed.");
        assertEq(token.messageForTransferRestriction(ReasonCode.RECIPIENT_NOT_REGISTERED), "The recipient is not registered.");
        assertEq(token.messageForTransferRestriction(1), "The reason is not known to this version.");
    }

    /// @dev Reads the codes where they are declared, so that one without a sentence of its own is noticed.
    function test_WhenEveryCodeIsAsked_EachHasASentenceOfItsOwn() external view {
        string[] memory declarations = vm.split(vm.readFile("contracts/interfaces/ReasonCode.sol"), " internal constant ");
        bytes32 unknown = keccak256(bytes(token.messageForTransferRestriction(ReasonCode.UNKNOWN)));
        bytes32[] memory seen = new bytes32[](declarations.length);
        assertGt(declarations.length, 45);
        for (uint256 i = 1; i < declarations.length; ++i) {
            uint256 code = vm.parseUint(vm.split(vm.split(declarations[i], " = ")[1], ";")[0]);
            seen[i] = keccak256(bytes(token.messageForTransferRestriction(uint8(code))));
            if (code != ReasonCode.UNKNOWN) assertNotEq(seen[i], unknown, declarations[i]);
            for (uint256 j = 1; j < i; ++j) {
                assertNotEq(seen[i], seen[j], declarations[i]);
            }
        }
    }

    /* WORLD */

    function arrange(World memory world) internal {
        address from = pick(world.from);
        address to = pick(world.to);
        address operator = pick(world.operator);
        uint256 bits = world.barriers;
        if (bits & 1 != 0) setRules(world);
        // Each barrier stands in a quarter of the worlds, so that many worlds have none.
        vm.startPrank(agent);
        if (rare(bits, 0)) token.pause();
        if (rare(bits, 1)) token.setAddressFrozen(from, true);
        if (rare(bits, 2)) token.setAddressFrozen(to, true);
        if (rare(bits, 3)) token.setAddressFrozen(operator, true);
        if (rare(bits, 4)) token.setFrozenTokens(from, bound(world.frozen, 0, 1500));
        vm.stopPrank();
        if (rare(bits, 5)) store.setBlocked(annIdentity, true);
        if (rare(bits, 6)) store.setBlocked(bobIdentity, true);
        if (rare(bits, 7)) revokeKyc(annIdentity);
        if (rare(bits, 8)) revokeKyc(bobIdentity);
        if (rare(bits, 9)) skip(400 days);
        if (rare(bits, 10)) renewKyc(bobIdentity, 5);
        if (rare(bits, 11)) store.raiseIssuerEpoch(issuer.addr);
        if (rare(bits, 12)) token.setAgent(agent, ALL_ROLES, world.cap % 5001);
        if (rare(bits, 13)) skip(2 days);
        if (from != address(0) && operator != address(0)) {
            vm.prank(from);
            token.approve(operator, rare(bits, 14) ? type(uint256).max : bound(world.allowance, 0, 1500));
        }
    }

    function rare(uint256 bits, uint256 index) internal pure returns (bool) {
        return (bits >> (2 * index + 1)) & 3 == 0;
    }

    function setRules(World memory world) internal {
        uint256 count;
        for (uint256 i = 0; i < 4; ++i) {
            count += (world.rules >> i) & 1;
        }
        RuleSetting[] memory rules = new RuleSetting[](count);
        for (uint256 i = 0; i < 4; ++i) {
            if ((world.rules >> i) & 1 != 0) rules[--count] = catalogue[i];
        }
        compliance.setRules(rules);
    }

    function pick(uint8 index) internal view returns (address) {
        return wallets[index % wallets.length];
    }

    function boundAmount(uint256 amount) internal pure returns (uint256) {
        return amount % 7 == 0 ? amount : amount % 1600;
    }

    function assertAgrees(bool success, bytes memory reason, uint8 code) internal pure {
        assertEq(success, code == ReasonCode.OK, "succeeds iff the code is 0");
        if (!success) assertEq(codeOf(reason), code, "reverts with the code");
    }

    function codeOf(bytes memory reason) internal pure returns (uint8) {
        bytes4 selector = bytes4(reason);
        if (selector == IERC20Errors.ERC20InvalidReceiver.selector) return ReasonCode.INVALID_RECIPIENT;
        if (selector == IERC20Errors.ERC20InsufficientBalance.selector) return ReasonCode.INSUFFICIENT_BALANCE;
        if (selector == IERC20Errors.ERC20InsufficientAllowance.selector) return ReasonCode.INSUFFICIENT_ALLOWANCE;
        assertEq(selector, ISecurityTokenCore.TransferRefused.selector, "a known refusal");
        return SafeCast.toUint8(uint256(slice(reason)));
    }

    function slice(bytes memory reason) internal pure returns (bytes32 word) {
        for (uint256 i = 0; i < 32; ++i) {
            word |= bytes32(reason[4 + i]) >> (8 * i);
        }
    }
}
