// The catalogues are shared with the server, so keys that only it uses are told apart by their first word.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';

const here = new URL('.', import.meta.url);
const read = (path) => readFileSync(new URL(path, here), 'utf8');
const catalogue = (language) => JSON.parse(read(`i18n/${language}.json`));
const en = catalogue('en');
const fr = catalogue('fr');
const SERVER_KEYS = /^(error|title|field|cli|demo|server|mail|audit)\./;
const PLURAL = /\.(zero|one|two|few|many|other)$/;

const sources = readdirSync(new URL('app/', here), { recursive: true })
  .filter((name) => name.endsWith('.js'))
  .map((name) => ({ name, text: read(`app/${name}`) }));
const literals = new Set(sources.flatMap(({ text }) => [...text.matchAll(/'([a-z0-9_]+(?:\.[a-z0-9_]+)*)'/g)].map((match) => match[1])));

const placeholders = (text) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort();
const base = (key) => key.replace(PLURAL, '');

test('every language has the same keys', () => {
  assert.deepEqual(Object.keys(fr).filter((key) => !(key in en)), [], 'only in French');
  assert.deepEqual(Object.keys(en).filter((key) => !(key in fr)), [], 'only in English');
});

test('a translation has the placeholders of the original, and some text', () => {
  for (const key of Object.keys(en)) {
    assert.deepEqual(placeholders(fr[key]), placeholders(en[key]), key);
    assert.ok(en[key].trim() && fr[key].trim(), `${key} is empty`);
  }
});

test('every key that the application asks for exists', () => {
  for (const { name, text } of sources) {
    for (const [, call, key] of text.matchAll(/\b(t|tn|tx)\(\s*'([^']+)'/g)) {
      const found = call === 'tn' ? `${key}.one` in en && `${key}.other` in en : key in en;
      assert.ok(found, `${name}: ${call}('${key}')`);
    }
  }
});

test('no key is left over', () => {
  const unused = Object.keys(en).filter((key) => !SERVER_KEYS.test(key) && !literals.has(key) && !literals.has(base(key)));
  assert.deepEqual(unused, []);
});

test('no template carries text of its own', () => {
  for (const { name, text } of sources.filter((source) => source.name.startsWith('views'))) {
    for (const [, words] of text.matchAll(/<[a-z][^<>`$]*>([^<>`${}]*[A-Za-z]{3,}[^<>`${}]*)<\//g)) {
      if (!/^beffroi [a-z -]+$/.test(words.trim())) assert.fail(`${name}: “${words.trim()}”`);
    }
    for (const [, attribute, words] of text.matchAll(/\b(aria-label|title|placeholder|alt)="([^"$]+)"/g)) assert.fail(`${name}: ${attribute}="${words}"`);
  }
});

test('French sets a narrow no-break space before high punctuation', () => {
  for (const [key, text] of Object.entries(fr)) assert.doesNotMatch(text, /[^\u202f\s\d][;!?](?=\s|$)|[^\u202f\d](?::)(?=\s|$)|[ \u00a0][;:!?]/, key);
});
