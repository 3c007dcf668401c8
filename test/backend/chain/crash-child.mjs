// A process of the compiled service that enqueues effects and waits for them, and may be killed at any moment (FAULT_KILL).
// Started by crash.test.ts: node crash-child.mjs KEY…
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const from = (path) => import(pathToFileURL(join(process.env.COMPILED, 'backend/src', path)).href);
const [{ loadConfig }, { createApp }, { Transactions }, { Operations }, { keccak256, toHex }] = await Promise.all([
  from('platform/config.js'),
  from('platform/create-app.js'),
  from('chain/transactions.js'),
  from('chain/operations.js'),
  import('viem'),
]);

const app = await createApp({ config: loadConfig(), migrate: false });
const transactions = app.get(Transactions);
const operations = app.get(Operations);
const enqueued = await Promise.all(
  process.argv
    .slice(2)
    .map((businessKey) =>
      transactions.enqueue({ businessKey, sender: 'registrar', to: process.env.TARGET, data: keccak256(toHex(businessKey)) }),
    ),
);
for (const { id } of enqueued) await operations.confirmed(id);
await app.close();
process.exit(0);
