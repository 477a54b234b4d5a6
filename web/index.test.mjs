// The page names every module, so that a slow line fetches them at once instead of import by import.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, existsSync } from 'node:fs';

const here = new URL('.', import.meta.url);
const page = readFileSync(new URL('index.html', here), 'utf8');
const CLASSIC = ['app/first-paint.js', 'app/too-old.js', 'app/types.js', 'app/main.js'];

const modules = ['app', 'vendor']
  .flatMap((folder) => readdirSync(new URL(`${folder}/`, here), { recursive: true }).map((name) => `${folder}/${name.replaceAll('\\', '/')}`))
  .filter((name) => name.endsWith('.js') && !CLASSIC.includes(name))
  .sort();

test('index.html preloads exactly the modules there are', () => {
  const named = [...page.matchAll(/rel="modulepreload" href="\/assets\/([^"]+)"/g)].map((match) => match[1]).sort();
  assert.deepEqual(named, modules);
});

test('everything that index.html names exists', () => {
  for (const [, path] of page.matchAll(/(?:href|src)="\/assets\/([^"]+)"/g)) assert.ok(existsSync(new URL(path, here)), path);
});

test('index.html carries no script or style of its own', () => {
  assert.doesNotMatch(page, /<style|style=|\son[a-z]+=|<script(?![^>]*\ssrc=)/);
});

test('imports are relative and name a file', () => {
  for (const name of modules.concat('app/main.js')) {
    const url = new URL(name, here);
    for (const [, path] of readFileSync(url, 'utf8').matchAll(/(?:^import|\bfrom)\s*['"]([^'"]+)['"]/gm)) {
      assert.match(path, /^\.\.?\//, `${name} imports ${path}`);
      assert.ok(existsSync(new URL(path, url)), `${name} imports ${path}`);
    }
  }
});
