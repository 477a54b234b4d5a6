// Getting about by name and by single keys (WCAG 2.1.1, 2.1.4).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.mjs';
import { told } from '../support/told.mjs';

/** Alice in the first of her three rooms; bob, who follows them too, has said something in the last. */
async function alicesRooms(street) {
  const house = await street.house();
  const founder = await house.foundedBy('alice');
  const rooms = [await founder.opensRoom('Archive'), await founder.opensRoom('Workshop')];
  const bob = await house.joinedBy('bob');
  await bob.ask('POST', `/rooms/${rooms[1].id}/members/me`);
  const alice = await street.person('alice', house.origin, { visitor: founder });
  await alice.opens(house.room);
  await alice.isOnline();
  await bob.says('Is anybody here?', rooms[1].id);
  await alice.roomLink(alice.tn('rooms.unread', 1)).waitFor();
  return { alice, bob, workshop: rooms[1] };
}

test('Ctrl+K and Enter take alice to the next unread room, and a few letters to any other', told(async (street) => {
  const { alice } = await alicesRooms(street);
  const { page } = alice;
  await page.keyboard.press('Control+k');
  await page.getByRole('option', { name: 'Workshop', selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await alice.isIn('Workshop');
  await eventually(async () => assert.ok(await alice.composer.evaluate((field) => field === document.activeElement)));

  await page.keyboard.press('Control+k');
  await page.keyboard.type('ARCH');
  await page.getByRole('option', { name: 'Archive', selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await alice.isIn('Archive');

  await page.keyboard.press('Control+k');
  await page.keyboard.type('keyboard');
  await page.getByRole('option', { name: alice.t('help.title'), selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await alice.dialog('help.title').waitFor();
}));

test('the arrows walk the choices round, and Escape gives the focus back', told(async (street) => {
  const { alice } = await alicesRooms(street);
  const { page } = alice;
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox', { name: alice.t('switcher.field') });
  const selected = () => field.evaluate((input) => document.getElementById(input.getAttribute('aria-activedescendant') ?? '')?.textContent);
  await eventually(async () => assert.match(await selected() ?? '', /Workshop/));
  await page.keyboard.press('ArrowDown');
  await eventually(async () => assert.equal((await selected())?.trim(), 'Archive'));
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await eventually(async () => assert.equal((await selected())?.trim(), alice.t('sign_out.submit')));
  await page.keyboard.press('Escape');
  await eventually(async () => assert.ok(await alice.composer.evaluate((input) => input === document.activeElement)));
  await alice.isIn('Town square');
}));

test('single keys work outside of fields only, and not at all once they are switched off, also after signing out', told(async (street) => {
  const { alice, bob, workshop } = await alicesRooms(street);
  const { page } = alice;
  await page.keyboard.type('n?/');
  assert.equal(await alice.composer.inputValue(), 'n?/');
  await alice.composer.fill('');

  const header = alice.button('members.open');
  await header.focus();
  await page.keyboard.press('n');
  await alice.isIn('Workshop');
  await alice.roomLink(alice.tn('rooms.unread', 1)).waitFor({ state: 'detached' });
  await header.focus();
  await page.keyboard.press('?');
  await alice.dialog('help.title').waitFor();
  await page.getByRole('checkbox', { name: alice.t('shortcuts.single_switch') }).uncheck();
  await page.keyboard.press('Escape');
  await alice.dialog('help.title').waitFor({ state: 'detached' });

  await alice.roomLink('Town square').click();
  await alice.isIn('Town square');
  await bob.says('And now?', workshop.id);
  await alice.roomLink(alice.tn('rooms.unread', 1)).waitFor();
  await header.focus();
  for (const key of ['n', '?', '/']) await page.keyboard.press(key);
  await alice.isIn('Town square');
  assert.equal(await page.getByRole('dialog').count(), 0);

  await page.keyboard.press('Control+k');
  await page.keyboard.type('sign');
  await page.keyboard.press('Enter');
  await alice.dialog('sign_out.title').getByRole('button', { name: alice.t('sign_out.submit') }).click();
  await page.waitForURL('**/sign-in');
  assert.equal(await page.evaluate(() => localStorage.getItem('beffroi.single_keys')), 'off');
}));
