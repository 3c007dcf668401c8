import { encodeErrorResult } from 'viem';
import { describe, expect, it } from 'vitest';
import { decodeRefusal, describeRefusal, jsonValue } from '../../../backend/src/chain/refusal.js';
import { tokenFactoryAbi } from '../../../contracts/generated/abi.js';

describe('text that a contract chose', () => {
  it('is made such that PostgreSQL can keep it, at any depth', () => {
    expect(jsonValue({ a: 'x\0y', b: ['\uD800', { c: '\uDC00z' }], d: 1n, e: 'Grüße 🏛' })).toEqual({
      a: 'x\uFFFDy',
      b: ['\uFFFD', { c: '\uFFFDz' }],
      d: '1',
      e: 'Grüße 🏛',
    });
  });

  it('is harmless in a refusal, decoded or described', () => {
    const data = encodeErrorResult({ abi: tokenFactoryAbi, errorName: 'SuiteInvalid', args: ['ow\0ner'] });
    const refusal = decodeRefusal(data);
    expect(refusal.args).toEqual({ field: 'ow\uFFFDner' });
    expect(describeRefusal(refusal)).toBe('SuiteInvalid (field ow\uFFFDner)');
    expect(describeRefusal({ name: 'Odd', args: { text: 'a\0b', more: ['\uD800'] } })).not.toMatch(/\p{Surrogate}/u);
    expect(describeRefusal({ name: 'Odd', args: { text: 'a\0b' } })).toBe('Odd (text a\uFFFDb)');
  });
});
