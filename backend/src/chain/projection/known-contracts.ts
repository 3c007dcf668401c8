import { Injectable } from '@nestjs/common';
import { and, gt, gte, isNull } from 'drizzle-orm';
import type { Address } from 'viem';
import { Database } from '../../platform/database/database.js';
import type { ContractKind } from '../abis.js';
import { chainContract, chainCursor } from '../chain.tables.js';
import type { InfrastructureName } from '../deployment.js';
import type { DecodedEvent } from './decode.js';

export type KnownContract = typeof chainContract.$inferSelect;
type Part = { address: Address; kind: ContractKind; token: Address | null; storage: Address | null };

const OUR_STORAGE: InfrastructureName = 'identityStorage';

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

  /** Adds the parts that `events` introduce. The factory serves whoever owns an identity storage; only suites on ours are adopted.
   *  @returns whether there were any */
  async discover(events: DecodedEvent[], known: Map<Address, KnownContract>): Promise<boolean> {
    const before = known.size;
    const ourStorage = [...known.values()].find(({ name }) => name === OUR_STORAGE)?.address;
    for (const event of events) {
      for (const part of partsIn(event, ourStorage)) {
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

function partsIn({ kind, name, address, args }: DecodedEvent, ourStorage: Address | undefined): Part[] {
  const at = (field: string): Address => args[field] as Address;
  if (kind === 'TOKEN_FACTORY' && name === 'TREXSuiteDeployed') {
    if (at('irs') !== ourStorage) return [];
    const token = at('token');
    return [
      { address: token, kind: 'TOKEN', token, storage: ourStorage },
      { address: at('ir'), kind: 'REGISTRY', token, storage: null },
      { address: at('mc'), kind: 'COMPLIANCE', token, storage: null },
    ];
  }
  if (kind === 'TOKEN' && name === 'IdentityRegistryAdded')
    return [{ address: at('identityRegistry'), kind: 'REGISTRY', token: address, storage: null }];
  if (kind === 'TOKEN' && name === 'ComplianceAdded')
    return [{ address: at('compliance'), kind: 'COMPLIANCE', token: address, storage: null }];
  return [];
}
