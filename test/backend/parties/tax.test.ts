import { expect, test } from 'vitest';
import { countsOn, taxFormValidUntil } from '../../../backend/src/parties/tax.js';

test('a W-8BEN signed on 2015-09-30 is valid to 2018-12-31', () => {
  expect(taxFormValidUntil('W-8BEN', '2015-09-30')).toBe('2018-12-31');
  expect(countsOn({ form: 'W-8BEN', signedOn: '2015-09-30' }, '2018-12-31')).toBe(true);
  expect(countsOn({ form: 'W-8BEN', signedOn: '2015-09-30' }, '2019-01-01')).toBe(false);
});

test('no form counts before it was signed', () => {
  expect(countsOn({ form: 'W-8BEN-E', signedOn: '2017-09-01' }, '2017-08-31')).toBe(false);
  expect(countsOn({ form: 'W-8BEN-E', signedOn: '2017-09-01' }, '2017-09-01')).toBe(true);
});

test('a W-9 stays valid', () => {
  expect(taxFormValidUntil('W-9', '2001-01-01')).toBeNull();
  expect(countsOn({ form: 'W-9', signedOn: '2001-01-01' }, '2039-01-01')).toBe(true);
});
