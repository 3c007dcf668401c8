// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Capability, IRule, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { IERC3643IdentityRegistry } from "../../interfaces/erc3643/IERC3643IdentityRegistry.sol";
import { IERC3643Token } from "../../interfaces/erc3643/IERC3643Token.sol";
import { Rule } from "./Rule.sol";

/// @notice Lets investors say themselves whether they take a token: nobody is sent what he did not ask for (OPT_IN), or what he declined
///         (OPT_OUT). Parameters: abi.encode(uint8 mode), 1 = OPT_IN, 2 = OPT_OUT; the mode is set once and for all.
///
///         A choice made for a wallet counts for that wallet before the one made for the investor, which counts for all of his wallets.
///         Choices are the investor's: no issuer makes or unmakes one. Issues are judged as transfers are; what one moves between his own
///         wallets passes.
contract TokenListing is Rule {
    /// @dev UNSET judges as OPT_IN does: who was asked nothing has taken nothing.
    enum Mode {
        UNSET,
        OPT_IN,
        OPT_OUT
    }

    enum Choice {
        NONE,
        ACCEPTED,
        DECLINED
    }

    /// @notice For what a choice is made: the wallet that calls, or the investor whose wallet it is.
    enum Scope {
        WALLET,
        INVESTOR
    }

    /// @param ofWallet choices for one wallet
    /// @param ofInvestor choices for an identity
    struct Book {
        Mode mode;
        mapping(address wallet => Choice) ofWallet;
        mapping(address investor => Choice) ofInvestor;
    }

    /// @custom:storage-location erc7201:muniment.storage.TokenListing
    struct TokenListingStorage {
        mapping(address token => Book) books;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.TokenListing")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant TOKEN_LISTING_STORAGE = 0xe20877470e68f99f82c269d8eb4e0bd2bac0d521c9c69df56f8a8f42ceff8100;

    event ListingModeSet(address indexed token, Mode mode);
    /// @param account wallet or identity, as `scope` says
    event ListingChosen(address indexed token, address indexed account, Scope scope, Choice previousChoice, Choice choice);

    error ListingModeFixed(address token, Mode mode);
    /// @notice Only a registered wallet that was not replaced speaks for its investor.
    error ListingWalletNotRegistered(address token, address wallet);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    /// @dev Again with the same mode changes nothing, so that a rule set can be set anew.
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        uint8 given = abi.decode(parameters, (uint8));
        if (given == uint8(Mode.UNSET) || given > uint8(type(Mode).max)) revert RuleParametersInvalid("mode");
        Mode mode = Mode(given);
        Book storage book = _bookOf(token);
        if (book.mode == mode) return;
        if (book.mode != Mode.UNSET) revert ListingModeFixed(token, book.mode);

        book.mode = mode;

        emit ListingModeSet(token, mode);
    }

    /* USER FUNCTIONS */

    /// @notice Says whether the caller takes a token; works whether or not the token has this rule.
    /// @param scope the calling wallet alone, or its investor, in the registry of `token`
    /// @param choice NONE withdraws one made before
    function choose(address token, Scope scope, Choice choice) external {
        _choose(token, scope, choice);
    }

    /// @notice `choose` for several tokens; all or none.
    function batchChoose(address[] calldata tokens, Scope scope, Choice choice) external {
        for (uint256 i = 0; i < tokens.length; i++) {
            _choose(tokens[i], scope, choice);
        }
    }

    /* VIEWS */

    function modeOf(address token) public view returns (Mode) {
        return _bookOf(token).mode;
    }

    /// @notice The same, as ERC-3643 clients read it: their numbers of the two modes are ours.
    function getTokenListingType(address token) external view returns (Mode) {
        return modeOf(token);
    }

    /// @notice The choices that a wallet and an investor made, each by itself.
    /// @param investor identity
    function choicesOf(address token, address wallet, address investor) external view returns (Choice ofWallet, Choice ofInvestor) {
        Book storage book = _bookOf(token);
        return (book.ofWallet[wallet], book.ofInvestor[investor]);
    }

    /// @notice Whether a wallet of an investor takes a token, by his choices and the token's mode.
    /// @param investor identity, or zero
    function takes(address token, address wallet, address investor) public view returns (bool) {
        Book storage book = _bookOf(token);
        Choice choice = book.ofWallet[wallet];
        if (choice == Choice.NONE) choice = book.ofInvestor[investor];
        return choice == Choice.NONE ? book.mode == Mode.OPT_OUT : choice == Choice.ACCEPTED;
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        return abi.encode(uint8(modeOf(token)));
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHECK_MINT;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "TokenListing";
    }

    /* INTERNAL */

    /// @inheritdoc Rule
    function _judge(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit, uint256 room) {
        if (takes(t.token, t.to, t.toInvestor)) return (ReasonCode.OK, 0, 0, type(uint256).max);
        return (ReasonCode.RECIPIENT_NOT_LISTED, uint160(t.to), 0, 0);
    }

    function _choose(address token, Scope scope, Choice choice) internal {
        Book storage book = _bookOf(token);
        bool forInvestor = scope == Scope.INVESTOR;
        address account = forInvestor ? _callersIdentity(token) : msg.sender;
        mapping(address account => Choice) storage choices = forInvestor ? book.ofInvestor : book.ofWallet;
        Choice previous = choices[account];
        choices[account] = choice;

        emit ListingChosen(token, account, scope, previous, choice);
    }

    function _callersIdentity(address token) internal view returns (address) {
        IERC3643IdentityRegistry registry = IERC3643IdentityRegistry(IERC3643Token(token).identityRegistry());
        if (!registry.contains(msg.sender)) revert ListingWalletNotRegistered(token, msg.sender);
        return registry.identity(msg.sender);
    }

    function _bookOf(address token) internal view returns (Book storage) {
        return _getTokenListingStorage().books[token];
    }

    /* STORAGE */

    function _getTokenListingStorage() private pure returns (TokenListingStorage storage $) {
        assembly {
            $.slot := TOKEN_LISTING_STORAGE
        }
    }
}
