// A session ends while somebody is at it: the page says why, keeps what they typed, and takes them back in place (AU-5).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { PASSWORD } from '../support/house.mjs';
import { eventually } from '../support/eventually.mjs';
import { told } from '../support/told.mjs';

const REASONS = {
  'auth.session_idle': 'ended.idle',
  'auth.session_absolute': 'ended.absolute',
  'auth.session_revoked': 'ended.revoked',
  'auth.session_displaced': 'ended.displaced',
  'auth.password_changed': 'ended.password_changed',
};

/** Nothing of the page behind the dialog can be reached, seen plainly or heard. */
async function assertInert(person) {
  const behind = await person.page.locator('.panes').evaluate((panes) => ({
    blurred: getComputedStyle(panes).filter.includes('blur'),
    reachable: panes.contains(document.elementFromPoint(innerWidth / 2, innerHeight - 40)),
  }));
  assert.deepEqual(behind, { blurred: true, reachable: false });
  await person.page.keyboard.press('Escape');
  assert.equal(await person.dialog('ended.title').isVisible(), true, 'Escape does not open the way');
  for (let i = 0; i < 12; i++) {
    await person.page.keyboard.press('Tab');
    assert.equal(await person.page.evaluate(() => document.querySelector('.panes').contains(document.activeElement)), false, 'Tab does not lead behind the dialog');
  }
  const heard = await person.hears();
  assert.ok(heard.includes(person.t('ended.title')) && !heard.includes(person.t('composer.label')), 'nor does a screen reader');
}

async function signsInAgain(person) {
  const dialog = person.dialog('ended.title');
  assert.equal(await dialog.getByRole('textbox', { name: person.t('sign_in.username') }).inputValue(), person.name);
  await dialog.getByLabel(person.t('account.password'), { exact: true }).fill(PASSWORD);
  await dialog.getByRole('button', { name: person.t('sign_in.submit') }).click();
  await dialog.waitFor({ state: 'detached' });
}

test('alice’s session is ended elsewhere while she is cut off; she signs in again in place, and what waited goes out', told(async (street) => {
  const house = await street.house();
  const founder = await house.foundedBy('alice');
  const line = await street.line(house);
  const alice = await street.person('alice', line.origin, { visitor: founder });
  const bob = await street.person('bob', house.origin, { visitor: await house.joinedBy('bob') });
  await alice.opens(house.room);
  await bob.opens(house.room);
  await alice.isOnline();

  alice.expectsBrokenLine();
  alice.expects(/401 /);
  line.cut();
  await alice.writes('Unsent but not lost');
  await alice.message('Unsent but not lost').getByText(alice.t('message.failed')).waitFor();
  await alice.composer.fill('Half a thou');
  await founder.ask('POST', '/auth/logout');
  line.mend();
  await alice.dialog('ended.title').waitFor();
  await alice.dialog('ended.title').getByText(alice.t('ended.revoked')).waitFor();
  await assertInert(alice);
  await signsInAgain(alice);
  await bob.eventuallyReads(['Unsent but not lost']);
  await alice.eventuallyReads(['Unsent but not lost']);
  assert.equal(await alice.composer.inputValue(), 'Half a thou');
  await alice.isOnline();
  await bob.writes('Good that you are back');
  await alice.eventuallyReads(['Unsent but not lost', 'Good that you are back']);
}));

test('alice signs out in one tab; the other says so at once and does not go on', told(async (street) => {
  const house = await street.house();
  const alice = await street.person('alice', house.origin, { visitor: await house.foundedBy('alice') });
  await alice.opens(house.room);
  await alice.isOnline();
  const tab = await alice.opensTab();
  await tab.opens(house.room);
  await tab.page.getByRole('button', { name: tab.t('account.menu') }).click();
  await tab.button('sign_out.submit').click();
  await tab.dialog('sign_out.title').getByRole('button', { name: tab.t('sign_out.submit') }).click();
  await tab.page.waitForURL('**/sign-in');

  await alice.dialog('ended.title').getByText(alice.t('ended.revoked')).waitFor();
  await assertInert(alice);
  await signsInAgain(alice);
  await alice.writes('Here again');
  await alice.eventuallyReads(['Here again']);
}));

for (const [code, key] of Object.entries(REASONS)) {
  test(`the page names the reason ${code} in words, and keeps the message that met it`, told(async (street) => {
    const house = await street.house();
    const alice = await street.person('alice', house.origin, { visitor: await house.foundedBy('alice') });
    await alice.opens(house.room);
    await alice.isOnline();
    alice.expects(/401 /);
    // Waiting for a real time-out would take half an hour; the server's own tests do, with their clock.
    await alice.page.route('**/messages', (route) => (route.request().method() === 'POST'
      ? route.fulfill({ status: 401, contentType: 'application/problem+json', body: JSON.stringify({ success: false, code, status: 401 }) })
      : route.continue()));
    await alice.writes('Said into an ended session');
    await alice.dialog('ended.title').getByText(alice.t(key)).waitFor();
    await alice.page.unroute('**/messages');
    await signsInAgain(alice);
    await alice.eventuallyReads(['Said into an ended session']);
  }));
}

test('carol takes another account instead: nothing of alice’s stays on the device', told(async (street) => {
  const house = await street.house();
  const founder = await house.foundedBy('alice');
  const alice = await street.person('alice', house.origin, { visitor: founder });
  await house.joinedBy('carol');
  await alice.opens(house.room);
  await alice.isOnline();
  await alice.composer.fill('A private draft');
  const kept = () => alice.page.evaluate(() => Object.entries(localStorage).filter(([, value]) => value.includes('private')).length);
  await eventually(async () => assert.equal(await kept(), 1));
  await founder.ask('POST', '/auth/logout');
  await alice.dialog('ended.title').getByRole('button', { name: alice.t('ended.other_account') }).click();
  await alice.page.waitForURL('**/sign-in');
  assert.equal(await kept(), 0);
  assert.equal(await alice.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('beffroi.account.')).length), 0);

  alice.name = 'carol';
  await alice.signsIn();
  await alice.isIn('Town square');
  assert.equal(await alice.composer.inputValue(), '');
}));
