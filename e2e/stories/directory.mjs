// Finding rooms one is not in (CH-1).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.mjs';
import { told } from '../support/told.mjs';

/** Bob opened three rooms, one of which is archived; alice is in none of them. */
async function alicesDirectory(street) {
  const house = await street.house({ isGenerous: true });
  const founder = await house.foundedBy('alice');
  const bob = await house.joinedBy('bob');
  const rooms = {};
  for (const [name, topic] of [['Archive of maps', ''], ['Café', 'Cakes and news'], ['Yard', 'Bicycles']]) rooms[name] = await bob.opensRoom(name, topic);
  for (const text of ['One', 'two', 'three']) await bob.says(text, rooms.Yard.id);
  await bob.ask('PATCH', `/rooms/${rooms['Archive of maps'].id}`, { archived: true });
  const alice = await street.person('alice', house.origin, { visitor: founder });
  await alice.opens(house.room);
  await alice.button('rooms.browse').click();
  const dialog = alice.dialog('rooms.browse');
  const names = () => dialog.getByRole('heading', { level: 3 }).allInnerTexts();
  const eventuallyLists = (expected) => eventually(async () => assert.deepEqual(await names(), expected));
  await eventuallyLists(['Café', 'Yard']);
  return { alice, bob, rooms, dialog, eventuallyLists };
}

test('alice searches by name and topic, without minding accents, and puts the busiest first', told(async (street) => {
  const { alice, dialog, eventuallyLists } = await alicesDirectory(street);
  await dialog.getByRole('combobox', { name: alice.t('browse.order') }).selectOption('busy');
  await eventuallyLists(['Yard', 'Café']);
  const search = dialog.getByRole('searchbox', { name: alice.t('browse.filter') });
  await search.fill('cafe');
  await eventuallyLists(['Café']);
  await search.fill('bicy');
  await eventuallyLists(['Yard']);
  await search.fill('zzz');
  await alice.text('browse.no_match').waitFor();
}));

test('alice joins from the list, or looks in first', told(async (street) => {
  const { alice, dialog } = await alicesDirectory(street);
  await alice.button('browse.join_room', { room: 'Yard' }).click();
  await alice.isIn('Yard');
  await alice.composer.waitFor();
  await alice.button('rooms.browse').click();
  await alice.button('browse.open_room', { room: 'Café' }).click();
  await dialog.waitFor({ state: 'detached' });
  await alice.button('room.join').waitFor();
}));

test('archived rooms have a list of their own: they are read, not joined', told(async (street) => {
  const { alice, dialog, eventuallyLists } = await alicesDirectory(street);
  await dialog.getByRole('checkbox', { name: alice.t('browse.archived') }).check();
  await eventuallyLists(['Archive of maps']);
  assert.equal(await alice.button('browse.join_room', { room: 'Archive of maps' }).count(), 0);
  await alice.button('browse.open_room', { room: 'Archive of maps' }).click();
  await alice.page.getByRole('main', { name: 'Archive of maps' }).waitFor();
}));
