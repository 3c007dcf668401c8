import { createHash } from 'node:crypto';
import { LOCAL_INDEX } from '../accounts.js';
import { localAccount } from '../people.js';
import type { LocalWorldChain, WalletCall } from './chain.js';
import type { Answer } from './client.js';
import type { Investor, Name, Staff } from './people.js';

export type DocumentText = { role: string; title: string; text: string; expiresOn?: string };

/** Describes an asset, files its evidence and has it approved. */
export async function bringAsset(
  { issuer, officer }: Staff,
  asset: { name: string; jurisdiction: string; details: object },
  documents: DocumentText[],
) {
  const created = await issuer.post('/v1/assets', `asset ${asset.name}`, asset);
  const filed = [];
  for (const { role, title, text, expiresOn } of documents) {
    const content = Buffer.from(text, 'utf8');
    const body = {
      role,
      title,
      mediaType: 'text/markdown',
      contentBase64: content.toString('base64'),
      sha256: `0x${createHash('sha256').update(content).digest('hex')}`,
      ...(expiresOn ? { expiresOn } : {}),
    };
    filed.push(await issuer.post(`/v1/assets/${created.id}/documents`, `document ${asset.name} ${role}`, body));
  }
  const { approvalId } = await issuer.post(`/v1/assets/${created.id}/submit`, `submit ${asset.name}`);
  await officer.approve(approvalId, 'The evidence is complete.');
  return { id: created.id as string, documents: filed as { id: string; role: string }[] };
}

/** Tokenizes an approved asset. */
export async function issueInstrument(
  { issuer, officer2 }: Staff,
  instrument: { assetId: string; symbol: string; [field: string]: unknown },
): Promise<Answer> {
  const { id, approvalId } = await issuer.post('/v1/instruments', `instrument ${instrument.symbol}`, instrument);
  await officer2.approve(approvalId, 'The terms are those of the memorandum.');
  return issuer.until(
    `/v1/instruments/${id}`,
    ({ state }) => state === 'DEPLOYED',
    ({ state }) => state === 'FAILED',
  );
}

/** Has an officer approve the feed that values an instrument, and waits until it is in force. */
export async function setFeed({ issuer, officer }: Staff, instrumentId: string, feed: { feedProxy: string }): Promise<void> {
  const { approvalId, decisionId } = await issuer.post(`/v1/instruments/${instrumentId}/feed`, `feed ${instrumentId}`, feed);
  await officer.approve(approvalId, 'It is the feed of the memorandum.');
  await issuer.until(
    `/v1/feed-decisions/${decisionId}`,
    ({ state }) => state === 'DONE',
    ({ state }) => state === 'FAILED',
  );
}

/** Puts an offering on chain after an officer approved it. */
export async function openOffering({ issuer, officer }: Staff, name: string, offering: object): Promise<Answer> {
  const { id, approvalId } = await issuer.post('/v1/offerings', `offering ${name}`, offering);
  await officer.approve(approvalId, 'The terms are those of the memorandum.');
  await issuer.post(`/v1/offerings/${id}/open`, `open ${name}`);
  return issuer.until(`/v1/offerings/${id}`, ({ state }) => state !== 'DRAFT' && state !== 'APPROVED' && state !== 'OPENING');
}

/** Subscribes, signs the agreement and pays from the investor's own wallet.
 *  @param units whole tokens */
export async function subscribe(
  chain: LocalWorldChain,
  offeringId: string,
  { name, member, account }: Investor,
  units: string,
): Promise<void> {
  const asked = { offeringId, wallet: account.address, units };
  const { id, agreement } = await member.post('/v1/subscriptions', `subscribe ${offeringId} ${name}`, asked);
  const path = `/v1/subscriptions/${id}`;
  const signature = await account.signMessage({ message: agreement });
  await member.post(`${path}/sign`, `sign ${id}`, { signature });
  const { payment } = await member.get(path);
  // What was paid just before an interruption may not be told yet.
  if (payment && !(await chain.isPaid(payment.pay.to, payment.order))) {
    await chain.fund(localAccount(LOCAL_INDEX.deployer), account.address, minorUnits(payment.amount));
    await chain.send(account, payment.approve as WalletCall);
    await chain.send(account, payment.pay as WalletCall);
  }
  await member.until(path, ({ state }) => state !== 'AGREEMENT_SENT' && state !== 'AWAITING_FUNDS');
}

/** Closes the sale, has the allocation approved and waits until units and money have changed hands. */
export async function settleOffering({ issuer, officer }: Staff, offeringId: string, name: string): Promise<Answer> {
  const path = `/v1/offerings/${offeringId}`;
  const { state } = await issuer.get(path);
  if (state === 'OPEN') await issuer.post(`${path}/close`, `close ${name}`);
  const closed = await issuer.until(path, (offering) => !['OPEN', 'CLOSING'].includes(offering.state));
  if (closed.state === 'CLOSED') {
    const { allocationApprovalId } = await issuer.post(`${path}/allocate`, `allocate ${name}`);
    await officer.approve(allocationApprovalId, 'Shared out as the memorandum says.');
  }
  await issuer.until(path, (offering) => offering.state === 'COMPLETED');
  return issuer.get(`${path}/allocation`);
}

/** Record date, calculation, four eyes, funding in full, payment. */
export async function distribute(
  chain: LocalWorldChain,
  { issuer, officer2 }: Staff,
  payer: `0x${string}`,
  name: string,
  distribution: object,
): Promise<Answer> {
  const { id } = await issuer.post('/v1/distributions', `distribution ${name}`, distribution);
  const path = `/v1/distributions/${id}`;
  await issuer.post(`${path}/snapshot`, `snapshot ${name}`);
  const calculated = await issuer.until(path, ({ state }) => state !== 'DECLARED' && state !== 'RECORDING');
  if (calculated.state === 'CALCULATED') {
    const { approvalId } = await issuer.post(`${path}/submit`, `submit ${name}`);
    // Before the approval, which a world that was interrupted goes on behind.
    await chain.fund(localAccount(LOCAL_INDEX.deployer), payer, minorUnits(calculated.totals.funded));
    await officer2.approve(approvalId, 'The calculation agrees with the register.');
  }
  await issuer.post(`${path}/fund`, `fund ${name}`);
  await issuer.until(path, ({ state }) => state !== 'APPROVED' && state !== 'FUNDING');
  await issuer.post(`${path}/pay`, `pay ${name}`);
  return issuer.until(path, ({ state }) => state === 'COMPLETED' || state === 'PARTIALLY_COMPLETED');
}

/** Minor units of the local stablecoin (six decimals). */
export function minorUnits(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(whole + fraction.padEnd(6, '0'));
}

export type Orders = Partial<Record<Name, string>>;
