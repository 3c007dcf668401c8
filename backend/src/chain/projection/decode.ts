import { type Address, decodeEventLog, getAddress, type Hash, type Log } from 'viem';
import { abiOf, type ContractKind } from '../abis.js';

/** A decoded event of a known contract. */
export type DecodedEvent = {
  block: bigint;
  logIndex: number;
  txHash: Hash;
  address: Address;
  kind: ContractKind;
  name: string;
  args: Record<string, unknown>;
};

/** A log with its place in a block. */
export type PlacedLog = Log<bigint, number, false>;

/** Decodes logs in the order of the chain. Events that a contract's ABI does not know are left out. */
export function decodeLogs(logs: PlacedLog[], kindOf: (address: Address) => ContractKind | undefined): DecodedEvent[] {
  return logs
    .toSorted((a, b) => (a.blockNumber === b.blockNumber ? a.logIndex - b.logIndex : a.blockNumber < b.blockNumber ? -1 : 1))
    .flatMap((log) => decodeLog(log, kindOf(getAddress(log.address))) ?? []);
}

function decodeLog(log: PlacedLog, kind: ContractKind | undefined): DecodedEvent | undefined {
  if (kind === undefined || kind === 'OTHER') return undefined;
  try {
    const { eventName, args } = decodeEventLog({ abi: abiOf[kind], data: log.data, topics: log.topics });
    if (eventName === undefined) return undefined;
    const named = (args ?? {}) as unknown as Record<string, unknown>;
    const { blockNumber: block, logIndex, transactionHash: txHash } = log;
    return { block, logIndex, txHash, address: getAddress(log.address), kind, name: eventName, args: named };
  } catch {
    return undefined;
  }
}
