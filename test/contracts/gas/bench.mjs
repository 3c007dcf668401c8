// What each operation costs: receipt `gasUsed` on a fresh anvil, every operation its own transaction in steady state (the accounts,
// counters and lists that it touches have been used before). `--json` prints one JSON object; without it a table beside the targets.
import { keccak256, parseUnits, toHex } from 'viem';
import { compile, createWorld } from './world.mjs';

const DAY = 86_400;
const BATCH = 100;
const units = (amount) => parseUnits(amount, 18);
const addressOf = (name) => `0x${keccak256(toHex(name)).slice(26)}`;

/** @returns figures in gas; per item where the operation is a batch */
async function measure() {
  const world = await createWorld();
  try {
    const { account, agent, send } = world;
    const cost = async (receipt, items = 1) => Math.round(Number((await receipt).gasUsed) / items);

    // The first suite and the first investor fill lists that are empty only once.
    const plain = await world.deploySuite('plain', []);
    const ruled = await world.deploySuite('ruled', world.threeRules());
    const relocking = await world.deploySuite('relocking', world.threeRules({ lockReceived: true }));
    await world.launch([plain, ruled, relocking]);

    const [sender, receiver] = [account(5), account(6)];
    await world.onboard(plain, [sender.address]);
    const onboardOne = await cost(world.onboard(plain, [receiver.address]));
    const many = Array.from({ length: BATCH }, (_, i) => addressOf(`investor ${i}`));
    const onboardBatch100 = await cost(world.onboard(plain, many), BATCH);
    const newcomers = [addressOf('newcomer 1'), addressOf('newcomer 2')];
    for (const wallet of newcomers) await world.onboard(plain, [wallet]);

    for (const { token } of [plain, ruled, relocking]) {
      for (const to of [sender.address, receiver.address]) await send(agent, token, 'mint', [to, units('1000')]);
    }
    await send(agent, plain.token, 'batchMint', [many, many.map(() => units('1'))]);
    const mintExisting0 = await cost(send(agent, plain.token, 'mint', [receiver.address, units('1')]));
    const mintExisting3 = await cost(send(agent, ruled.token, 'mint', [receiver.address, units('1')]));

    // The lock of the minted units ends.
    await world.passTime(31 * DAY);
    const transfer = (suite, to) => cost(send(sender, suite.token, 'transfer', [to, units('1')]));
    const transferExisting0 = await transfer(plain, receiver.address);
    const transferExisting3 = await transfer(ruled, receiver.address);
    await transfer(relocking, receiver.address);
    const transferRelocking3 = await transfer(relocking, receiver.address);
    const transferNew0 = await transfer(plain, newcomers[0]);
    const transferNew3 = await transfer(ruled, newcomers[1]);
    const batch = [many, many.map(() => units('1'))];
    const batchTransfer100Existing0 = await cost(send(sender, plain.token, 'batchTransfer', batch), BATCH);

    const seizure = [sender.address, receiver.address, units('1')];
    const basis = keccak256(toHex('court order'));
    const scheduleForcedTransfer = await cost(send(agent, plain.token, 'scheduleForcedTransfer', [...seizure, basis]));
    await world.passTime(DAY);
    const forcedTransfer0 = await cost(send(agent, plain.token, 'forcedTransfer', seizure));

    return {
      figures: {
        transferExisting0,
        transferExisting3,
        transferNew0,
        mintExisting0,
        batchTransfer100Existing0,
        forcedTransfer0,
        onboardOne,
        onboardBatch100,
        suiteDeployment: await cost(ruled.receipt),
      },
      beside: { transferNew3, transferRelocking3, mintExisting3, scheduleForcedTransfer, suiteDeploymentFirst0: await cost(plain.receipt) },
    };
  } finally {
    world.stop();
  }
}

const ROWS = [
  ['transferExisting0', 'transfer to an existing holder, no rule', 60_000],
  ['transferExisting3', 'the same, countries + maximum + lockup', 100_000],
  ['transferNew0', 'transfer to a new holder, no rule'],
  ['mintExisting0', 'mint to an existing holder, no rule', 62_000],
  ['batchTransfer100Existing0', 'batchTransfer to 100 existing holders, each', 20_000],
  ['forcedTransfer0', 'forcedTransfer to an existing holder, no rule', 62_000],
  ['onboardOne', 'onboard one investor', 150_000],
  ['onboardBatch100', 'onboard 100 investors, each', 60_000],
  ['suiteDeployment', 'new suite with 3 rules, a topic and an issuer', 1_500_000],
  ['transferNew3', 'beside: transfer to a new holder, 3 rules'],
  ['transferRelocking3', 'beside: transfer where received units start a lot'],
  ['mintExisting3', 'beside: mint with 3 rules, starting a lot'],
  ['scheduleForcedTransfer', 'beside: announcing the forced transfer'],
  ['suiteDeploymentFirst0', 'beside: first suite of a storage, no rule'],
];

function table({ figures, beside }) {
  const all = { ...figures, ...beside };
  const lines = ROWS.map(([key, label, target]) => {
    const verdict = target === undefined ? '' : all[key] <= target ? 'met' : 'MISSED';
    return `${label.padEnd(52)}${String(all[key]).padStart(10)}${String(target ?? '').padStart(12)}  ${verdict}`;
  });
  return [`${'receipt gasUsed'.padEnd(52)}${'gas'.padStart(10)}${'target'.padStart(12)}`, ...lines].join('\n');
}

compile();
const measured = await measure();
console.log(process.argv.includes('--json') ? JSON.stringify({ muniment: measured.figures }) : table(measured));
