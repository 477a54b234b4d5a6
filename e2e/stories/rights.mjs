// Somebody loses the right to read while the page is open (AU-11, AZ-2).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { PROGRAM } from '../support/house.mjs';
import { told } from '../support/told.mjs';

test('bob may no longer read; the page says so and stops trying, and goes on once he may again', told(async (street) => {
  const house = await street.house({ isGenerous: true });
  const founder = await house.foundedBy('alice');
  const permissions = ['read_messages', 'send_messages'];
  await founder.ask('POST', '/roles', { name: 'guestbook', permissions });
  const visitor = await house.joinedBy('bob');
  const { status, stderr } = spawnSync(PROGRAM, ['user', 'promote', 'bob', 'guestbook'], { cwd: house.folder, env: house.environment, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const bob = await street.person('bob', house.origin, { visitor });
  await bob.opens(house.room);
  await bob.isOnline();
  let upgrades = 0;
  bob.page.on('websocket', () => { upgrades += 1; });

  await founder.ask('PUT', '/roles/guestbook', { permissions: [] });
  await bob.text('connection.forbidden').waitFor();
  await bob.page.evaluate(() => { dispatchEvent(new Event('online')); document.dispatchEvent(new Event('visibilitychange')); });
  assert.equal(upgrades, 0, 'it does not try by itself');
  bob.expects(/WebSocket connection to .* failed/, /403 /);
  const looked = bob.page.waitForResponse((response) => response.url().endsWith('/auth/me'));
  await bob.button('connection.look_again').click();
  await looked;
  await bob.text('connection.forbidden').waitFor();

  await founder.ask('PUT', '/roles/guestbook', { permissions });
  await bob.button('connection.look_again').click();
  await bob.isOnline();
  await founder.says('Welcome back');
  await bob.eventuallyReads(['Welcome back']);
}));
