// Alice looks where she is signed in, and ends what she does not want (AU-10).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.mjs';
import { PASSWORD } from '../support/house.mjs';
import { told } from '../support/told.mjs';

const opensSessions = async (person) => {
  await person.page.getByRole('button', { name: person.t('account.menu') }).click();
  await person.button('sessions.title').click();
  const dialog = person.dialog('sessions.title');
  await dialog.getByText(person.t('sessions.this_device')).waitFor();
  return dialog;
};

/** @param {import('../support/house.mjs').Visitor} visitor */
const isOut = (visitor) => visitor.ask('GET', '/auth/me').then(() => false, (failure) => failure.message.includes('auth.session_revoked'));

test('alice ends one session, then all others, and stays where she is', told(async (street) => {
  const house = await street.house();
  const alice = await street.person('alice', house.origin, { visitor: await house.foundedBy('alice') });
  const elsewhere = [await house.signIn('alice'), await house.signIn('alice')];
  await alice.opens(house.room);
  const dialog = await opensSessions(alice);
  const rows = dialog.getByRole('list', { name: alice.t('sessions.title') }).getByRole('listitem');
  await eventually(async () => assert.equal(await rows.count(), 3));
  assert.match(await rows.first().innerText(), /127\.0\.0\.0\/24/);
  // The visitors are programs of Node's.
  const end = dialog.getByRole('button', { name: alice.t('sessions.end_one', { device: 'node' }) });
  await end.first().click();
  await eventually(async () => assert.equal(await rows.count(), 2));
  assert.equal((await Promise.all(elsewhere.map(isOut))).filter(Boolean).length, 1);

  await dialog.getByRole('button', { name: alice.t('sessions.end_others') }).click();
  await dialog.getByText(alice.t('sessions.confirm_others')).waitFor();
  await dialog.getByRole('button', { name: alice.t('sessions.end_others') }).click();
  await dialog.getByText(alice.t('sessions.only_here')).waitFor();
  assert.deepEqual(await Promise.all(elsewhere.map(isOut)), [true, true]);
  await alice.page.keyboard.press('Escape');
  await alice.writes('Still here');
  await alice.eventuallyReads(['Still here']);
}));

test('alice signs out everywhere: here as well, and bob is not touched', told(async (street) => {
  const house = await street.house();
  const alice = await street.person('alice', house.origin, { visitor: await house.foundedBy('alice') });
  const bob = await house.joinedBy('bob');
  const elsewhere = await house.signIn('alice');
  await alice.opens(house.room);
  const dialog = await opensSessions(alice);
  await dialog.getByRole('button', { name: alice.t('sessions.end_all') }).click();
  await dialog.getByText(alice.t('sessions.confirm_all')).waitFor();
  await dialog.getByRole('button', { name: alice.t('sessions.end_all') }).click();
  await alice.page.waitForURL('**/sign-in');
  assert.equal(await isOut(elsewhere), true);
  await bob.ask('GET', '/auth/me');
}));

test('alice is asked about a use from a new network while she is here, and at her next visit until she answers', told(async (street) => {
  const house = await street.house({ environment: { TRUST_PROXY_HOPS: '1' } });
  const alice = await street.person('alice', house.origin, { visitor: await house.foundedBy('alice') });
  await alice.opens(house.room);
  await alice.isOnline();
  // As a proxy would say that somebody comes from elsewhere.
  const elsewhere = await fetch(`${house.origin}/api/v1/auth/login`, {
    method: 'POST', headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', 'x-forwarded-for': '198.51.100.7', 'user-agent': 'curl/8.14.1' },
    body: JSON.stringify({ username: 'alice', password: PASSWORD }),
  });
  assert.equal(elsewhere.status, 200);
  const question = alice.page.getByRole('status').filter({ hasText: '198.51.100.0/24' });
  await question.waitFor();
  assert.match(await question.innerText(), /curl/);
  await alice.page.reload();
  await question.waitFor();
  await question.getByRole('button', { name: alice.t('notice.look') }).click();
  const dialog = alice.dialog('sessions.title');
  await dialog.getByText(alice.t('sessions.new_network'), { exact: true }).waitFor();
  await dialog.getByText(alice.t('security.new_network'), { exact: true }).waitFor();
  await alice.page.keyboard.press('Escape');
  await question.getByRole('button', { name: alice.t('notice.was_me') }).click();
  await question.waitFor({ state: 'detached' });
  await alice.page.reload();
  await alice.isOnline();
  assert.equal(await question.count(), 0);
}));
