// SPDX-License-Identifier: MIT
pragma solidity 0.8.26;

import { Test } from "forge-std/Test.sol";
import { IERC3643ClaimTopicsRegistry as ITopics } from "../../../contracts/interfaces/erc3643/IERC3643ClaimTopicsRegistry.sol";
import { IERC3643Compliance as ICompliance } from "../../../contracts/interfaces/erc3643/IERC3643Compliance.sol";
import { IERC3643IdentityRegistry as IRegistry } from "../../../contracts/interfaces/erc3643/IERC3643IdentityRegistry.sol";
import { IERC3643IdentityRegistryStorage as IStorage } from "../../../contracts/interfaces/erc3643/IERC3643IdentityRegistryStorage.sol";
import { IERC3643Token as IToken } from "../../../contracts/interfaces/erc3643/IERC3643Token.sol";
import { IERC3643TrustedIssuersRegistry as IIssuers } from "../../../contracts/interfaces/erc3643/IERC3643TrustedIssuersRegistry.sol";
import { IERC734 } from "../../../contracts/interfaces/erc735/IERC734.sol";
import { IERC735 } from "../../../contracts/interfaces/erc735/IERC735.sol";

/// @notice Our interfaces answer to the selectors and topics that clients of ERC-3643 use. The expected numbers were computed from the
///         ABI that clients have: T-REX 4.1.6 and ONCHAINID 2.2.1.
contract Erc3643AbiTest is Test {
    /// @dev An interface's id is the exclusive or of its own functions' selectors.
    function test_Selectors() public pure {
        assertEq(type(IToken).interfaceId, bytes4(0xb97d944c));
        assertEq(type(IRegistry).interfaceId, bytes4(0x8ff89f73));
        assertEq(type(IStorage).interfaceId, bytes4(0x57defe0d));
        assertEq(type(ITopics).interfaceId, bytes4(0x10928b13));
        assertEq(type(IIssuers).interfaceId, bytes4(0xb0f773b8));
        assertEq(type(IERC734).interfaceId, bytes4(0x270d514f));
        assertEq(type(IERC735).interfaceId, bytes4(0xb6b4ee6d));
    }

    function test_TokenTopics() public pure {
        assertEq(IToken.AddressFrozen.selector, 0x7fa523c84ab8d7fc5b72f08b9e46dbbf10c39e119a075b3e317002d14bc9f436);
        assertEq(IToken.ComplianceAdded.selector, 0x7f3a888862559648ec01d97deb7b5012bff86dc91e654a1de397170db40e35b6);
        assertEq(IToken.IdentityRegistryAdded.selector, 0xd2be862d755bca7e0d39772b2cab3a5578da9c285f69199f4c063c2294a7f36c);
        assertEq(IToken.Paused.selector, 0x62e78cea01bee320cd4e420270b5ea74000d11b0c9f74754ebdbfc544b05a258);
        assertEq(IToken.Unpaused.selector, 0x5db9ee0a495bf2e6ff9c91a7834c1ba4fdd244a5e8aa4e537bd38aeae4b073aa);
        assertEq(IToken.RecoverySuccess.selector, 0xf0c9129a94f30f1caaceb63e44b9811d0a3edf1d6c23757f346093af5553fed0);
        assertEq(IToken.TokensFrozen.selector, 0xa065e63c631c86f1b9f66a4a2f63f2093bf1c2168d23290259dbd969e0222a45);
        assertEq(IToken.TokensUnfrozen.selector, 0x9bed35cb62ad0dba04f9d5bfee4b5bc91443e77da8a65c4c84834c51bb08b0d6);
        assertEq(IToken.UpdatedTokenInformation.selector, 0x6a1105ac8148a3c319adbc369f9072573e8a11d3a3d195e067e7c40767ec54d1);
    }

    function test_RegistryTopics() public pure {
        assertEq(IRegistry.ClaimTopicsRegistrySet.selector, 0x7170bf15b246e880b2369cd7c67d057760d8a35149e8c64dde91efa22bcc76d0);
        assertEq(IRegistry.CountryUpdated.selector, 0x04ed3b726495c2dca1ff1215d9ca54e1a4030abb5e82b0f6ce55702416cee853);
        assertEq(IRegistry.IdentityRegistered.selector, 0x6ae73635c50d24a45af6fbd5e016ac4bed179addbc8bf24e04ff0fcc6d33af19);
        assertEq(IRegistry.IdentityRemoved.selector, 0x59d6590e225b81befe259af056324092801080acbb7feab310eb34678871f327);
        assertEq(IRegistry.IdentityStorageSet.selector, 0x2fa8b95c1db7afe99e3398f3792f008135cedc1fa26b0bb2ecd2352cd166d53c);
        assertEq(IRegistry.IdentityUpdated.selector, 0xe98082932c8056a0f514da9104e4a66bc2cbaef102ad59d90c4b24220ebf6010);
        assertEq(IRegistry.TrustedIssuersRegistrySet.selector, 0x1b98cb79e6f73020175fe87333f1b91ad6a881519c0afe30340c2599b2b4bde0);
        assertEq(ITopics.ClaimTopicAdded.selector, 0x01c928b7f7ade2949e92366aa9454dbef3a416b731cf6ec786ba9595bbd814d6);
        assertEq(ITopics.ClaimTopicRemoved.selector, 0x0b1381093c776453c1bbe54fd68be1b235c65db61d099cb50d194b2991e0eec5);
        assertEq(IIssuers.ClaimTopicsUpdated.selector, 0xec753cfc52044f61676f18a11e500093a9f2b1cd5e4942bc476f2b0438159bcf);
        assertEq(IIssuers.TrustedIssuerAdded.selector, 0xfedc33fd34859594822c0ff6f3f4f9fc279cc6d5cae53068f706a088e4500872);
        assertEq(IIssuers.TrustedIssuerRemoved.selector, 0x2214ded40113cc3fb63fc206cafee88270b0a903dac7245d54efdde30ebb0321);
    }

    function test_StorageTopics() public pure {
        assertEq(IStorage.CountryModified.selector, 0x20965fcdc6eed7ae398065b40ece4e732ba667992ca819fc54e80e9f2047c4cf);
        assertEq(IStorage.IdentityModified.selector, 0x556ce885dfcea52155c773f1ed2e58781c51945c13030ab8f793c61f51d1b808);
        assertEq(IStorage.IdentityRegistryBound.selector, 0x500c250171aa20e861b680f93502547b9d436eda7d4c537fc360db6e0c6eedfb);
        assertEq(IStorage.IdentityRegistryUnbound.selector, 0x51f353eb5801583fdf2706e43c045b62fdf6b1566820b349390616363ecf72c9);
        assertEq(IStorage.IdentityStored.selector, 0x0030dea7e9c9afaa2e3c9810f2fc9b5181f1bad74ca5a8db85f746a33585e747);
        assertEq(IStorage.IdentityUnstored.selector, 0xca6a4c3370b859312246e7f086284076e557997e10d856b716c23ab67067790b);
    }

    function test_ComplianceTopics() public pure {
        assertEq(ICompliance.TokenBound.selector, 0x2de35142b19ed5a07796cf30791959c592018f70b1d2d7c460eef8ffe713692b);
        assertEq(ICompliance.TokenUnbound.selector, 0x28a4ca7134a3b3f9aff286e79ad3daadb4a06d1b43d037a3a98bdc074edd9b7a);
    }

    function test_IdentityTopics() public pure {
        assertEq(IERC734.Approved.selector, 0xb3932da477fe5d6c8ff2eafef050c0f3a1af18fc07121001482600f36f3715d8);
        assertEq(IERC734.Executed.selector, 0x1f920dbda597d7bf95035464170fa58d0a4b57f13a1c315ace6793b9f63688b8);
        assertEq(IERC734.ExecutionFailed.selector, 0xe10c49d9f7c71da23262367013434763cfdb2332267641728d25cd712c5c6a68);
        assertEq(IERC734.ExecutionRequested.selector, 0x8afcfabcb00e47a53a8fc3e9f23ff47ee1926194bb1350dd007c50b412a6cee8);
        assertEq(IERC734.KeyAdded.selector, 0x480000bb1edad8ca1470381cc334b1917fbd51c6531f3a623ea8e0ec7e38a6e9);
        assertEq(IERC734.KeyRemoved.selector, 0x585a4aef50f8267a92b32412b331b20f7f8b96f2245b253b9cc50dcc621d3397);
        assertEq(IERC735.ClaimAdded.selector, 0x46149b18aa084502c3f12bc75e19eda8bda8d102b82cce8474677a6d0d5f43c5);
        assertEq(IERC735.ClaimChanged.selector, 0x3bab293fc00db832d7619a9299914251b8747c036867ec056cbd506f60135b13);
        assertEq(IERC735.ClaimRemoved.selector, 0x3cf57863a89432c61c4a27073c6ee39e8a764bff5a05aebfbcdcdc80b2e6130a);
    }
}
