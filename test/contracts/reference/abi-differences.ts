import type { Abi } from 'viem';
import { onchainIdAbi, ourAbi, trexAbi } from './artifacts.js';

/** @param ours what answers at one address of ours
 *  @param missing what the reference has and ours deliberately has not: the reason, and the signatures as `abi.test.ts` writes them */
type Comparison = { reference: Abi; ours: Abi[]; missing: Record<string, string[]> };

const DISABLED_INITIALIZERS = 'Parts are initialised once, in the transaction of the factory, by functions of our own.';
const NO_RENOUNCING =
  'Ownership is never given up, only handed on: a token without an owner could not be administered (gone in 4.2.0-beta1 too).';

/** Every proxy of the reference. */
const LIFECYCLE = {
  [NO_RENOUNCING]: ['function renounceOwnership() writes'],
  'OpenZeppelin 5 counts versions in 64 bits: Initialized(uint64).': ['event Initialized(uint8)'],
};

/** There, and refused to everybody with an error that says why: the compiler therefore calls it a view. */
const REFUSES = {
  ownership: { 'Refused: ownership follows the token’s (OwnershipFollowsToken).': ['function transferOwnership(address) writes'] },
  parts: {
    'Refused: a registry keeps its parts; a token gets others with another registry (PartFixed).': [
      'function setClaimTopicsRegistry(address) writes',
      'function setIdentityRegistryStorage(address) writes',
      'function setTrustedIssuersRegistry(address) writes',
    ],
  },
  hooks: {
    'Refused: a rule is bound only with its parameters (RuleNeedsParameters).': ['function addModule(address) writes'],
    'Refused: the token reports through enforce (HookReplaced).': [
      'function created(address,uint256) writes',
      'function destroyed(address,uint256) writes',
      'function transferred(address,address,uint256) writes',
    ],
  },
};

/** Every rule module of the reference. */
const MODULE = {
  'A rule belongs to nobody: a token’s compliance sets its parameters.': [
    'event OwnershipTransferred(address indexed,address indexed)',
    'function owner() reads (address)',
    'function renounceOwnership() writes',
    'function transferOwnership(address) writes',
  ],
  'A rule is replaced, never upgraded.': [
    'event AdminChanged(address,address)',
    'event BeaconUpgraded(address indexed)',
    'event Initialized(uint8)',
    'event Upgraded(address indexed)',
    'function proxiableUUID() reads (bytes32)',
    'function upgradeTo(address) writes',
    'function upgradeToAndCall(address,bytes) writes',
  ],
  'A rule keeps no list of compliances and cannot refuse one: the compliance lists its rules (RulesSet, ModuleAdded, ModuleRemoved).': [
    'event ComplianceBound(address indexed)',
    'event ComplianceUnbound(address indexed)',
    'function bindCompliance(address) writes',
    'function unbindCompliance(address) writes',
  ],
  'One call, enforce, judges and counts, and carries positions and supply.': [
    'function moduleBurnAction(address,uint256) writes',
    'function moduleMintAction(address,uint256) writes',
    'function moduleTransferAction(address,address,uint256) writes',
  ],
};

const EVENTS_BY_TOKEN = 'State is keyed by token, and so are the events.';

/** Both modules that limit what goes to an exchange. */
const VENUES = {
  'An exchange is tagged for one token, by its issuer (isVenue, VenueTagged, VenueUntagged), not for all tokens by the module’s owner.': [
    'event ExchangeIDAdded(address)',
    'event ExchangeIDRemoved(address)',
    'function isExchangeID(address) reads (bool)',
  ],
};

const INITIALIZE = { [DISABLED_INITIALIZERS]: ['function initialize() writes'] };

const SIGNATURES_ARE_CHECKED_ONCE =
  'A claim is verified when it is written to the storage, not whenever somebody receives; an ERC-1271 contract may sign too.';

