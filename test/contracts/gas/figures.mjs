// The promised figures: the same operations in the same order on either platform. Every operation is its own transaction in steady
// state: the accounts, counters and lists that it touches have been used before.
import { parseUnits } from 'viem';
import { addressOf, DAY } from './chain.mjs';

const BATCH = 100;
export const units = (amount) => parseUnits(amount, 18);

/** @param world from `createMuniment` or `createTrex`
 *  @returns figures in gas, per item where the operation is a batch; `beside` what stands beside them */
export async function measure(world) {
  const { agent, chain } = world;
  const cost = async (from, { token }, functionName, ...args) => (await chain.send(from, token, functionName, args)).gasUsed;
  const [sender, receiver, ...newcomers] = ['sender', 'receiver', 'newcomer 1', 'newcomer 2'].map(addressOf);
  const many = Array.from({ length: BATCH }, (_, i) => addressOf(`investor ${i}`));
  const one = units('1');

  // The first suite and the first investor fill lists that are empty only once.
  const first = await world.deploySuite('first');
  const plain = await world.deploySuite('plain');
  const ruled = await world.deploySuite('ruled', { rules: await world.threeRules() });
  await world.launch([plain, ruled]);
  await world.onboard(plain, [sender]);
  const onboardOne = await world.onboard(plain, [receiver]);
  const onboardBatch100 = Math.round((await world.onboard(plain, many)) / BATCH);
  for (const newcomer of newcomers) await world.onboard(plain, [newcomer]);
  await world.admit(ruled, [sender, receiver, ...newcomers]);

  for (const suite of [plain, ruled]) {
    for (const to of [sender, receiver]) await cost(agent, suite, 'mint', to, units('1000'));
  }
  await cost(agent, plain, 'batchMint', many, Array(BATCH).fill(one));
  const mintExisting0 = await cost(agent, plain, 'mint', receiver, one);
  const mintExisting3 = await cost(agent, ruled, 'mint', receiver, one);
  // Where a rule locks minted units, the lock ends.
  await chain.passTime(31 * DAY);

  const transferExisting0 = await cost(sender, plain, 'transfer', receiver, one);
  const transferFirst3 = await cost(sender, ruled, 'transfer', receiver, one);
  const transferExisting3 = await cost(sender, ruled, 'transfer', receiver, one);
  const transferNew0 = await cost(sender, plain, 'transfer', newcomers[0], one);
  const transferNew3 = await cost(sender, ruled, 'transfer', newcomers[1], one);
  const batchTransfer100Existing0 = Math.round((await cost(sender, plain, 'batchTransfer', many, Array(BATCH).fill(one))) / BATCH);
  const movement = [sender, receiver, one];
  const announcement = await world.announce(plain, movement);
  await chain.passTime(DAY);
  const forcedTransfer0 = await cost(agent, plain, 'forcedTransfer', ...movement);

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
      suiteDeployment: world.deploysRules ? ruled.gasUsed : plain.gasUsed,
    },
    beside: {
      transferFirst3,
      transferNew3,
      mintExisting3,
      announcement,
      suiteDeployment0: plain.gasUsed,
      suiteDeployment3: ruled.gasUsed,
      suiteDeploymentFirst0: first.gasUsed,
    },
  };
}

/** What the three rules cost with a lockup of minted units, and where received units are locked too: ours alone.
 *  @param world from `createMuniment`, after `measure` */
export async function measureLockup(world) {
  const { agent, chain } = world;
  const [sender, receiver] = ['sender', 'receiver'].map(addressOf);
  const suites = [
    await world.deploySuite('locking', { rules: await world.withLockup(false) }),
    await world.deploySuite('relocking', { rules: await world.withLockup(true) }),
  ];
  await world.launch(suites);
  const gas = [];
  for (const { token } of suites) {
    for (const to of [sender, receiver]) await chain.send(agent, token, 'mint', [to, units('1000')]);
  }
  await chain.passTime(31 * DAY);
  for (const { token } of suites) {
    await chain.send(sender, token, 'transfer', [receiver, units('1')]);
    gas.push((await chain.send(sender, token, 'transfer', [receiver, units('1')])).gasUsed);
  }
  const [transferLockup3, transferRelocking3] = gas;
  return { transferLockup3, transferRelocking3 };
}
