// What a few typed letters find, and in which order.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { fit } from './app/fuzzy.js';

const find = (typed, names) => names
  .map((name) => ({ name, fit: fit(typed, name) }))
  .filter((one) => one.fit !== null)
  .sort((a, b) => b.fit - a.fit)
  .map((one) => one.name);

test('letters are found in their order, whatever stands between them', () => {
  assert.deepEqual(find('twsq', ['Town square', 'Workshop']), ['Town square']);
  assert.deepEqual(find('qs', ['Town square']), []);
});

test('the beginning of a name comes before the beginning of a word, and that before the middle', () => {
  assert.deepEqual(find('fair', ['affairs', 'Spring fair', 'Fair']), ['Fair', 'Spring fair', 'affairs']);
});

test('a better place further on in the name counts', () => {
  assert.ok(fit('fair', 'affairs and fairs') > fit('fair', 'affairs and more'));
});

test('accents, case and blanks make no difference', () => {
  assert.deepEqual(find('ECOLE  du', ['École du dimanche']), ['École du dimanche']);
  assert.deepEqual(find('', ['Anything']), ['Anything']);
});
