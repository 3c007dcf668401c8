import { Injectable } from '@nestjs/common';
import { and, gt, gte, isNull } from 'drizzle-orm';
import type { Address } from 'viem';
import { Database } from '../../platform/database/database.js';
import type { ContractKind } from '../abis.js';
import { chainContract, chainCursor } from '../chain.tables.js';
import type { DecodedEvent } from './decode.js';

export type KnownContract = typeof chainContract.$inferSelect;
type Part = { address: Address; kind: ContractKind; token: Address | null; storage: Address | null };

/** The contracts whose events count. It grows while the chain is read: a factory's event names a suite's parts. */
@Injectable()
export class KnownContracts {
  constructor(private readonly database: Database) {}

  async all(): Promise<Map<Address, KnownContract>> {
    const rows = await this.database.query.select().from(chainContract);
    return new Map(rows.map((row) => [row.address, row]));
  }

  /** Adds a contract of the infrastructure. If blocks were already read without it, they are read again. */
  async register(contract: Omit<KnownContract, 'token' | 'storage'>): Promise<void> {
    await this.database.transaction(async () => {
      const row = { ...contract, token: null, storage: null };
      await this.database.query.insert(chainContract).values(row).onConflictDoUpdate({ target: chainContract.address, set: row });
      await this.database.query.delete(chainCursor).where(gte(chainCursor.number, contract.fromBlock));
    });
  }

  /** Adds the parts that `events` introduce. @returns whether there were any */
  async discover(events: DecodedEvent[], known: Map<Address, KnownContract>): Promise<boolean> {
    const before = known.size;
    for (const event of events) {
      for (const part of partsIn(event)) {
        if (known.has(part.address)) continue;
        const row: KnownContract = { ...part, name: null, fromBlock: event.block, codeHash: null };
        await this.database.query.insert(chainContract).values(row).onConflictDoNothing();
        known.set(part.address, row);
      }
    }
    return known.size > before;
  }

  /** Forgets parts of suites that were introduced above `block`; the infrastructure stays. */
  async forgetAbove(block: bigint): Promise<void> {
    await this.database.query.delete(chainContract).where(and(isNull(chainContract.name), gt(chainContract.fromBlock, block)));
  }
}

function partsIn({ kind, name, address, args }: DecodedEvent): Part[] {
  const at = (field: string): Address => args[field] as Address;
  if (kind === 'TOKEN_FACTORY' && name === 'TREXSuiteDeployed') {
    const token = at('token');
    return [
      { address: token, kind: 'TOKEN', token, storage: at('irs') },
      { address: at('ir'), kind: 'REGISTRY', token, storage: null },
      { address: at('mc'), kind: 'COMPLIANCE', token, storage: null },
      { address: at('irs'), kind: 'IDENTITY_STORAGE', token: null, storage: null },
    ];
  }
  if (kind === 'TOKEN' && name === 'IdentityRegistryAdded')
    return [{ address: at('identityRegistry'), kind: 'REGISTRY', token: address, storage: null }];
  if (kind === 'TOKEN' && name === 'ComplianceAdded')
    return [{ address: at('compliance'), kind: 'COMPLIANCE', token: address, storage: null }];
  return [];
}