export const comparisons: Record<string, Comparison> = {
  Token: {
    reference: trexAbi('token/Token'),
    ours: [ourAbi('SecurityToken'), ourAbi('SecurityTokenExtension'), ourAbi('SecurityTokenExplanations')],
    missing: {
      ...LIFECYCLE,
      [DISABLED_INITIALIZERS]: ['function init(address,address,string,string,uint8,address) writes'],
    },
  },
  IdentityRegistry: {
    reference: trexAbi('registry/implementation/IdentityRegistry'),
    ours: [ourAbi('IdentityRegistry')],
    missing: {
      ...LIFECYCLE,
      ...REFUSES.ownership,
      ...REFUSES.parts,
      [DISABLED_INITIALIZERS]: ['function init(address,address,address) writes'],
    },
  },
  IdentityRegistryStorage: {
    reference: trexAbi('registry/implementation/IdentityRegistryStorage'),
    ours: [ourAbi('IdentityStorage')],
    missing: { ...LIFECYCLE, [DISABLED_INITIALIZERS]: ['function init() writes'] },
  },
  ClaimTopicsRegistry: {
    reference: trexAbi('registry/implementation/ClaimTopicsRegistry'),
    ours: [ourAbi('IdentityRegistry')],
    missing: { ...LIFECYCLE, ...REFUSES.ownership, [DISABLED_INITIALIZERS]: ['function init() writes'] },
  },
  TrustedIssuersRegistry: {
    reference: trexAbi('registry/implementation/TrustedIssuersRegistry'),
    ours: [ourAbi('IdentityRegistry')],
    missing: { ...LIFECYCLE, ...REFUSES.ownership, [DISABLED_INITIALIZERS]: ['function init() writes'] },
  },
  ModularCompliance: {
    reference: trexAbi('compliance/modular/ModularCompliance'),
    ours: [ourAbi('Compliance')],
    missing: { ...LIFECYCLE, ...REFUSES.ownership, ...REFUSES.hooks, [DISABLED_INITIALIZERS]: ['function init() writes'] },
  },
  AbstractModuleUpgradeable: {
    reference: trexAbi('compliance/modular/modules/AbstractModuleUpgradeable'),
    ours: [ourAbi('IRule')],
    missing: MODULE,
  },
  CountryAllowModule: {
    reference: trexAbi('compliance/modular/modules/CountryAllowModule'),
    ours: [ourAbi('CountryAllow')],
    missing: {
      ...MODULE,
      ...INITIALIZE,
      [EVENTS_BY_TOKEN]: ['event CountryAllowed(address,uint16)', 'event CountryUnallowed(address,uint16)'],
    },
  },
  MaxBalanceModule: {
    reference: trexAbi('compliance/modular/modules/MaxBalanceModule'),
    ours: [ourAbi('MaximumBalance')],
    missing: {
      ...MODULE,
      ...INITIALIZE,
      [EVENTS_BY_TOKEN]: ['event MaxBalanceSet(address indexed,uint256 indexed)'],
      'Positions are computed from an investor’s wallets: there is nothing to preset, and nothing to drift.': [
        'event IDBalancePreSet(address indexed,address indexed,uint256)',
        'event PresetCompleted(address indexed)',
        'function batchPreSetModuleState(address,address[],uint256[]) writes',
        'function getIDBalance(address,address) reads (uint256)',
        'function preSetModuleState(address,address,uint256) writes',
        'function presetCompleted(address) writes',
      ],
    },
  },
  SupplyLimitModule: {
    reference: trexAbi('compliance/modular/modules/SupplyLimitModule'),
    ours: [ourAbi('SupplyLimit')],
    missing: {
      ...MODULE,
      ...INITIALIZE,
      [EVENTS_BY_TOKEN]: ['event SupplyLimitSet(address,uint256)'],
    },
  },
  CountryRestrictModule: {
    reference: trexAbi('compliance/modular/modules/CountryRestrictModule'),
    ours: [ourAbi('CountryRestrict')],
    missing: {
      ...MODULE,
      ...INITIALIZE,
      [EVENTS_BY_TOKEN]: ['event AddedRestrictedCountry(address indexed,uint16)', 'event RemovedRestrictedCountry(address indexed,uint16)'],
    },
  },
  TimeTransfersLimitsModule: {
    reference: trexAbi('compliance/modular/modules/TimeTransfersLimitsModule'),
    ours: [ourAbi('VolumeLimit')],
    missing: {
      ...MODULE,
      ...INITIALIZE,
      [EVENTS_BY_TOKEN]: [
        'event TimeTransferLimitRemoved(address indexed,uint32)',
        'event TimeTransferLimitUpdated(address indexed,uint32,uint256)',
      ],
      'Windows are read as a list (getTimeTransferLimits): a place in it is no name, and theirs misleads once another window is removed.': [
        'function limitValues(address,uint32) reads (bool,uint8)',
        'function transferLimits(address,uint256) reads (uint32,uint256)',
      ],
      'usedOf answers, by token: with one function more in this rule, 22 gas of every transfer would pay for it.': [
        'function usersCounters(address,address,uint32) reads (uint256,uint256)',
      ],
    },
  },
  TimeExchangeLimitsModule: {
    reference: trexAbi('compliance/modular/modules/TimeExchangeLimitsModule'),
    ours: [ourAbi('VenueLimit')],
    missing: {
      ...MODULE,
      ...INITIALIZE,
      ...VENUES,
      [EVENTS_BY_TOKEN]: ['event ExchangeLimitUpdated(address indexed,address,uint256,uint32)'],
    },
  },
  ExchangeMonthlyLimitsModule: {
    reference: trexAbi('compliance/modular/modules/ExchangeMonthlyLimitsModule'),
    ours: [ourAbi('VenueLimit')],
    missing: {
      ...MODULE,
      ...INITIALIZE,
      ...VENUES,
      [EVENTS_BY_TOKEN]: ['event ExchangeMonthlyLimitUpdated(address indexed,address,uint256)'],
      'Without a month’s window an exchange is not limited, where theirs takes nothing: 0 would say the opposite (getExchangeLimits).': [
        'function getExchangeMonthlyLimit(address,address) reads (uint256)',
      ],
    },
  },
  TransferRestrictModule: {
    reference: trexAbi('compliance/modular/modules/TransferRestrictModule'),
    ours: [ourAbi('TransferAllowlist')],
    missing: {
      ...MODULE,
      ...INITIALIZE,
      [EVENTS_BY_TOKEN]: ['event UserAllowed(address,address)', 'event UserDisallowed(address,address)'],
    },
  },
  ConditionalTransferModule: {
    reference: trexAbi('compliance/modular/modules/ConditionalTransferModule'),
    ours: [ourAbi('TransferApproval')],
    missing: {
      ...MODULE,
      ...INITIALIZE,
      'Approvers vote, and each vote has a number and an end: the events tell them (ApprovalGiven, ApprovalRevoked, ApprovalUsed).': [
        'event ApprovalRemoved(address,address,uint256,address)',
        'event TransferApproved(address,address,uint256,address)',
      ],
      'What an approval is kept under covers chain and rule: a hash that a client makes itself would never be found (approvalOf, openNumber).':
        [
          'function calculateTransferHash(address,address,uint256,address) reads (bytes32)',
          'function getTransferApprovals(address,bytes32) reads (uint256)',
          'function isTransferApproved(address,bytes32) reads (bool)',
        ],
    },
  },
  TransferFeesModule: {
    reference: trexAbi('compliance/modular/modules/TransferFeesModule'),
    ours: [ourAbi('TransferFee')],
    missing: {
      ...MODULE,
      ...INITIALIZE,
      [EVENTS_BY_TOKEN]: ['event FeeUpdated(address indexed,uint256,address)'],
    },
  },
  TokenListingRestrictionsModule: {
    reference: trexAbi('compliance/modular/modules/TokenListingRestrictionsModule'),
    ours: [ourAbi('TokenListing')],
    missing: {
      ...MODULE,
      ...INITIALIZE,
      'The mode is a parameter, given when the rule is bound and never changed (ListingModeSet): there is nothing left to configure.': [
        'event TokenListingConfigured(address,uint8)',
        'function configureToken(uint8) writes',
      ],
      'To list means to accept in one mode and to decline in the other; a choice says which (choose, batchChoose, choicesOf, ListingChosen).':
        [
          'event TokenListed(address,address)',
          'event TokenUnlisted(address,address)',
          'function batchListTokens(address[],uint8) writes',
          'function batchUnlistTokens(address[],uint8) writes',
          'function getInvestorListingStatus(address,address) reads (bool)',
          'function listToken(address,uint8) writes',
          'function unlistToken(address,uint8) writes',
        ],
    },
  },
  TREXFactory: {
    reference: trexAbi('factory/TREXFactory'),
    ours: [ourAbi('TokenFactory')],
    missing: {
      'The settings of a suite are others, and its address is computed: deploySuite, predictToken. Indexers read TREXSuiteDeployed.': [
        'event Deployed(address indexed)',
        'function deployTREXSuite(string,(address,string,string,uint8,address,address,address[],address[],address[],bytes[]),(uint256[],address[],uint256[][])) writes',
        'function getToken(string) reads (address)',
        'function tokenDeployed(string) reads (address)',
      ],
      'Nothing is common to the suites but code: no authority upgrades them together, and no factory makes their identities.': [
        'event IdFactorySet(address)',
        'event ImplementationAuthoritySet(address)',
        'function getIdFactory() reads (address)',
        'function getImplementationAuthority() reads (address)',
        'function setIdFactory(address) writes',
        'function setImplementationAuthority(address) writes',
      ],
      'The factory has no owner and owns nothing that it made.': [
        'event OwnershipTransferred(address indexed,address indexed)',
        'function owner() reads (address)',
        'function recoverContractOwnership(address,address) writes',
        'function renounceOwnership() writes',
        'function transferOwnership(address) writes',
      ],
    },
  },
  'ONCHAINID Identity': {
    reference: onchainIdAbi('Identity'),
    ours: [ourAbi('Identity')],
    missing: {
      [SIGNATURES_ARE_CHECKED_ONCE]: [
        'function getRecoveredAddress(bytes,bytes32) reads (address)',
        'function isClaimValid(address,uint256,bytes,bytes) reads (bool)',
      ],
      'An identity is a clone and never changes its code.': ['function version() reads (string)'],
    },
  },
  'ONCHAINID ClaimIssuer': {
    reference: onchainIdAbi('ClaimIssuer'),
    ours: [ourAbi('Identity'), ourAbi('IdentityStorage')],
    missing: {
      [SIGNATURES_ARE_CHECKED_ONCE]: [
        'function getRecoveredAddress(bytes,bytes32) reads (address)',
        'function isClaimValid(address,uint256,bytes,bytes) reads (bool)',
      ],
      'An identity is a clone and never changes its code.': ['function version() reads (string)'],
      'Revoked is a claim, by identity and topic in the storage, never a signature.': [
        'event ClaimRevoked(bytes indexed)',
        'function isClaimRevoked(bytes) reads (bool)',
        'function revokeClaim(bytes32,address) writes (bool)',
        'function revokeClaimBySignature(bytes) writes',
        'function revokedClaims(bytes) reads (bool)',
      ],
    },
  },
};
