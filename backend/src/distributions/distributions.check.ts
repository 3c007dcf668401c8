import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { Address } from 'viem';
import type { Difference } from '../chain/proof/proof.schema.js';
import { Reconciliation } from '../chain/proof/reconciliation.js';
import { Database } from '../platform/database/database.js';

type Row = { id: string; declared: string; parts: string; paid: string; events: string };

/** Part of the public proof: every distribution is the sum of its entitlements, and those are paid of which the chain says so, as far as
 *  the follower has come. */
@Injectable()
export class DistributionsCheck {
  constructor(
    private readonly database: Database,
    reconciliation: Reconciliation,
  ) {
    reconciliation.add((token) => this.check(token));
  }

  private async check(token: Address): Promise<{ compared: number; differences: Difference[] }> {
    const { rows } = await this.database.query.execute<Row>(sql`
      with paid as (
        select args->>'distributionId' as id, count(*) as n, sum((args->>'amount')::numeric) as amount
        from chain_event e join chain_follower f on f.name = 'distributions' and (e.block, e.log_index) <= (f.number, f.log_index)
        where e.name = 'EntitlementPaid' group by 1
      ), owed as (
        select distribution_id as id, sum(net) as net, sum(tax) as tax, count(*) filter (where state = 'PAID') as n,
          coalesce(sum(net) filter (where state = 'PAID'), 0) as paid from entitlements group by 1
      )
      select d.id, concat_ws(' ', d.net, d.withheld, d.pool) as declared, concat_ws(' ', o.net, o.tax, o.net + o.tax + d.dust) as parts,
        concat_ws(' ', o.n, o.paid) as paid, concat_ws(' ', coalesce(p.n, 0), coalesce(p.amount, 0)) as events
      from distributions d join instruments i on i.id = d.instrument_id join owed o on o.id = d.id
        left join paid p on p.id = d.chain_distribution_id
      where i.token = ${token} and d.root is not null order by d.id`);
    const differences = rows.flatMap(({ id, declared, parts, paid, events }) => [
      ...(declared === parts ? [] : [{ what: 'ENTITLEMENTS' as const, subject: id, projected: parts, chain: declared }]),
      ...(paid === events ? [] : [{ what: 'ENTITLEMENTS' as const, subject: id, projected: paid, chain: events }]),
    ]);
    return { compared: rows.length, differences };
  }
}
