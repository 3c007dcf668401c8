import type { Abi, AbiEvent, AbiFunction, AbiParameter } from 'viem';
import { describe, expect, it } from 'vitest';
import { comparisons } from './abi-differences.js';
import { ourAbi } from './artifacts.js';

function typeOf(parameter: AbiParameter): string {
  if (!('components' in parameter)) return parameter.type;
  return `(${parameter.components.map(typeOf).join(',')})${parameter.type.slice('tuple'.length)}`;
}

/** Name and types, which make the selector, with what a client depends on besides: whether it must send, and what comes back. */
function describeFunction({ name, inputs, outputs, stateMutability }: AbiFunction): string {
  const access = stateMutability === 'view' || stateMutability === 'pure' ? 'reads' : 'writes';
  const answer = outputs.length === 0 ? '' : ` (${outputs.map(typeOf).join(',')})`;
  return `function ${name}(${inputs.map(typeOf).join(',')}) ${access}${answer}`;
}

/** Name and types, which make the topic, with which of them are indexed. */
function describeEvent({ name, inputs }: AbiEvent): string {
  return `event ${name}(${inputs.map((input) => typeOf(input) + (input.indexed ? ' indexed' : '')).join(',')})`;
}

function signatures(abis: Abi[]): Set<string> {
  const found = new Set<string>();
  for (const item of abis.flat()) {
    if (item.type === 'function') found.add(describeFunction(item));
    if (item.type === 'event') found.add(describeEvent(item));
  }
  return found;
}

describe('every function and event of the reference is ours too, but for what is listed', () => {
  it.each(Object.entries(comparisons))('%s', (_name, { reference, ours, missing }) => {
    const answered = signatures(ours);
    const lacking = [...signatures([reference])].filter((signature) => !answered.has(signature));
    const listed = Object.values(missing).flat();
    expect(new Set(listed).size, 'each difference has one reason').toBe(listed.length);
    expect(lacking.sort()).toEqual(listed.sort());
  });
});

it('the token answers everything that its interface promises', () => {
  const answered = signatures([ourAbi('SecurityToken'), ourAbi('SecurityTokenExtension'), ourAbi('SecurityTokenExplanations')]);
  const promised = [...signatures([ourAbi('ISecurityToken')])].filter((signature) => signature.startsWith('function'));
  expect(promised.length).toBeGreaterThan(90);
  expect(promised.filter((signature) => !answered.has(signature))).toEqual([]);
});
