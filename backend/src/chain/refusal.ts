import { type Abi, decodeErrorResult, type Hex } from 'viem';
import { Problem } from '../platform/problem.js';
import { errorAbi } from './abis.js';
import { reasonOf } from './reason-codes.js';

/** Why the chain refuses a call. `name` is the custom error's, `UNDECODED` where its ABI is unknown or the node gave no data. */
export type Refusal = {
  name: string;
  /** Arguments by name; integers as decimal strings. */
  args: Record<string, unknown>;
  /** Name of the ReasonCode where the error carries one. */
  reason?: string;
  data?: Hex;
};

/** The call would revert, so nothing was sent. */
export class ChainRefused extends Problem {
  readonly status = 422;
  readonly title = 'The chain refuses it';

  constructor(readonly refusal: Refusal) {
    super('CHAIN_REFUSED', {
      detail: `The chain refuses it: ${describeRefusal(refusal)}.`,
      remedy: 'Cure the reason, then ask again. Nothing was sent.',
      extensions: { error: refusal.name, arguments: refusal.args, ...(refusal.reason ? { reason: refusal.reason } : {}) },
    });
  }
}

/** A sentence part: `TransferRefused (LOCKUP_ACTIVE: code 16, …)`. */
export function describeRefusal(refusal: Refusal): string {
  const args = Object.entries(refusal.args).map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const inside = [refusal.reason, ...args].filter(Boolean).join(', ');
  return storable(inside ? `${refusal.name} (${inside})` : refusal.name);
}

/** Decodes revert data by the errors of all our contracts. Errors that wrap another's data (`reason`, `bytes`) are left as they are. */
export function decodeRefusal(data: Hex | undefined): Refusal {
  if (!data || data === '0x') return { name: 'UNDECODED', args: {} };
  try {
    const { abiItem, errorName, args = [] } = decodeErrorResult({ abi: errorAbi as Abi, data });
    const inputs = 'inputs' in abiItem ? abiItem.inputs : [];
    const named = Object.fromEntries(args.map((value, index) => [inputs[index]?.name || String(index), jsonValue(value)]));
    const code = inputs.findIndex((input) => input.name === 'code' && input.type === 'uint8');
    return { name: errorName, args: named, ...(code >= 0 ? { reason: reasonOf(Number(args[code])).name } : {}), data };
  } catch {
    return { name: 'UNDECODED', args: {}, data };
  }
}

/** Text as PostgreSQL can keep it: contracts choose their strings, and it refuses U+0000 and lone surrogates. */
function storable(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\uFFFD').replaceAll('\0', '\uFFFD');
}

/** JSON form of a decoded value that PostgreSQL can keep: integers become decimal strings, also inside tuples and arrays. */
export function jsonValue(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(jsonValue);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonValue(item)]));
  return value;
}
