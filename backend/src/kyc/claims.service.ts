import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { and, asc, eq } from 'drizzle-orm';
import type { Address, Hex } from 'viem';
import { identityStorageAbi } from '../../../contracts/generated/abi.js';
import { ChainClock } from '../chain/chain-clock.js';
import { Contracts } from '../chain/contracts.js';
import { Signer } from '../chain/signer.js';
import { Database } from '../platform/database/database.js';
import type { KycCase } from './case-store.js';
import { type Claim, claimsTypedData, dataHashOf, laneNonce, TOPICS } from './claims.js';
import { claims } from './kyc.tables.js';

type Row = typeof claims.$inferSelect;

/** What we, as claim issuer, state about investors on chain. */
@Injectable()
export class Claims {
  constructor(
    private readonly database: Database,
    private readonly contracts: Contracts,
    private readonly clock: ChainClock,
    private readonly signer: Signer,
  ) {}

  /** KYC and AML claims of an approved case, made once, with the signature over both. */
  async forCase(kycCase: KycCase, identity: Address): Promise<{ claims: Claim[]; signature: Hex }> {
    const rows = await this.database.transaction(async () => {
      await this.database.lock(`claims of ${kycCase.partyId}`);
      const known = await this.rowsOf(kycCase.id);
      return known.length > 0 ? known : this.make(kycCase, identity);
    });
    const signed = rows.map((row) => toClaim(row, identity));
    const chainId = this.contracts.publicClient.chain?.id ?? 0;
    const typedData = claimsTypedData(signed, chainId, this.contracts.address('identityStorage'));
    return { claims: signed, signature: await this.signer.signTypedData('claimIssuer', typedData) };
  }

  async markWritten(caseId: string): Promise<void> {
    await this.database.query
      .update(claims)
      .set({ state: 'WRITTEN' })
      .where(and(eq(claims.caseId, caseId), eq(claims.state, 'SIGNED')));
  }

  async markRevoked(partyId: string, topic: number): Promise<void> {
    await this.database.query
      .update(claims)
      .set({ state: 'REVOKED' })
      .where(and(eq(claims.partyId, partyId), eq(claims.topic, topic), eq(claims.state, 'WRITTEN')));
  }

  async isWritten(partyId: string, topic: number): Promise<boolean> {
    const rows = await this.database.query
      .select()
      .from(claims)
      .where(and(eq(claims.partyId, partyId), eq(claims.topic, topic), eq(claims.state, 'WRITTEN')));
    return rows.length > 0;
  }

  private async make(kycCase: KycCase, identity: Address): Promise<Row[]> {
    const { id: caseId, partyId, validUntil } = kycCase;
    if (!validUntil) throw new Error(`The case ${caseId} has no end of validity.`);
    const word = await this.contracts.read({
      address: this.contracts.address('identityStorage'),
      abi: identityStorageAbi,
      functionName: 'investorWord',
      args: [identity],
    });
    const issuedAt = new Date(Number(await this.clock.now()) * 1000);
    const values = Object.values(TOPICS).map((topic) => {
      const salt: Hex = `0x${randomBytes(32).toString('hex')}`;
      return {
        partyId,
        caseId,
        topic,
        issuer: this.signer.addressOf('claimIssuer'),
        salt,
        dataHash: dataHashOf(salt, evidenceOf(kycCase, topic)),
        issuedAt,
        validUntil,
        nonce: laneNonce(word, topic) + 1,
        state: 'SIGNED' as const,
      };
    });
    await this.database.query.insert(claims).values(values);
    return this.rowsOf(caseId);
  }

  private rowsOf(caseId: string): Promise<Row[]> {
    return this.database.query.select().from(claims).where(eq(claims.caseId, caseId)).orderBy(asc(claims.topic));
  }
}

/** What the claim rests on: the case, what was submitted, what the provider said and when it was screened. */
function evidenceOf({ id, formDigest, provider, providerRef, providerEventId, screenedAt }: KycCase, topic: number): Hex {
  const evidence = JSON.stringify([topic, id, formDigest, provider, providerRef, providerEventId, screenedAt?.toISOString()]);
  return `0x${createHash('sha256').update(evidence).digest('hex')}`;
}

function toClaim(row: Row, identity: Address): Claim {
  return {
    issuer: row.issuer as Address,
    identity,
    topic: BigInt(row.topic),
    dataHash: row.dataHash as Hex,
    issuedAt: Math.floor(row.issuedAt.getTime() / 1000),
    validUntil: Math.floor(row.validUntil.getTime() / 1000),
    nonce: row.nonce,
  };
}
