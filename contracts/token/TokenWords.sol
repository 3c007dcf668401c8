// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

// Packing is what this file is for: every shift has its constant on the left on purpose, and every narrowing cast follows a shift or
// a mask that leaves no higher bits.
// forge-lint: disable-start(incorrect-shift, unsafe-typecast)

/// @notice The words of the token, one storage slot each, laid out in this file alone.
///
///         holder         bits 0–111 balance · 112–223 frozen units (may exceed the balance) · 224 wallet frozen
///                        232–255 id of the last snapshot that the wallet's history covers
///         configuration  0–159 identity storage · 160 paused · 161 launched · 162–163 sender policy · 164 a snapshot was taken
///                        165 a fee is charged · 166 registration suffices · 168–175 rule count · 176–255 acceptance matrix
///         totals         0–111 supply · 112–151 investors with a position above zero · 152–175 id of the last snapshot
///                        176–199 id of the last snapshot that the supply's history covers
///         agent          0–15 role bits · 16–55 window start · 56–151 minted in the window · 152–247 cap a window
///         schedule       0–39 time from which the announced act may be carried out · 40–255 its id (forced transfer), or
///                        96–255 the new wallet (recovery)
type HolderWord is uint256;

type ConfigurationWord is uint256;

type TotalsWord is uint256;

type AgentWord is uint256;

type ScheduleWord is uint256;

using HolderWords for HolderWord global;
using ConfigurationWords for ConfigurationWord global;
using TotalsWords for TotalsWord global;
using AgentWords for AgentWord global;
using ScheduleWords for ScheduleWord global;

library HolderWords {
    uint256 private constant UNITS = type(uint112).max;
    uint256 private constant FROZEN_OFFSET = 112;
    uint256 private constant FROZEN_MASK = UNITS << FROZEN_OFFSET;
    uint256 private constant WALLET_FROZEN = 1 << 224;
    uint256 private constant SNAPSHOT_OFFSET = 232;

    function balance(HolderWord word) internal pure returns (uint256) {
        return HolderWord.unwrap(word) & UNITS;
    }

    function frozenUnits(HolderWord word) internal pure returns (uint256) {
        return (HolderWord.unwrap(word) & FROZEN_MASK) >> FROZEN_OFFSET;
    }

    /// @return units that are not frozen: balance − min(frozen, balance)
    function free(HolderWord word) internal pure returns (uint256) {
        uint256 held = balance(word);
        uint256 frozen = frozenUnits(word);
        unchecked {
            return frozen < held ? held - frozen : 0;
        }
    }

    function isFrozen(HolderWord word) internal pure returns (bool) {
        return HolderWord.unwrap(word) & WALLET_FROZEN != 0;
    }

    function snapshotId(HolderWord word) internal pure returns (uint256) {
        return HolderWord.unwrap(word) >> SNAPSHOT_OFFSET;
    }

    /// @dev The caller keeps the balance between 0 and 2^112 − 1; so for every other setter with its field's width.
    function plus(HolderWord word, uint256 units) internal pure returns (HolderWord) {
        unchecked {
            return HolderWord.wrap(HolderWord.unwrap(word) + units);
        }
    }

    function minus(HolderWord word, uint256 units) internal pure returns (HolderWord) {
        unchecked {
            return HolderWord.wrap(HolderWord.unwrap(word) - units);
        }
    }

    function withFrozenUnits(HolderWord word, uint256 units) internal pure returns (HolderWord) {
        return HolderWord.wrap((HolderWord.unwrap(word) & ~FROZEN_MASK) | (units << FROZEN_OFFSET));
    }

    function withFrozen(HolderWord word, bool frozen) internal pure returns (HolderWord) {
        uint256 bits = HolderWord.unwrap(word);
        return HolderWord.wrap(frozen ? bits | WALLET_FROZEN : bits & ~WALLET_FROZEN);
    }

    function withSnapshotId(HolderWord word, uint256 id) internal pure returns (HolderWord) {
        return HolderWord.wrap((HolderWord.unwrap(word) & ((1 << SNAPSHOT_OFFSET) - 1)) | (id << SNAPSHOT_OFFSET));
    }
}

