// Everything without a mouse (WCAG 2.1.1): from the printed link to signing out.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { PASSWORD } from '../support/house.mjs';
import { eventually } from '../support/eventually.mjs';
import { Keyboard } from '../support/keyboard.mjs';
import { told } from '../support/told.mjs';

test('amelie founds, signs in, writes, reads, changes rooms and signs out by keyboard alone', told(async (street) => {
  const house = await street.house({ isGenerous: true });
  const amelie = await street.person('amelie', house.origin);
  const { page } = amelie;
  const keys = new Keyboard(amelie);
  const isFocused = (target, what) => eventually(async () => assert.ok(await keys.isOn(target), what));

  await amelie.visits(house.setupLink);
  await keys.activates(amelie.button('action.next'));
  await keys.fills(amelie.field('setup.name'), 'The Belfry');
  await keys.press('Enter');
  await keys.fills(amelie.field('account.username'), 'amelie');
  await keys.fills(amelie.field('account.email'), 'amelie@example.org');
  await keys.fills(amelie.password(), PASSWORD);
  await keys.press('Enter');
  await keys.activates(amelie.button('setup.submit'));
  await keys.activates(page.getByRole('link', { name: amelie.t('setup.enter') }));
  await amelie.isIn('Town square');

  await isFocused(amelie.composer, 'whoever enters a room can write at once');
  await keys.type('First');
  await keys.press('Shift+Enter');
  await keys.type('still first');
  await keys.press('Enter');
  await keys.type('See https://example.org/bells');
  await keys.press('Enter');
  await amelie.eventuallyReads(['First\nstill first', 'See https://example.org/bells']);

  await keys.goesTo(amelie.message('See https'), 'Shift+Tab');
  await keys.press('ArrowUp');
  await isFocused(amelie.message('still first'), 'the arrow goes to the message before');
  await keys.press('End');
  await keys.press('Enter');
  await isFocused(page.getByRole('link', { name: 'https://example.org/bells' }), 'Enter goes into the message');
  await keys.press('Escape');
  await isFocused(amelie.message('See https'), 'Escape comes out of it');
  await keys.press('Escape');
  await isFocused(amelie.composer, 'and back to writing');

  const header = amelie.button('members.open');
  const here = amelie.roomLink('Town square');
  for (const target of [here, header, amelie.message('See https'), amelie.composer]) {
    await keys.press('F6');
    await isFocused(target, 'F6 walks the regions');
    await keys.assertFocusSeen();
  }
  await keys.press('Shift+F6');
  await isFocused(amelie.message('See https'), 'Shift+F6 walks them back');

  await keys.press('F6');
  await keys.goesTo(amelie.button('rooms.create'), 'Shift+Tab');
  await keys.press('Enter');
  await isFocused(amelie.field('create_room.name'), 'a dialog begins at its first field');
  await keys.press('Escape');
  await isFocused(amelie.button('rooms.create'), 'and gives the focus back');
  await keys.press('Enter');
  await isFocused(amelie.field('create_room.name'), 'and it begins there again');
  await keys.type('Workshop');
  await keys.press('Enter');
  await amelie.isIn('Workshop');
  await keys.press('Alt+ArrowUp');
  await amelie.isIn('Town square');
  await keys.press('Alt+ArrowDown');
  await amelie.isIn('Workshop');
  await isFocused(amelie.composer, 'after changing rooms one can write');

  await keys.press('Control+/');
  await amelie.dialog('help.title').waitFor();
  await keys.press('Escape');
  await amelie.dialog('help.title').waitFor({ state: 'detached' });
  await isFocused(amelie.composer, 'help gives the focus back');

  const menu = page.getByRole('button', { name: amelie.t('account.menu') });
  await keys.goesTo(menu, 'Shift+Tab');
  await keys.press('Enter');
  await keys.activates(amelie.button('sign_out.submit'));
  const confirm = amelie.dialog('sign_out.title').getByRole('button', { name: amelie.t('sign_out.submit') });
  await keys.activates(confirm);
  await page.waitForURL('**/sign-in');

  await isFocused(amelie.field('sign_in.username'), 'signing in begins at its first field');
  await keys.type('amelie');
  await keys.fills(amelie.password(), PASSWORD);
  await keys.press('Enter');
  await amelie.isIn('Town square');
}));

for (const width of [360, 1280]) {
  test(`the first Tab offers the way past the rooms, to the message field (${width} px)`, told(async (street) => {
    const house = await street.house();
    const alice = await street.person('alice', house.origin, { visitor: await house.foundedBy('alice'), width });
    const keys = new Keyboard(alice);
    await alice.opens(house.room);
    const skip = alice.page.getByRole('link', { name: alice.t('skip_link') });
    await keys.goesTo(skip, 'Shift+Tab');
    await keys.press('Enter');
    assert.ok(await keys.isOn(alice.composer));
  }));
}

test('alice jumps between unread rooms with Alt, Shift and the arrows', told(async (street) => {
  const house = await street.house();
  const founder = await house.foundedBy('alice');
  const rooms = [await founder.opensRoom('Archive'), await founder.opensRoom('Workshop')];
  const bob = await house.joinedBy('bob');
  const alice = await street.person('alice', house.origin, { visitor: founder });
  await alice.opens(house.room);
  await alice.isOnline();
  await bob.ask('POST', `/rooms/${rooms[1].id}/members/me`);
  await bob.says('Is anybody here?', rooms[1].id);
  await alice.roomLink(alice.tn('rooms.unread', 1)).waitFor();
  await alice.page.keyboard.press('Alt+Shift+ArrowDown');
  await alice.isIn('Workshop');
}));
