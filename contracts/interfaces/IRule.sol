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
/// @param room greatest amount, in token units, that would pass; type(uint256).max when the check does not depend on the amount
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

/// @notice A transfer rule: one contract for all tokens, its state keyed by token. Rules are replaced, never upgraded.
interface IRule {
    /// @notice The caller is not the compliance of the token it speaks for.
    error RuleCallerNotCompliance(address caller, address token);

    /// @notice The movement is refused.
    /// @param code ReasonCode
    /// @param actual the value that was judged
    /// @param limit the bound it was judged against
    error RuleRefused(uint8 code, uint256 actual, uint256 limit);

    /// @notice The kinds on which the rule checks and keeps a ledger: bit Kind for a check, bit (8 + Kind) for a ledger.
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

    /// @notice Name of the rule, as clients of modular compliance read it.
    function name() external pure returns (string memory);
}
