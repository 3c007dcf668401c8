// Where the gas of a transfer goes, by call frame and by kind of opcode: the evidence to give where a target is missed.
// `node test/contracts/gas/opcodes.mjs` traces the transfer with three rules, `-- 0` the one without.
import { compile } from './artifacts.mjs';
import { addressOf, DAY, startChain } from './chain.mjs';
import { units } from './figures.mjs';
import { createMuniment } from './muniment.mjs';

const KINDS = ['cold slots', 'warm slots', 'slot writes', 'cold calls', 'warm calls', 'logs', 'hashes', 'rest'];
const COLD_SLOT = 2_100;
const COLD_ACCOUNT = 2_600;
const CALLS = ['CALL', 'STATICCALL', 'DELEGATECALL'];
const ACCOUNTS = [...CALLS, 'EXTCODECOPY', 'EXTCODESIZE', 'EXTCODEHASH'];

function kindOf(op, gas) {
  if (op === 'SLOAD') return gas >= COLD_SLOT ? 'cold slots' : 'warm slots';
  if (op === 'SSTORE') return 'slot writes';
  if (ACCOUNTS.includes(op)) return gas >= COLD_ACCOUNT ? 'cold calls' : 'warm calls';
  if (op.startsWith('LOG')) return 'logs';
  return op === 'KECCAK256' || op === 'SHA3' ? 'hashes' : 'rest';
}

/** Splits a trace into call frames in order of entry.
 *  @returns frames `{ depth, address, gas: { kind: gas }, total }`, each without the frames it calls */
function framesOf(steps, entered) {
  const frames = [];
  const open = [];
  for (const [i, step] of steps.entries()) {
    const previous = steps[i - 1];
    if (!previous || step.depth > previous.depth) {
      const address = previous ? `0x${previous.stack.at(-2).replace(/^0x/, '').padStart(40, '0').slice(-40)}` : entered;
      const frame = { depth: step.depth, address, gas: Object.fromEntries(KINDS.map((kind) => [kind, 0])), total: 0 };
      frames.push(frame);
      open.push({ frame, started: step.gas });
    }
    const current = open.at(-1);
    const next = steps[i + 1];
    if (next?.depth > step.depth) {
      current.call = step;
      continue;
    }
    const inFrame = next?.depth === step.depth;
    charge(current.frame, step.op, inFrame ? step.gas - next.gas : step.gasCost);
    if (inFrame || !next) continue;

    // The caller pays for the call what is gone after it and was not used within.
    const { started } = open.pop();
    const caller = open.at(-1);
    charge(caller.frame, caller.call.op, caller.call.gas - next.gas - (started - (step.gas - step.gasCost)));
  }
  return frames;
}

function charge(frame, op, gas) {
  frame.gas[kindOf(op, gas)] += gas;
  frame.total += gas;
}

async function traceTransfer(chain, withRules) {
  const world = await createMuniment(chain);
  const suite = await world.deploySuite('traced', { rules: withRules ? await world.threeRules() : [] });
  const [sender, receiver] = ['sender', 'receiver'].map(addressOf);
  await world.launch([suite]);
  for (const holder of [sender, receiver]) {
    await world.onboard(suite, [holder]);
    await chain.send(world.agent, suite.token, 'mint', [holder, units('1000')]);
  }
  await chain.passTime(31 * DAY);
  const transfer = () => chain.send(sender, suite.token, 'transfer', [receiver, units('1')]);
  await transfer();
  const receipt = await transfer();
  const { structLogs } = await chain.trace(receipt.transactionHash);
  return { gasUsed: receipt.gasUsed, frames: framesOf(structLogs, suite.token.address.toLowerCase()), names: world.names };
}

compile();
const chain = await startChain({ tracing: true });
try {
  const { gasUsed, frames, names } = await traceTransfer(chain, process.argv.at(-1) !== '0');
  const line = (label, cells) => console.log(label.padEnd(34) + cells.map((cell) => String(cell).padStart(12)).join(''));
  const sum = (kind) => frames.reduce((total, { gas }) => total + gas[kind], 0);
  const executed = frames.reduce((total, frame) => total + frame.total, 0);
  line('frame', [...KINDS, 'together']);
  for (const { depth, address, gas, total } of frames) {
    line('  '.repeat(depth) + (names.get(address) ?? address), [...KINDS.map((kind) => gas[kind]), total]);
  }
  line('all frames', [...KINDS.map(sum), executed]);
  line('intrinsic, calldata', ['', '', '', '', '', '', '', '', gasUsed - executed]);
  line('receipt gasUsed', ['', '', '', '', '', '', '', '', gasUsed]);
} finally {
  chain.stop();
}
