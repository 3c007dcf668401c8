// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Eligibility } from "../../../contracts/identity/Eligibility.sol";
import { Claim } from "../../../contracts/interfaces/IIdentityStorage.sol";
import { OfficerActs } from "./OfficerActs.sol";

/// @notice What claim issuers and registrars do, what somebody does who kept every claim that was ever signed, and time.
abstract contract IdentityActs is OfficerActs {
    uint256 private constant MAX_WALLETS = 18;

    /// @dev What the last claim on a topic says, unpacked.
    /// @param voidNonce highest nonce that a revocation or a raised epoch met
    /// @param earliest unix seconds from which a claim has to be issued to count again
    struct Kept {
        uint256 issuer;
        uint256 nonce;
        uint256 endsAt;
        uint256 epoch;
        bool revoked;
        uint256 voidNonce;
        uint256 earliest;
    }

    struct Signed {
        uint256 issuer;
        Claim[] claims;
        bytes signature;
    }

    mapping(address identity => mapping(uint256 topic => Kept)) internal kept;
    mapping(address identity => mapping(uint256 topic => uint16)) private _signedNonces;
    mapping(address wallet => address) public investorOf;
    mapping(address wallet => bool) public retired;
    mapping(address identity => bool) public barred;
    uint256[2] internal epochOf;
    uint256[2] private _issuesFrom;
    Signed[] private _signed;

    function setUp() public virtual override {
        super.setUp();
        for (uint256 i = 0; i < wallets.length; ++i) {
            investorOf[wallets[i]] = store.storedIdentity(wallets[i]);
        }
        for (uint256 i = 0; i < identities.length; ++i) {
            (, uint256 hour,,) = Eligibility.lane(store.investorWord(identities[i]), 0);
            kept[identities[i]][KYC] = Kept(0, 1, hour * 1 hours, 0, false, 0, 0);
            _signedNonces[identities[i]][KYC] = 1;
        }
    }

    /* CLAIMS */

    function writeClaim(uint256 seed, uint256 valid) external logged {
        seed = mixed(seed);
        sign(seed, bound(valid, 2 hours, 300 days));
        relay(_signed.length - 1);
    }

    /// @dev Signed, and shown to nobody yet.
    function holdBack(uint256 seed) external {
        seed = mixed(seed);
        if (_signed.length < 40) sign(seed, 300 days);
    }

    /// @dev Anyone brings a claim that was signed some time, used or not.
    function relayAny(uint256 seed) external logged {
        seed = mixed(seed);
        if (_signed.length != 0) relay(seed % _signed.length);
    }

    function revoke(uint256 seed) external logged {
        seed = mixed(seed);
        (address identity, uint256 topic) = pickClaim(seed);
        Kept storage claim = kept[identity][topic];
        if (claim.nonce == 0 || claim.revoked || (seed >> 24) % 2 == 0) return;
        vm.prank(seed & 0x100000 == 0 ? operator : issuers[claim.issuer]);
        store.revokeClaim(identity, topic);
        (claim.revoked, claim.voidNonce, claim.earliest) = (true, claim.nonce, block.timestamp);
        this.assertNothingComesBack();
        calls["revoke"]++;
    }

    /// @dev Seldom; half the time the issuer signs everybody's claim anew.
    function raiseEpoch(uint256 seed) external logged {
        seed = mixed(seed);
        if (seed % 4 != 0) return;
        uint256 issuer = (seed >> 8) % 2;
        vm.prank(issuers[issuer]);
        store.raiseIssuerEpoch(issuers[issuer]);
        epochOf[issuer]++;
        _issuesFrom[issuer] = block.timestamp;
        for (uint256 i = 0; i < identities.length; ++i) {
            voidBy(issuer, identities[i], KYC);
            voidBy(issuer, identities[i], ACCREDITED);
        }
        this.assertNothingComesBack();
        if (seed & 0x10000 == 0) return;
        skip(1);
        for (uint256 i = 0; i < identities.length; ++i) {
            sign(i, 300 days);
            relay(_signed.length - 1);
        }
    }

    function bar(uint256 seed) external logged {
        seed = mixed(seed);
        address identity = identities[seed % identities.length];
        barred[identity] = !barred[identity] && seed & 0x300 == 0;
        vm.prank(operator);
        store.setBlocked(identity, barred[identity]);
    }

    /* WALLETS */

    function link(uint256 seed) external logged {
        seed = mixed(seed);
        if (wallets.length == MAX_WALLETS) return;
        address identity = identities[seed % identities.length];
        if (Eligibility.walletCount(store.investorWord(identity)) < Eligibility.MAX_WALLETS) onLinked(linkWallet(identity), identity);
    }

    function onboard(uint256 seed) external logged {
        seed = mixed(seed);
        if (identities.length == 6 || wallets.length >= MAX_WALLETS) return;
        // In the second after an epoch was raised at the earliest.
        skip(1);
        address identity = newInvestor(seed % 2 == 0 ? 250 : 840);
        kept[identity][KYC] = Kept(0, 1, (block.timestamp + 300 days) / 1 hours * 1 hours, epochOf[0], false, 0, 0);
        _signedNonces[identity][KYC] = 1;
        onLinked(wallets[wallets.length - 1], identity);
    }

    /// @dev 3. Only a wallet without units in any token, and frozen in none, leaves its investor.
    function unlink(uint256 seed) external logged {
        seed = mixed(seed);
        address wallet = pickWallet(seed >> 8);
        bool movable = investorOf[wallet] != address(0) && !retired[wallet] && !holdsAny(wallet) && !frozenInAny(wallet);
        vm.prank(registrar);
        (bool success,) = address(registries[seed % TOKENS]).call(abi.encodeWithSignature("deleteIdentity(address)", wallet));
        assertEq(success, movable, "deleted");
        if (success) investorOf[wallet] = address(0);
    }

    function relink(uint256 seed) external logged {
        seed = mixed(seed);
        address wallet = pickWallet(seed >> 8);
        address identity = identities[(seed >> 32) % identities.length];
        bool movable = investorOf[wallet] != address(0) && !retired[wallet] && !holdsAny(wallet) && !frozenInAny(wallet);
        bytes memory data = abi.encodeWithSignature("updateIdentity(address,address)", wallet, identity);
        if (investorOf[wallet] == address(0)) {
            uint16 country = Eligibility.country(store.investorWord(identity));
            data = abi.encodeWithSignature("registerIdentity(address,address,uint16)", wallet, identity, country);
            movable = true;
        }
        vm.prank(registrar);
        (bool success,) = address(registries[seed % TOKENS]).call(data);
        bool full = investorOf[wallet] != identity && Eligibility.walletCount(store.investorWord(identity)) == Eligibility.MAX_WALLETS;
        if (!full) assertEq(success, movable, "moved to another investor");
        if (success) investorOf[wallet] = identity;
    }

    function move(uint256 seed) external logged {
        seed = mixed(seed);
        address wallet = pickWallet(seed >> 8);
        if (investorOf[wallet] == address(0)) return;
        vm.prank(registrar);
        registries[seed % TOKENS].updateCountry(wallet, seed & 0x100000 == 0 ? 840 : 276);
    }

    function wait_(uint256 seconds_) external {
        skip(bound(seconds_, 1, 3 days));
    }

    /* WHAT WOULD BE SO */

    /// @notice 8. Judged anew from the topics and issuers that the registry lists, and from what was signed.
    function mayReceive(uint256 t, address wallet) external view returns (bool) {
        address identity = investorOf[wallet];
        if (identity == address(0) || retired[wallet] || barred[identity]) return false;
        uint256[] memory topics = registries[t].getClaimTopics();
        for (uint256 i = 0; i < topics.length; ++i) {
            Kept storage claim = kept[identity][topics[i]];
            if (claim.nonce == 0 || !trusts(t, issuers[claim.issuer], topics[i])) {
                return false;
            }
            if (claim.revoked || claim.epoch != epochOf[claim.issuer] || claim.endsAt <= block.timestamp) return false;
        }
        return true;
    }

    /// @notice 9. A claim that was revoked, or whose epoch is over, counts nowhere until one with a higher nonce came.
    function assertNothingComesBack() external view {
        for (uint256 i = 0; i < identities.length; ++i) {
            for (uint256 topic = KYC; topic <= ACCREDITED; topic += ACCREDITED - KYC) {
                uint256 word = store.investorWord(identities[i]);
                Kept storage claim = kept[identities[i]][topic];
                (,,, uint256 nonce) = Eligibility.lane(word, topic - 1);
                assertEq(nonce, claim.nonce, "nonce");
                if (nonce > claim.voidNonce) continue;
                for (uint256 t = 0; t < TOKENS; ++t) {
                    assertNotEq(registries[t].topicStatus(word, topic), 0, "a void claim counts");
                }
            }
        }
    }

    function trusts(uint256 t, address issuer, uint256 topic) private view returns (bool) {
        address[] memory trusted = registries[t].getTrustedIssuersForClaimTopic(topic);
        for (uint256 i = 0; i < trusted.length; ++i) {
            if (trusted[i] == issuer) return true;
        }
        return false;
    }

    /* HOW */

    function sign(uint256 seed, uint256 valid) private {
        (address identity, uint256 topic) = pickClaim(seed);
        uint256 issuer = (seed >> 20) % 2;
        Signed storage entry = _signed.push();
        entry.issuer = issuer;
        Claim[] memory claims = new Claim[](1);
        claims[0] = claimOn(issuer, identity, topic, ++_signedNonces[identity][topic], valid);
        entry.claims.push(claims[0]);
        entry.signature = signed(issuer, claims);
    }

    function relay(uint256 index) private {
        Signed memory entry = _signed[index];
        Claim memory claim = entry.claims[0];
        Kept storage present = kept[claim.identity][claim.topic];
        bool fresh = claim.nonce > present.nonce && claim.issuedAt >= _issuesFrom[entry.issuer]
            && claim.validUntil / 1 hours > block.timestamp / 1 hours && (!present.revoked || claim.issuedAt >= present.earliest);
        (bool success,) = address(store).call(abi.encodeCall(store.writeClaims, (entry.claims, entry.signature)));
        assertEq(success, fresh, "9. a claim is taken once, newer than all before it");
        if (!success) return;
        (present.issuer, present.nonce, present.revoked) = (entry.issuer, claim.nonce, false);
        (present.endsAt, present.epoch) = (uint256(claim.validUntil) / 1 hours * 1 hours, epochOf[entry.issuer]);
        calls["claim"]++;
    }

    function voidBy(uint256 issuer, address identity, uint256 topic) private {
        Kept storage claim = kept[identity][topic];
        if (claim.nonce != 0 && claim.issuer == issuer) claim.voidNonce = claim.nonce;
    }

    function pickClaim(uint256 seed) private view returns (address identity, uint256 topic) {
        return (identities[uint16(seed) % identities.length], (seed >> 16) % 4 == 1 ? ACCREDITED : KYC);
    }

    function holdsAny(address wallet) private view returns (bool) {
        for (uint256 t = 0; t < TOKENS; ++t) {
            if (tokens[t].balanceOf(wallet) != 0) return true;
        }
        return false;
    }

    function frozenInAny(address wallet) private view returns (bool) {
        for (uint256 t = 0; t < TOKENS; ++t) {
            if (tokens[t].isFrozen(wallet)) return true;
        }
        return false;
    }

    function onLinked(address wallet, address identity) internal override {
        investorOf[wallet] = identity;
    }

    function onRetired(address wallet) internal override {
        retired[wallet] = true;
    }
}
