// A process of the compiled service that enqueues what it is told, as a request would: each effect in a SQL transaction of its own. Its
// parent asks over IPC: { keys, senders, atOnce } → the time at which all are confirmed.
import { keccak256, toHex } from 'viem';
import { Operations } from '../../../dist/backend/src/chain/operations.js';
import { Transactions } from '../../../dist/backend/src/chain/transactions.js';
import { loadConfig } from '../../../dist/backend/src/platform/config.js';
import { createApp } from '../../../dist/backend/src/platform/create-app.js';
import { ECHO } from './echo.mjs';

const app = await createApp({ config: loadConfig() });
const transactions = app.get(Transactions);
const operations = app.get(Operations);

process.on('message', async ({ keys, senders, atOnce }) => {
  const waiting = keys.entries();
  const lane = async () => {
    for (const [index, businessKey] of waiting) {
      const sender = senders[index % senders.length];
      const { id } = await transactions.enqueue({ businessKey, sender, to: ECHO, data: keccak256(toHex(businessKey)) });
      await operations.confirmed(id);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  process.send({ done: keys.length });
});
process.once('SIGTERM', async () => {
  await app.close();
  process.exit(0);
});
process.send({ ready: true });
