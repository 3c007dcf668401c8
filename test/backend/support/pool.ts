import { sql } from 'drizzle-orm';
import { Operations } from '../../../backend/src/chain/operations.js';
import { Transactions } from '../../../backend/src/chain/transactions.js';
import { Database } from '../../../backend/src/platform/database/database.js';
import type { Platform } from './platform.js';

/** What is sent meanwhile waits in the node's pool for the one block that ends it. */
export async function inOneBlock({ client }: Platform, work: () => Promise<unknown>): Promise<void> {
  await client.setAutomine(false);
  try {
    await work();
    await client.mine({ blocks: 1 });
  } finally {
    await client.setAutomine(true);
  }
}

/** Waits until the transaction of a business key is in the node's pool: the call itself, or the nothing that replaces it. */
export async function isSent({ running }: Platform, businessKey: string, kind: 'CALL' | 'NOOP' = 'CALL'): Promise<void> {
  const { query } = running.app.get(Database);
  for (;;) {
    const { rowCount } = await query.execute(sql`select 1 from tx_intent i join tx_attempt a on a.intent_id = i.id
      where i.business_key = ${businessKey} and i.state = 'SENT' and a.kind = ${kind}`);
    if (rowCount) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits until so many transactions are in the node's pool. */
export async function pooled({ client }: Platform, transactions: number): Promise<void> {
  while (Number((await client.getTxpoolStatus()).pending) !== transactions) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Asks for something whose transaction is then given up: its nonce goes to nothing, and the operation ends as REPLACED.
 *  @param ask asks, and says under which business key */
export async function givenUp(platform: Platform, ask: () => Promise<string>): Promise<void> {
  const { app } = platform.running;
  const operations = app.get(Operations);
  let id = '';
  await inOneBlock(platform, async () => {
    const businessKey = await ask();
    await isSent(platform, businessKey);
    id = (await operations.find(businessKey))?.id ?? '';
    await app.get(Transactions).abandon(id);
    await isSent(platform, businessKey, 'NOOP');
  });
  await operations.wait(id);
}
