// One process of the compiled service, with a workflow of the test: three effects, one after the other. It tells its parent its id and URL,
// and does what its parent asks: starts workflows, reads a pipe that nobody writes to, fills its memory. Started by processes.ts:
// node process-child.mjs
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Module } from '@nestjs/common';
import { keccak256, toHex } from 'viem';

const from = (path) => import(pathToFileURL(join(process.env.COMPILED, 'backend/src', path)).href);
const [{ loadConfig }, { createApp }, { endOnSignal }, { Workflows }, { Transactions }, { Operations }, { Database }, { ChainModule }] =
  await Promise.all(
    [
      'platform/config.js',
      'platform/create-app.js',
      'serve.js',
      'platform/workflow/workflows.js',
      'chain/transactions.js',
      'chain/operations.js',
      'platform/database/database.js',
      'chain/chain.module.js',
    ].map(from),
  );

const EFFECTS = Symbol('effects');
const effects = {
  provide: EFFECTS,
  inject: [Workflows, Transactions, Operations],
  useFactory: (workflows, transactions, operations) =>
    workflows.define('test.effects', async ({ key }) => {
      for (const part of ['a', 'b', 'c']) {
        const businessKey = `${key}:${part}`;
        const data = keccak256(toHex(businessKey));
        const id = await workflows.step(`enqueue ${part}`, async () => {
          const operation = await transactions.enqueue({ businessKey, sender: 'registrar', to: process.env.TARGET, data });
          return operation.id;
        });
        await workflows.step(`confirm ${part}`, async () => void (await operations.confirmed(id)));
      }
    }),
};
class EffectsModule {}
Module({ imports: [ChainModule], providers: [effects] })(EffectsModule);

const app = await createApp({ config: loadConfig(), modules: [EffectsModule] });
await app.listen(0, '127.0.0.1');
endOnSignal(app);
const does = {
  start: async (keys) => {
    for (const key of keys) await app.get(EFFECTS).start(key, { key });
    process.send({ started: keys.length });
  },
  block: (pipe) => void readFileSync(pipe),
  fill: () => {
    for (const all = []; ; ) all.push(Array(1_000_000).fill(all.length));
  },
};
process.on('message', (message) => {
  for (const [what, about] of Object.entries(message)) does[what](about);
});
process.send({ id: app.get(Database).processId, url: (await app.getUrl()).replace('[::1]', '127.0.0.1') });
