// Where the server asks for tokens against forged requests, the page brings one with every change (RA-3).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.mjs';
import { told } from '../support/told.mjs';

test('alice’s page brings a token with every change, and a fresh one when the old one is refused', told(async (street) => {
  const house = await street.house();
  const alice = await street.person('alice', house.origin, { visitor: await house.foundedBy('alice') });
  alice.expects(/403 /);
  await alice.page.route('**/api/v1/server', async (route) => {
    const answer = await (await route.fetch()).json();
    answer.data.csrf_mode = 'token';
    await route.fulfill({ json: answer });
  });
  const changes = [];
  const asked = [];
  alice.page.on('request', (request) => {
    const path = new URL(request.url()).pathname;
    if (path === '/api/v1/auth/csrf') asked.push(path);
    else if (path.startsWith('/api/') && request.method() !== 'GET') changes.push(request.headers()['x-csrf-token'] ?? null);
  });
  await alice.opens(house.room);
  await alice.isOnline();
  await alice.writes('One');
  await alice.writes('Two');
  await alice.eventuallyReads(['One', 'Two']);
  assert.equal(asked.length, 1, 'one token for many changes');
  assert.ok(changes.length >= 2 && changes.every((token) => token === changes[0] && token?.length === 32), JSON.stringify(changes));

  let refusals = 0;
  await alice.page.route('**/messages', (route) => (route.request().method() === 'POST' && refusals++ === 0
    ? route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify({ success: false, code: 'auth.csrf_required', status: 403 }) })
    : route.continue()));
  await alice.writes('Three');
  await alice.eventuallyReads(['One', 'Two', 'Three']);
  await eventually(async () => assert.equal(asked.length, 2));
  assert.equal(refusals, 2);
}));
