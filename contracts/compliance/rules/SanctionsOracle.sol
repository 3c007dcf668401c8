// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Capability, IRule, Kind, Transfer } from "../../interfaces/IRule.sol";
import { ReasonCode } from "../../interfaces/ReasonCode.sol";
import { AddressList } from "../AddressList.sol";
import { StaticRead } from "../StaticRead.sol";
import { StrictRule } from "./StrictRule.sol";

/// @notice The function of Chainalysis' oracle, and of any other that serves the same list.
interface ISanctionsList {
    function isSanctioned(address account) external view returns (bool);
}

/// @notice Refuses what a sanctioned account gives, takes or moves for another. Parameters: abi.encode(address oracle, uint8 mode,
///         address[] list): mode 1 = ORACLE asks `isSanctioned(address)` of the oracle, 2 = LIST looks at the issuer's own list,
///         3 = BOTH does both, and either refuses.
///
///         It fails closed: an oracle without code, one that reverts, needs more than 25,000 gas, or answers with anything but a boolean
///         refuses transfers and issues with SCREENING_UNAVAILABLE. A sanctioned wallet is refused towards its owner's other wallets
///         too. Redemptions, forced transfers and recoveries are not judged, so that an officer can take sanctioned units away.
contract SanctionsOracle is StrictRule {
    /// @dev UNSET screens nobody and therefore refuses all.
    enum Mode {
        UNSET,
        ORACLE,
        LIST,
        BOTH
    }

    struct Book {
        address oracle;
        Mode mode;
        AddressList list;
    }

    /// @custom:storage-location erc7201:muniment.storage.SanctionsOracle
    struct SanctionsOracleStorage {
        mapping(address token => Book) books;
    }

    // keccak256(abi.encode(uint256(keccak256("muniment.storage.SanctionsOracle")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant SANCTIONS_ORACLE_STORAGE = 0x65a43a1435796ede0692adf912535c12d36362685acfa59d69fd090412531700;

    /// @notice Gas that the oracle may use for one account: a movement names at most three, and the rule may use 100,000.
    uint256 public constant ORACLE_GAS = 25_000;

    /// @param mode as Mode; without an oracle only LIST is possible
    event ScreeningSet(address indexed token, address previousOracle, Mode previousMode, address oracle, Mode mode);
    event SanctionsListReplaced(address indexed token, address[] accounts);
    event SanctionChanged(address indexed token, address indexed account, bool sanctioned);

    error SanctionUnchanged(address token, address account, bool sanctioned);

    /* COMPLIANCE FUNCTIONS */

    /// @inheritdoc IRule
    function configure(address token, bytes calldata parameters) external onlyComplianceOf(token) {
        (address oracle, uint8 mode, address[] memory list) = abi.decode(parameters, (address, uint8, address[]));
        _setScreening(token, oracle, mode);
        _bookOf(token).list.replace(list);

        emit SanctionsListReplaced(token, list);
    }

    /// @notice Changes what the calling compliance's token asks, as `callModuleFunction` does.
    /// @param oracle answers `isSanctioned(address)`; may be zero in mode LIST
    /// @param mode 1 = ORACLE, 2 = LIST, 3 = BOTH
    function setScreening(address oracle, uint8 mode) external {
        _setScreening(_callersToken(), oracle, mode);
    }

    /// @notice Puts accounts on the own list of the calling compliance's token, or takes them off; all or none.
    function setSanctioned(address[] calldata accounts, bool sanctioned) external {
        address token = _callersToken();
        AddressList storage list = _bookOf(token).list;
        for (uint256 i = 0; i < accounts.length; i++) {
            if (!(sanctioned ? list.add(accounts[i]) : list.remove(accounts[i]))) revert SanctionUnchanged(token, accounts[i], sanctioned);
            emit SanctionChanged(token, accounts[i], sanctioned);
        }
    }

    /* VIEWS */

    function screeningOf(address token) public view returns (address oracle, Mode mode) {
        Book storage book = _bookOf(token);
        return (book.oracle, book.mode);
    }

    /// @notice The own list of a token, in no order; in force in the modes LIST and BOTH.
    function listOf(address token) public view returns (address[] memory) {
        return _bookOf(token).list.values();
    }

    /// @notice What screening says of one account. Never reverts.
    /// @return code ReasonCode: 0, SANCTIONED_ADDRESS or SCREENING_UNAVAILABLE
    function screen(address token, address account) public view returns (uint8 code) {
        Book storage book = _bookOf(token);
        (address oracle, Mode mode) = (book.oracle, book.mode);
        if (mode == Mode.UNSET) return ReasonCode.SCREENING_UNAVAILABLE;
        if (mode != Mode.ORACLE && book.list.contains(account)) return ReasonCode.SANCTIONED_ADDRESS;
        if (mode == Mode.LIST) return ReasonCode.OK;

        (bool answered, bool sanctioned) = StaticRead.boolean(oracle, ORACLE_GAS, abi.encodeCall(ISanctionsList.isSanctioned, (account)));
        if (!answered) return ReasonCode.SCREENING_UNAVAILABLE;
        return sanctioned ? ReasonCode.SANCTIONED_ADDRESS : ReasonCode.OK;
    }

    /// @inheritdoc IRule
    function configuration(address token) external view returns (bytes memory) {
        (address oracle, Mode mode) = screeningOf(token);
        return abi.encode(oracle, uint8(mode), listOf(token));
    }

    /// @inheritdoc IRule
    function capabilities() public pure override returns (uint256) {
        return Capability.CHECK_TRANSFER | Capability.CHECK_MINT;
    }

    /// @inheritdoc IRule
    function name() external pure returns (string memory) {
        return "SanctionsOracle";
    }

    /* INTERNAL */

    /// @inheritdoc StrictRule
    /// @dev The first account that is not clean decides. On MINT there is no giver, and the operator is the issuer's agent.
    function _judgeAccounts(Transfer calldata t) internal view override returns (uint8 code, uint256 actual, uint256 limit) {
        bool isTransfer = t.kind == Kind.TRANSFER;
        if (isTransfer) {
            code = screen(t.token, t.from);
            if (code != ReasonCode.OK) return (code, uint160(t.from), 0);
        }
        if (!isTransfer || t.to != t.from) {
            code = screen(t.token, t.to);
            if (code != ReasonCode.OK) return (code, uint160(t.to), 0);
        }
        if (isTransfer && t.operator != t.from && t.operator != t.to) {
            code = screen(t.token, t.operator);
            if (code != ReasonCode.OK) return (code, uint160(t.operator), 0);
        }
    }

    function _setScreening(address token, address oracle, uint8 given) internal {
        if (given == uint8(Mode.UNSET) || given > uint8(type(Mode).max)) revert RuleParametersInvalid("mode");
        if (oracle == address(0) && Mode(given) != Mode.LIST) revert RuleParametersInvalid("oracle");
        Book storage book = _bookOf(token);
        (address previousOracle, Mode previousMode) = (book.oracle, book.mode);
        (book.oracle, book.mode) = (oracle, Mode(given));

        emit ScreeningSet(token, previousOracle, previousMode, oracle, Mode(given));
    }

    function _bookOf(address token) internal view returns (Book storage) {
        return _getSanctionsOracleStorage().books[token];
    }

    /* STORAGE */

    function _getSanctionsOracleStorage() private pure returns (SanctionsOracleStorage storage $) {
        assembly {
            $.slot := SANCTIONS_ORACLE_STORAGE
        }
    }
}
