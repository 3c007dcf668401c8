// OpenZeppelin's ERC-20 behind an ERC-1967 proxy: the floor, what units cost to move where nobody is asked.
import { encodeFunctionData, parseUnits } from 'viem';
import { forgeArtifact } from './artifacts.mjs';
import { addressOf } from './chain.mjs';

/** @returns figures in gas, of the second movement between two accounts that hold units */
export async function measureErc20(chain) {
  const [operator, sender, receiver] = ['operator', 'sender', 'receiver'].map(addressOf);
  const implementation = await chain.deploy(operator, forgeArtifact('PlainToken'));
  const initialize = encodeFunctionData({ abi: implementation.abi, functionName: 'initialize', args: ['Benchmark', 'PLAIN'] });
  const proxy = await chain.deploy(operator, forgeArtifact('ERC1967Proxy'), [implementation.address, initialize]);
  const token = { address: proxy.address, abi: implementation.abi };

  for (const holder of [sender, receiver]) await chain.send(operator, token, 'mint', [holder, parseUnits('1000', 18)]);
  const cost = async (from, functionName) => (await chain.send(from, token, functionName, [receiver, parseUnits('1', 18)])).gasUsed;
  return { transferExisting0: await cost(sender, 'transfer'), mintExisting0: await cost(operator, 'mint') };
}
