import { ASSET, DESK, OFFERING } from '../support/market.js';
import { EVIDENCE_HASH, type Things } from './world.js';

/** One well-formed request of a route, about things of the tenant acme and of one investor. */
export type Request = {
  path?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  /** Text by which a list shows that it holds the thing in question. */
  shows?: string;
};

const reason = { reason: 'A test.' };
const grounds = { legalBasis: 'COURT_ORDER', reference: 'A test' };
const dates = { opensAt: '2026-01-06T00:00:00Z', closesAt: '2026-06-01T00:00:00Z', settleBy: '2026-07-01T00:00:00Z' };
const hash = 'ab'.repeat(32);
const list = (shows: string): Request => ({ query: { limit: '200' }, shows });
const of = (id: string, body?: unknown): Request => ({ path: { id }, ...(body === undefined ? {} : { body }) });

/** Every route of the API; what ends the sessions that the others need comes last. */
export function requests(t: Things): Record<string, Request> {
  const round = (body: unknown): Request => ({ path: { id: t.instrument, round: '1' }, body });
  const file = { role: 'NOTICE', title: 'A test', mediaType: 'text/plain', contentBase64: 'Zm91cg==', sha256: `0x${hash}` };
  const recovery = { investorId: t.investor, instrumentId: t.instrument, lostWallet: t.wallet, newWallet: t.otherWallet };
  const appraisal = { value: '98000', currency: 'USD', asOf: '2026-01-05', method: 'INCOME', documentId: t.document };
  const desk = {
    instrumentId: t.instrument,
    ...DESK,
  };
  const distribution = {
    instrumentId: t.instrument,
    kind: 'INTR',
    currency: 'LUSD',
    pool: '100',
    taxExemption: 'A test',
    withholdingAgent: OFFERING.settlementWallet,
    paymentDate: '2026-01-05',
  };
  const instrument = {
    assetId: t.asset,
    name: 'A test',
    symbol: 'TEST',
    decimals: 2,
    rightsType: 'EQUITY',
    terms: { authorisedUnits: '1', countriesAllowed: ['CH'] },
  };
  const rate = { kind: 'INTR', country: 'CH', rateBps: 0, validFrom: '2026-01-01', source: 'A test' };

  return {
    'GET /health': {},
    'GET /v1/health/chain': {},
    'GET /v1/proof': {},
    'POST /v1/proof': {},

    'POST /v1/auth/nonces': {},
    'POST /v1/auth/sessions': { body: { message: 'A test', signature: '0x' } },
    'GET /v1/auth/me': {},
    'GET /v1/auth/oidc': {},
    'GET /v1/auth/oidc/callback': {},
    'GET /v1/auth/sessions': { shows: t.session },
    'DELETE /v1/auth/sessions/{id}': of(t.session),
    'DELETE /v1/people/{id}/sessions': of(t.person),

    'POST /v1/investors': { body: { kind: 'PERSON', legalName: 'A test', country: 'CH', taxCountry: 'CH' } },
    'GET /v1/investors': list(t.investor),
    'GET /v1/investors/me': { shows: t.investor },
    'GET /v1/investors/{id}': of(t.investor),
    'POST /v1/investors/{id}/wallet-challenges': of(t.investor, { address: t.otherWallet }),
    'POST /v1/investors/{id}/wallets': of(t.investor, { message: 'A test', signature: '0x' }),
    'POST /v1/investors/{id}/tax-forms': of(t.investor, { form: 'W-8BEN', country: 'CH', signedOn: '2026-01-05' }),
    'POST /v1/investors/{id}/claims/{topic}/revoke': { path: { id: t.investor, topic: '1' }, body: grounds },

    'POST /v1/kyc-cases': { body: { investorId: t.investor } },
    'GET /v1/kyc-cases': list(t.kycCase),
    'GET /v1/kyc-cases/{id}': of(t.kycCase),
    'POST /v1/kyc-cases/{id}/submit': of(t.kycCase),
    'POST /v1/kyc-cases/{id}/resubmit': of(t.kycCase),
    'POST /v1/kyc-cases/{id}/screen': of(t.kycCase),
    'POST /v1/kyc-cases/{id}/recommend': of(t.kycCase, { decision: 'APPROVE', riskRating: 'LOW', note: 'A test' }),
    'POST /v1/kyc-cases/{id}/approve': of(t.kycCase, { ...reason, validUntil: '2026-06-01T00:00:00Z' }),
    'POST /v1/kyc-cases/{id}/reject': of(t.kycCase, reason),
    'POST /v1/kyc-cases/{id}/hold': of(t.kycCase, reason),
    'POST /v1/kyc-cases/{id}/release': of(t.kycCase),
    'POST /v1/screening-hits/{id}/disposition': of(t.screeningHit, { ...reason, disposition: 'INCONCLUSIVE' }),
    'POST /v1/webhooks/{provider}': { path: { provider: 'simulator' }, body: {} },

    'POST /v1/assets': { body: ASSET },
    'GET /v1/assets': list(t.asset),
    'GET /v1/assets/{id}': of(t.asset),
    'POST /v1/assets/{id}/submit': of(t.asset),
    'GET /v1/assets/{id}/due-diligence': of(t.asset),
    'POST /v1/assets/{id}/documents': of(t.asset, file),
    'GET /v1/assets/{id}/documents': { ...of(t.asset), shows: t.staffDocument },
    'GET /v1/documents/{id}': of(t.staffDocument),
    'GET /v1/documents/{id}/file': of(t.staffDocument),
    'POST /v1/assets/{id}/valuations': of(t.asset, appraisal),
    'GET /v1/assets/{id}/valuations': of(t.asset),

    'POST /v1/instruments': { body: instrument },
    'GET /v1/instruments': list(t.instrument),
    'GET /v1/instruments/{id}': of(t.instrument),
    'POST /v1/instruments/{id}/deploy': of(t.instrument),
    'POST /v1/instruments/{id}/feed': of(t.instrument, { feedProxy: t.token, maxValuationAgeSeconds: 86_400 }),
    'POST /v1/instruments/{id}/feed/halt': of(t.instrument, reason),
    'POST /v1/instruments/{id}/feed/resume': of(t.instrument, reason),
    'GET /v1/instruments/{id}/feed/decisions': of(t.instrument),
    'GET /v1/feed-decisions/{id}': of(t.feedDecision),
    'GET /v1/instruments/{id}/valuation': of(t.instrument),
    'GET /v1/instruments/{id}/rounds': of(t.instrument),
    'POST /v1/instruments/{id}/rounds/{round}/approve': round(reason),
    'POST /v1/instruments/{id}/rounds/{round}/invalidate': round({ ...reason, documentId: t.document }),
    'POST /v1/instruments/{id}/corrections': of(t.instrument, { ...reason, round: 2, corrects: 1, documentId: t.document }),
    'GET /v1/instruments/{id}/corrections': of(t.instrument),
    'POST /v1/instruments/{id}/evidence': of(t.instrument, { contentBase64: 'e30=' }),
    'GET /v1/instruments/{id}/evidence/{hash}': { path: { id: t.instrument, hash: EVIDENCE_HASH } },

    'POST /v1/offerings': { body: { ...OFFERING, ...dates, instrumentId: t.instrument } },
    'GET /v1/offerings': list(t.offering),
    'GET /v1/offerings/{id}': of(t.offering),
    'POST /v1/subscriptions': { body: { offeringId: t.offering, wallet: t.wallet, units: '20' } },
    'GET /v1/subscriptions': list(t.subscription),
    'GET /v1/subscriptions/{id}': of(t.subscription),
    'POST /v1/subscriptions/{id}/sign': of(t.subscription, { signature: '0x' }),
    'POST /v1/subscriptions/{id}/withdraw': of(t.subscription),
    'POST /v1/subscriptions/{id}/settle': of(t.subscription),
    'POST /v1/subscriptions/{id}/refund': of(t.subscription),
    'POST /v1/offerings/{id}/open': of(t.offering),
    'GET /v1/offerings/{id}/allocation': of(t.offering),
    'POST /v1/offerings/{id}/allocate': of(t.offering),
    'POST /v1/offerings/{id}/settle': of(t.offering),
    'POST /v1/offerings/{id}/refund': of(t.offering),
    'POST /v1/offerings/{id}/close': of(t.offering),
    'POST /v1/offerings/{id}/cancel': of(t.offering),

    'POST /v1/dealing-desks': { body: desk },
    'GET /v1/dealing-desks': list(t.desk),
    'GET /v1/dealing-desks/{id}': of(t.desk),
    'GET /v1/dealing-desks/{id}/requests': of(t.desk),
    'POST /v1/dealing-desks/{id}/subscriptions': of(t.desk, { wallet: t.wallet, amount: '100' }),
    'POST /v1/dealing-desks/{id}/redemptions': of(t.desk, { wallet: t.wallet, units: '1' }),
    'POST /v1/dealing-desks/{id}/settle': of(t.desk, { side: 'SUBSCRIPTION' }),
    'POST /v1/dealing-desks/{id}/retry': of(t.desk, { side: 'SUBSCRIPTION', indexes: [0] }),
    'POST /v1/dealing-desks/{id}/refund': of(t.desk, { side: 'SUBSCRIPTION', index: 0 }),
    'POST /v1/dealing-desks/{id}/withdraw': of(t.desk, { amount: '1' }),
    'POST /v1/dealing-desks/{id}/close': of(t.desk),

    'POST /v1/distributions': { body: distribution },
    'GET /v1/distributions': list(t.distribution),
    'GET /v1/distributions/{id}': of(t.distribution),
    'POST /v1/distributions/{id}/submit': of(t.distribution),
    'POST /v1/distributions/{id}/fund': of(t.distribution),
    'POST /v1/distributions/{id}/pay': of(t.distribution),
    'POST /v1/distributions/{id}/retry': of(t.distribution),
    'GET /v1/entitlements': list(t.entitlement),
    'GET /v1/entitlements/{id}/claim': of(t.entitlement),
    'POST /v1/distributions/{id}/snapshot': of(t.distribution),
    'POST /v1/distributions/{id}/cancel': of(t.distribution),
    'POST /v1/withholding-rates': { body: rate },
    'GET /v1/withholding-rates': {},

    'POST /v1/freezes': { body: { ...grounds, instrumentId: t.instrument, wallet: t.wallet, reasonCode: 'LEGAL_ORDER' } },
    'GET /v1/freezes': list(t.freeze),
    'GET /v1/freezes/{id}': of(t.freeze),
    'POST /v1/freezes/{id}/release': of(t.freeze, grounds),
    'GET /v1/wallet-recoveries/typed-data': { query: recovery },
    'POST /v1/wallet-recoveries': {
      body: { ...recovery, newWalletSignature: '0x', legalBasis: 'LOST_KEY', documentHash: `0x${hash}` },
    },
    'GET /v1/wallet-recoveries': list(t.recovery),
    'GET /v1/wallet-recoveries/{id}': of(t.recovery),
    'POST /v1/transfers/preview': { body: { instrumentId: t.instrument, from: t.wallet, to: t.otherWallet, units: '1' } },

    'GET /v1/cap-tables': { query: { instrumentId: t.instrument } },
    'GET /v1/cap-tables.csv': { query: { instrumentId: t.instrument } },
    'GET /v1/operations/{id}': of(t.operation),
    'GET /v1/approvals': list(t.approval),
    'GET /v1/approvals/{id}': of(t.approval),
    'POST /v1/approvals/{id}/approve': of(t.approval, { payloadHash: hash }),
    'POST /v1/approvals/{id}/reject': of(t.approval, reason),
    'POST /v1/approvals/{id}/cancel': of(t.approval),
    'GET /v1/audit-events': { query: { subject: `offering:${t.offering}` }, shows: t.offering },
    'GET /v1/audit-events/verification': {},
    'GET /v1/audit-anchors': {},

    'POST /v1/webhook-endpoints': { body: { url: 'https://receiver.invalid', types: ['asset.created'] } },
    'GET /v1/webhook-endpoints': list(t.endpoint),
    'GET /v1/webhook-endpoints/{id}/secret': of(t.endpoint),
    'GET /v1/webhook-endpoints/{id}/deliveries': of(t.endpoint),
    'POST /v1/webhook-endpoints/{id}/deliveries/{messageId}/replay': { path: { id: t.endpoint, messageId: t.message } },
    'POST /v1/webhook-endpoints/{id}/rotate': of(t.endpoint),
    'POST /v1/webhook-endpoints/{id}/disable': of(t.endpoint),
    'POST /v1/webhook-endpoints/{id}/enable': of(t.endpoint),

    'POST /v1/auth/sign-out': {},
    'DELETE /v1/auth/sessions': {},
  };
}
