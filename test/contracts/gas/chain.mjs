// An anvil of its own, on which every account may send and gas is free: what is measured is `gasUsed`, which no price changes.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createPublicClient, encodeDeployData, encodeFunctionData, hexToNumber, http, keccak256, toHex } from 'viem';
import { anvil } from 'viem/chains';
import { foundryBinary } from '#foundry';

export const DAY = 86_400;
/** Named, so that anvil's next default does not change a figure. */
const HARDFORK = 'prague';
const GAS_LIMIT = 100_000_000;
/** Transactions that a block takes when many are sent together. */
const BLOCK = 500;

/** An address for a person in the story: always the same one, so that calldata costs the same in every run. */
export const addressOf = (name) => `0x${keccak256(toHex(name)).slice(26)}`;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startAnvil(tracing) {
  const port = await freePort();
  const options = ['--silent', '--auto-impersonate', '--base-fee', '0', '--prune-history', '4', '--gas-limit', String(BLOCK * GAS_LIMIT)];
  if (tracing) options.push('--steps-tracing');
  const child = spawn(foundryBinary('anvil'), ['--port', String(port), '--hardfork', HARDFORK, ...options], { stdio: 'ignore' });
  process.once('exit', () => child.kill());
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  const client = createPublicClient({ chain: anvil, transport: http(`http://127.0.0.1:${port}`, { retryCount: 0, timeout: 60_000 }) });
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`anvil ended with ${child.exitCode}`);
    const chainId = await client.getChainId().catch(() => 0);
    if (chainId === anvil.id) return { child, client };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill();
  throw new Error('anvil did not answer within 10 seconds');
}

/** Starts the chain. Every transaction finds all slots and accounts cold, also where several share a block.
 *  @param tracing whether `trace` can tell what a transaction did; slower
 *  @returns the chain; call `stop` when done */
export async function startChain({ tracing = false } = {}) {
  const { child, client } = await startAnvil(tracing);
  const request = (method, ...params) => client.request({ method, params });
  const unsent = (from, to, data) => ({ from, to, data, gas: toHex(GAS_LIMIT), gasPrice: '0x0' });
  const unsentCall = (from, { address, abi }, functionName, args) => unsent(from, address, encodeFunctionData({ abi, functionName, args }));

  /** @throws when the transaction failed, with the reason that a simulation of it gives */
  async function succeeded(receipt, from, contract, functionName, args) {
    if (receipt.status === '0x1') return { ...receipt, gasUsed: hexToNumber(receipt.gasUsed) };
    await client.simulateContract({ ...contract, account: from, functionName, args });
    throw new Error(`${functionName} failed in ${receipt.transactionHash}`);
  }

  /** Sends one transaction. @returns its receipt, `gasUsed` as a number */
  async function send(from, contract, functionName, args = []) {
    const receipt = await request('eth_sendTransactionSync', unsentCall(from, contract, functionName, args));
    return succeeded(receipt, from, contract, functionName, args);
  }

  /** Sends transactions that do not wait for each other, many a block: a block of its own for each takes longer the more there is on
   *  the chain.
   *  @param transactions the arguments of `send`
   *  @returns gas of all together */
  async function sendAll(transactions) {
    let spent = 0;
    await request('evm_setAutomine', false);
    for (let start = 0; start < transactions.length; start += BLOCK) {
      const block = transactions.slice(start, start + BLOCK);
      const hashes = [];
      for (const transaction of block) hashes.push(await request('eth_sendTransaction', unsentCall(...transaction)));
      await request('evm_mine');
      for (const [i, hash] of hashes.entries()) {
        spent += (await succeeded(await request('eth_getTransactionReceipt', hash), ...block[i])).gasUsed;
      }
    }
    await request('evm_setAutomine', true);
    return spent;
  }

  /** @returns the contract, and the gas of its deployment */
  async function deploy(from, { abi, bytecode }, args = []) {
    const receipt = await request('eth_sendTransactionSync', unsent(from, undefined, encodeDeployData({ abi, bytecode, args })));
    if (receipt.status !== '0x1') throw new Error(`a deployment failed in ${receipt.transactionHash}`);
    return { address: receipt.contractAddress, abi, gasUsed: hexToNumber(receipt.gasUsed) };
  }

  const read = ({ address, abi }, functionName, args = []) => client.readContract({ address, abi, functionName, args });

  async function passTime(seconds) {
    await request('evm_increaseTime', toHex(seconds));
    await request('evm_mine');
  }

  /** @returns every step of a mined transaction: `structLogs` as geth has them */
  const trace = (hash) => request('debug_traceTransaction', hash, { disableStorage: true, disableMemory: true });

  const now = async () => Number((await client.getBlock()).timestamp);
  const version = await request('web3_clientVersion');
  const { hardFork } = await request('anvil_nodeInfo');
  const { url } = client.transport;
  return { url, send, sendAll, deploy, read, passTime, trace, now, version, hardfork: hardFork, stop: () => child.kill() };
}