library ConfigurationWords {
    uint256 private constant PAUSED = 1 << 160;
    uint256 private constant LAUNCHED = 1 << 161;
    uint256 private constant SENDER_POLICY_OFFSET = 162;
    uint256 private constant SENDER_POLICY_MASK = 3 << SENDER_POLICY_OFFSET;
    uint256 private constant SNAPSHOT_TAKEN = 1 << 164;
    uint256 private constant FEE_CHARGED = 1 << 165;
    uint256 private constant REGISTRATION_ONLY = 1 << 166;
    uint256 private constant RULE_COUNT_OFFSET = 168;
    uint256 private constant RULE_COUNT_MASK = uint256(type(uint8).max) << RULE_COUNT_OFFSET;
    uint256 private constant ACCEPTANCE_OFFSET = 176;

    /// @return a paused, unlaunched configuration without rules that accepts nobody
    function create(address identityStorage_, uint256 senderPolicy_) internal pure returns (ConfigurationWord) {
        return ConfigurationWord.wrap(uint160(identityStorage_) | PAUSED | (senderPolicy_ << SENDER_POLICY_OFFSET));
    }

    function identityStorage(ConfigurationWord word) internal pure returns (address) {
        return address(uint160(ConfigurationWord.unwrap(word)));
    }

    function paused(ConfigurationWord word) internal pure returns (bool) {
        return ConfigurationWord.unwrap(word) & PAUSED != 0;
    }

    /// @return whether a pause stops minting: not before the launch, so that an issue can precede it
    function mintStopped(ConfigurationWord word) internal pure returns (bool) {
        return ConfigurationWord.unwrap(word) & (PAUSED | LAUNCHED) == PAUSED | LAUNCHED;
    }

    /// @return SenderPolicy
    function senderPolicy(ConfigurationWord word) internal pure returns (uint256) {
        return (ConfigurationWord.unwrap(word) >> SENDER_POLICY_OFFSET) & 3;
    }

    function snapshotTaken(ConfigurationWord word) internal pure returns (bool) {
        return ConfigurationWord.unwrap(word) & SNAPSHOT_TAKEN != 0;
    }

    function ruleCount(ConfigurationWord word) internal pure returns (uint256) {
        return (ConfigurationWord.unwrap(word) & RULE_COUNT_MASK) >> RULE_COUNT_OFFSET;
    }

    /// @return whether one of the rules takes a fee out of transfers
    function feeCharged(ConfigurationWord word) internal pure returns (bool) {
        return ConfigurationWord.unwrap(word) & FEE_CHARGED != 0;
    }

    /// @return whether being registered suffices; the acceptance matrix is zero then
    function registrationOnly(ConfigurationWord word) internal pure returns (bool) {
        return ConfigurationWord.unwrap(word) & REGISTRATION_ONLY != 0;
    }

    function acceptance(ConfigurationWord word) internal pure returns (uint80) {
        return uint80(ConfigurationWord.unwrap(word) >> ACCEPTANCE_OFFSET);
    }

    function withIdentityStorage(ConfigurationWord word, address identityStorage_) internal pure returns (ConfigurationWord) {
        return ConfigurationWord.wrap((ConfigurationWord.unwrap(word) & ~uint256(type(uint160).max)) | uint160(identityStorage_));
    }

    /// @dev The first release from the initial pause is the launch.
    function withPaused(ConfigurationWord word, bool paused_) internal pure returns (ConfigurationWord) {
        uint256 bits = ConfigurationWord.unwrap(word);
        return ConfigurationWord.wrap(paused_ ? bits | PAUSED : (bits & ~PAUSED) | LAUNCHED);
    }

    function withSnapshotTaken(ConfigurationWord word) internal pure returns (ConfigurationWord) {
        return ConfigurationWord.wrap(ConfigurationWord.unwrap(word) | SNAPSHOT_TAKEN);
    }

    function withSenderPolicy(ConfigurationWord word, uint256 policy) internal pure returns (ConfigurationWord) {
        return ConfigurationWord.wrap((ConfigurationWord.unwrap(word) & ~SENDER_POLICY_MASK) | (policy << SENDER_POLICY_OFFSET));
    }

    function withRules(ConfigurationWord word, uint8 count, bool feeCharged_) internal pure returns (ConfigurationWord) {
        uint256 bits = ConfigurationWord.unwrap(word) & ~(RULE_COUNT_MASK | FEE_CHARGED);
        return ConfigurationWord.wrap(bits | (uint256(count) << RULE_COUNT_OFFSET) | (feeCharged_ ? FEE_CHARGED : 0));
    }

    function withAcceptance(ConfigurationWord word, uint80 matrix, bool registrationOnly_) internal pure returns (ConfigurationWord) {
        uint256 bits = ConfigurationWord.unwrap(word) & ((1 << ACCEPTANCE_OFFSET) - 1) & ~REGISTRATION_ONLY;
        return ConfigurationWord.wrap(bits | (uint256(matrix) << ACCEPTANCE_OFFSET) | (registrationOnly_ ? REGISTRATION_ONLY : 0));
    }
}

