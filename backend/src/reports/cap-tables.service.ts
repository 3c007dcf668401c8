import { Injectable } from '@nestjs/common';
import { Instruments } from '../assets/instruments.service.js';
import { Projection } from '../chain/projection/projection.js';
import { Investors } from '../parties/investors.service.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { formatAmount } from '../platform/schema/amount.js';
import { toCsv } from './csv.js';
import type { CapTableQuery, CapTableView } from './reports.schema.js';

const HEADER = ['identity', 'investorId', 'country', 'wallet', 'units', 'frozenUnits', 'frozen', 'retired'];

/** Who held how much, at any block. */
@Injectable()
export class CapTables {
  constructor(
    private readonly instruments: Instruments,
    private readonly projection: Projection,
    private readonly investors: Investors,
    private readonly audit: Audit,
  ) {}

  async at({ instrumentId, block, asOf }: CapTableQuery, actor: Actor, action = 'cap-table.viewed'): Promise<CapTableView> {
    const { token, decimals } = await this.instruments.deployed(instrumentId, actor);
    const at = asOf ? await this.projection.blockAt(asOf) : block;
    const table = await this.projection.capTable(token, at === undefined ? {} : { block: at });
    const units = (value: bigint): string => formatAmount(value, decimals);
    const positions = await Promise.all(
      table.positions.map(async ({ identity, balance, wallets }) => {
        const investor = identity ? await this.investors.byIdentity(identity) : undefined;
        return {
          identity,
          investorId: investor?.id ?? null,
          country: investor?.country ?? null,
          units: units(balance),
          shareBps: table.supply === 0n ? 0 : Number((balance * 10_000n) / table.supply),
          wallets: wallets.map(({ wallet, balance: held, frozenUnits, frozen, retired }) => ({
            wallet,
            units: units(held),
            frozenUnits: units(frozenUnits),
            frozen,
            retired,
          })),
        };
      }),
    );
    await this.audit.append({
      actor,
      action,
      subject: `instrument:${instrumentId}`,
      payload: { block: table.block },
    });
    const { time, supply } = table;
    return { instrumentId, token, block: table.block.toString(), time, supply: units(supply), holders: positions.length, positions };
  }

  async csv(query: CapTableQuery, actor: Actor): Promise<string> {
    const { positions } = await this.at(query, actor, 'cap-table.exported');
    const rows = positions.flatMap(({ identity, investorId, country, wallets }) =>
      wallets.map(({ wallet, units, frozenUnits, frozen, retired }) => [
        identity ?? '',
        investorId ?? '',
        country ?? '',
        wallet,
        units,
        frozenUnits,
        String(frozen),
        String(retired),
      ]),
    );
    return toCsv(HEADER, rows);
  }
}
