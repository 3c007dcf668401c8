// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

/// @notice What moves units: an investor's transfer, an issue, a redemption, an officer's forced transfer, a wallet recovery.
enum Kind {
    TRANSFER,
    MINT,
    BURN,
    FORCED,
    RECOVERY
}

/// @notice One movement of units, with everything a rule may need to judge it. Positions and supply are those before the movement.
/// @param token the security token that moves
/// @param kind what moves it
/// @param operator the account that called the token
/// @param from wallet that gives, zero on MINT
/// @param to wallet that receives, zero on BURN
/// @param amount token units, > 0
/// @param fromInvestor identity of `from`, zero on MINT
/// @param toInvestor identity of `to`, zero on BURN
/// @param fromWord investor word of `fromInvestor` (see Eligibility)
/// @param toWord investor word of `toInvestor`
/// @param fromPosition units that `fromInvestor` holds over all wallets
/// @param toPosition units that `toInvestor` holds over all wallets
/// @param supply total supply
struct Transfer {
    address token;
    Kind kind;
    address operator;
    address from;
    address to;
    uint256 amount;
    address fromInvestor;
    address toInvestor;
    uint256 fromWord;
    uint256 toWord;
    uint256 fromPosition;
    uint256 toPosition;
    uint256 supply;
}

/// @notice What one check says of one movement.
/// @param rule the rule, or the token itself for checks that are not a rule
/// @param code ReasonCode; 0 when the check passes
/// @param pass whether the movement may go on
/// @param actual the value that was judged (its unit depends on the code)
/// @param limit the bound it was judged against
/// @param room greatest amount, in token units, that would pass; type(uint256).max when every amount does, 0 when none
/// @param until unix seconds from which time alone cures the refusal; 0 when time does not
struct Verdict {
    address rule;
    uint8 code;
    bool pass;
    uint256 actual;
    uint256 limit;
    uint256 room;
    uint40 until;
}

/// @notice Bits of a rule's capabilities: the kinds on which it checks, and those on which it keeps a ledger.
library Capability {
    uint256 internal constant CHECK_TRANSFER = 1 << 0;
    uint256 internal constant CHECK_MINT = 1 << 1;
    uint256 internal constant LEDGER_TRANSFER = 1 << 8;
    uint256 internal constant LEDGER_MINT = 1 << 9;
    uint256 internal constant LEDGER_BURN = 1 << 10;
    uint256 internal constant LEDGER_FORCED = 1 << 11;
    uint256 internal constant LEDGER_RECOVERY = 1 << 12;
    /// @notice The rule takes a fee out of transfers and answers `feeOf` (IFeeRule). At most one rule of a set.
    uint256 internal constant CHARGES_FEE = 1 << 13;
    /// @notice Exits are never checked: no rule may hold them up.
    uint256 internal constant ALL = 0x3f03;

    /// @notice Whether a rule with these capabilities checks movements of `kind`.
    function checks(uint256 capabilities, Kind kind) internal pure returns (bool) {
        return (capabilities >> uint8(kind)) & 1 != 0;
    }

    /// @return the capabilities with any of which a rule is called at all for movements of `kind`
    function callsFor(Kind kind) internal pure returns (uint256) {
        // A check and a ledger bit, side by side for each kind.
        // forge-lint: disable-next-line(incorrect-shift)
        return 0x101 << uint8(kind);
    }
}

/// @notice A transfer rule: one contract for all tokens, its state keyed by token. Rules are replaced, never upgraded.
interface IRule {
    /// @notice The caller is not the compliance of the token it speaks for.
    error RuleCallerNotCompliance(address caller, address token);

    /// @notice The movement is refused.
    /// @param code ReasonCode
    /// @param actual the value that was judged
    /// @param limit the bound it was judged against
    error RuleRefused(uint8 code, uint256 actual, uint256 limit);

    /// @notice The parameters of `configure` or a setter make no sense.
    error RuleParametersInvalid(string field);

    /// @notice The kinds on which the rule checks and keeps a ledger (see Capability); for no other kind is it called.
    function capabilities() external pure returns (uint256);

    /// @notice Judges a movement. Never reverts, whatever the input.
    function check(Transfer calldata t) external view returns (Verdict memory);

    /// @notice Checks (on the kinds it declares) and updates the ledger in one call. Only from the token's compliance.
    function enforce(Transfer calldata t) external;

    /// @notice Binds the rule to a token together with its parameters, so that no rule is ever bound unconfigured.
    ///         Called once by the token's compliance; calling again replaces the parameters.
    /// @param token the token
    /// @param parameters abi-encoded, as the rule documents
    function configure(address token, bytes calldata parameters) external;

    /// @notice The parameters in force, as `configure` takes them.
    function configuration(address token) external view returns (bytes memory);

    /* MODULAR COMPLIANCE: the views that ERC-3643 clients know */

    /// @notice Name of the rule.
    function name() external pure returns (string memory);
    /// @return false: a rule needs parameters
    function isPlugAndPlay() external pure returns (bool);
    /// @notice Whether `compliance` is the compliance of the token that it names.
    function canComplianceBind(address compliance) external view returns (bool);
    /// @notice Whether the rule is in force in `compliance`.
    function isComplianceBound(address compliance) external view returns (bool);
    /// @notice `check` on a movement described by `compliance`: an investor's transfer, or a mint when `from` is zero.
    function moduleCheck(address from, address to, uint256 value, address compliance) external view returns (bool);
}

/// @notice A rule that takes a fee out of transfers (Capability.CHARGES_FEE). The token moves the fee itself, so the rule needs no rights.
///         Warning: no rule judges the fee's own leg. `check` must refuse where the collector may not receive; else transfers revert that
///         are explained as allowed. And the collector may come to hold more than the rules let others hold.
interface IFeeRule is IRule {
    /// @notice The fee of a transfer that the rules let pass.
    /// @return fee token units, ≤ `t.amount`; 0 when none is due
    /// @return collector wallet that takes the fee
    function feeOf(Transfer calldata t) external view returns (uint256 fee, address collector);
}