library TotalsWords {
    uint256 private constant UNITS = type(uint112).max;
    uint256 private constant HOLDER_COUNT_OFFSET = 112;
    uint256 private constant HOLDER_COUNT_ONE = 1 << HOLDER_COUNT_OFFSET;
    uint256 private constant SNAPSHOT_OFFSET = 152;
    uint256 private constant SNAPSHOT_ONE = 1 << SNAPSHOT_OFFSET;
    uint256 private constant SUPPLY_SNAPSHOT_OFFSET = 176;
    uint256 private constant SUPPLY_SNAPSHOT_MASK = uint256(type(uint24).max) << SUPPLY_SNAPSHOT_OFFSET;

    function supply(TotalsWord word) internal pure returns (uint256) {
        return TotalsWord.unwrap(word) & UNITS;
    }

    function holderCount(TotalsWord word) internal pure returns (uint256) {
        return uint40(TotalsWord.unwrap(word) >> HOLDER_COUNT_OFFSET);
    }

    function snapshotId(TotalsWord word) internal pure returns (uint256) {
        return uint24(TotalsWord.unwrap(word) >> SNAPSHOT_OFFSET);
    }

    function supplySnapshotId(TotalsWord word) internal pure returns (uint256) {
        return uint24(TotalsWord.unwrap(word) >> SUPPLY_SNAPSHOT_OFFSET);
    }

    /// @dev The caller keeps `units` at or below 2^112 − 1.
    function withSupply(TotalsWord word, uint256 units) internal pure returns (TotalsWord) {
        return TotalsWord.wrap((TotalsWord.unwrap(word) & ~UNITS) | units);
    }

    /// @dev Cannot overflow: each holder is one of fewer than 2^40 wallets ever written.
    function withHolderAdded(TotalsWord word) internal pure returns (TotalsWord) {
        return TotalsWord.wrap(TotalsWord.unwrap(word) + HOLDER_COUNT_ONE);
    }

    function withHolderRemoved(TotalsWord word) internal pure returns (TotalsWord) {
        return TotalsWord.wrap(TotalsWord.unwrap(word) - HOLDER_COUNT_ONE);
    }

    /// @dev The caller keeps the id at or below 2^24 − 1.
    function withNextSnapshot(TotalsWord word) internal pure returns (TotalsWord) {
        return TotalsWord.wrap(TotalsWord.unwrap(word) + SNAPSHOT_ONE);
    }

    function withSupplySnapshotId(TotalsWord word, uint256 id) internal pure returns (TotalsWord) {
        return TotalsWord.wrap((TotalsWord.unwrap(word) & ~SUPPLY_SNAPSHOT_MASK) | (id << SUPPLY_SNAPSHOT_OFFSET));
    }
}

library AgentWords {
    uint256 internal constant WINDOW = 1 days;

    uint256 private constant WINDOW_START_OFFSET = 16;
    uint256 private constant MINTED_OFFSET = 56;
    uint256 private constant CAP_OFFSET = 152;

    function roles(AgentWord word) internal pure returns (uint16) {
        return uint16(AgentWord.unwrap(word));
    }

    function has(AgentWord word, uint16 role) internal pure returns (bool) {
        return AgentWord.unwrap(word) & role != 0;
    }

    function cap(AgentWord word) internal pure returns (uint256) {
        return uint96(AgentWord.unwrap(word) >> CAP_OFFSET);
    }

    function windowStart(AgentWord word) internal pure returns (uint256) {
        return uint40(AgentWord.unwrap(word) >> WINDOW_START_OFFSET);
    }

    /// @return units minted in the window that is open at `time`, 0 when none is
    function minted(AgentWord word, uint256 time) internal pure returns (uint256) {
        if (time >= windowStart(word) + WINDOW) return 0;
        return uint96(AgentWord.unwrap(word) >> MINTED_OFFSET);
    }

    /// @notice Replaces roles and cap; what was minted in the open window stays counted.
    function withGrant(AgentWord word, uint16 roles_, uint96 cap_) internal pure returns (AgentWord) {
        uint256 kept = AgentWord.unwrap(word) & ((1 << CAP_OFFSET) - (1 << WINDOW_START_OFFSET));
        return AgentWord.wrap(kept | roles_ | (uint256(cap_) << CAP_OFFSET));
    }

    /// @dev The caller keeps `minted_` at or below the cap.
    function withMinted(AgentWord word, uint256 start, uint256 minted_) internal pure returns (AgentWord) {
        uint256 kept = AgentWord.unwrap(word) & (type(uint256).max << CAP_OFFSET | type(uint16).max);
        return AgentWord.wrap(kept | (start << WINDOW_START_OFFSET) | (minted_ << MINTED_OFFSET));
    }
}

library ScheduleWords {
    uint256 private constant TIME = type(uint40).max;
    uint256 private constant WALLET_OFFSET = 96;

    /// @param hash of all fields of the act
    /// @return its id: the hash without its lowest 40 bits, in whose place the word keeps the time
    function idOf(bytes32 hash) internal pure returns (bytes32) {
        return hash & ~bytes32(TIME);
    }

    function forId(bytes32 id_, uint256 executableAt_) internal pure returns (ScheduleWord) {
        return ScheduleWord.wrap(uint256(id_) | executableAt_);
    }

    function forWallet(address wallet_, uint256 executableAt_) internal pure returns (ScheduleWord) {
        return ScheduleWord.wrap((uint256(uint160(wallet_)) << WALLET_OFFSET) | executableAt_);
    }

    function isSet(ScheduleWord word) internal pure returns (bool) {
        return ScheduleWord.unwrap(word) != 0;
    }

    function executableAt(ScheduleWord word) internal pure returns (uint40) {
        return uint40(ScheduleWord.unwrap(word));
    }

    function id(ScheduleWord word) internal pure returns (bytes32) {
        return idOf(bytes32(ScheduleWord.unwrap(word)));
    }

    function wallet(ScheduleWord word) internal pure returns (address) {
        return address(uint160(ScheduleWord.unwrap(word) >> WALLET_OFFSET));
    }
}
