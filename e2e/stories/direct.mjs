// Conversations of a few people, and whom one does not want to hear (AZ-4, CH-1).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.mjs';
import { told } from '../support/told.mjs';

/** Alice in the first room, with bob and carol in the house. */
async function alicesStreet(street) {
  const house = await street.house({ isGenerous: true });
  const founder = await house.foundedBy('alice');
  const [bob, carol] = [await house.joinedBy('bob'), await house.joinedBy('carol')];
  const alice = await street.person('alice', house.origin, { visitor: founder });
  await alice.opens(house.room);
  await alice.isOnline();
  return { house, founder, bob, carol, alice };
}

const direct = async (visitor, ...users) => (await visitor.ask('POST', '/dms', { users: users.map(({ user }) => user.id) })).data;

test('alice finds bob by the first letters of his name and writes to him; he sees who it is and answers', told(async (street) => {
  const { house, alice, bob } = await alicesStreet(street);
  const bobsPage = await street.person('bob', house.origin, { visitor: bob });
  await bobsPage.opens(house.room);
  await bobsPage.isOnline();

  await alice.button('dm.new').click();
  await alice.page.keyboard.type('bo');
  await alice.page.getByRole('option', { name: 'bob', selected: true }).waitFor();
  await alice.page.keyboard.press('Enter');
  await alice.button('people.remove', { person: 'bob' }).waitFor();
  await alice.button('dm.open').click();
  await alice.isIn('bob');
  assert.match(await alice.page.title(), /^bob – /);
  await alice.writes('Between you and me');

  await bobsPage.roomLink('alice').click();
  await bobsPage.isIn('alice');
  await bobsPage.eventuallyReads(['Between you and me']);
  await bobsPage.writes('Go on');
  await alice.eventuallyReads(['Between you and me', 'Go on']);

  await alice.button('dm.new').click();
  await alice.page.keyboard.type('bob');
  await alice.page.getByRole('option', { name: 'bob', selected: true }).waitFor();
  await alice.page.keyboard.press('Enter');
  await alice.button('dm.open').click();
  await alice.dialog('dm.new').waitFor({ state: 'detached' });
  assert.equal(await alice.roomLink('bob').count(), 1);
}));

test('people are chosen and given up by keyboard; who chooses nobody opens nothing', told(async (street) => {
  const { alice } = await alicesStreet(street);
  const { page } = alice;
  await alice.button('dm.new').click();
  assert.ok(await alice.button('dm.open').isDisabled());
  for (const name of ['bob', 'carol']) {
    await page.keyboard.type(name);
    await page.getByRole('option', { name, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await alice.button('people.remove', { person: name }).waitFor();
  }
  await page.keyboard.press('Backspace');
  await alice.button('people.remove', { person: 'carol' }).waitFor({ state: 'detached' });
  await page.getByRole('option', { name: 'carol' }).waitFor();
  assert.equal(await page.getByRole('option', { name: 'alice' }).count(), 0);
  await page.keyboard.type('nobody');
  await alice.text('people.none').waitFor();
}));

test('a group bears the names of the others, and no longer that of carol once she left', told(async (street) => {
  const { alice, bob, carol, founder } = await alicesStreet(street);
  const room = await direct(bob, carol, founder);
  await alice.roomLink(/bob.* and .*carol/).click();
  await alice.page.getByRole('heading', { level: 1, name: /bob.* and .*carol/ }).waitFor();
  await alice.isOnline();
  await carol.ask('DELETE', `/rooms/${room.id}/members/me`);
  await alice.isIn('bob');
  await alice.button('dm.about').click();
  await alice.button('dm.leave').click();
  await alice.text('dm.leave_confirm').waitFor();
  await alice.button('dm.leave').click();
  await alice.roomLink('bob').waitFor({ state: 'detached' });
}));

test('alice blocks bob from one of his messages: they fold away, their conversation shuts, and she can take it back', told(async (street) => {
  const { alice, bob, founder, house } = await alicesStreet(street);
  const conversation = await direct(founder, bob);
  const first = await bob.says('Listen to me');
  await bob.ask('POST', `/rooms/${house.room.id}/messages`, { text: 'I answer myself', reply_to: first.id, client_id: crypto.randomUUID() });
  await alice.message('Listen to me').first().getByRole('button', { name: 'bob' }).click();
  await alice.button('person.block').click();
  await alice.button('person.block').click();
  await alice.text('person.blocked').waitFor();
  await alice.page.keyboard.press('Escape');
  await alice.page.getByRole('dialog').waitFor({ state: 'detached' });
  await eventually(async () => assert.equal(await alice.list.getByText('Listen to me').count(), 0));
  await alice.button('message.blocked_show').first().click();
  await alice.message('Listen to me').first().waitFor();

  await alice.opens({ id: conversation.id, name: 'bob' });
  await alice.text('composer.blocked', { person: 'bob' }).waitFor();
  assert.equal(await alice.composer.count(), 0);
  await assert.rejects(bob.says('And now?', conversation.id), /person\.unreachable/);
  await alice.button('person.unblock').click();
  await alice.composer.waitFor();
  await bob.says('And now?', conversation.id);
  await alice.message('And now?').waitFor();
}));

test('Ctrl+K finds people too, and opens the conversation with them', told(async (street) => {
  const { alice } = await alicesStreet(street);
  await alice.page.keyboard.press('Control+k');
  await alice.page.keyboard.type('caro');
  await alice.page.getByRole('option', { name: 'carol', selected: true }).waitFor();
  await alice.page.keyboard.press('Enter');
  await alice.isIn('carol');
  await alice.page.keyboard.press('Control+k');
  await alice.page.keyboard.type('carol');
  await alice.page.getByRole('option', { name: 'carol', selected: true }).waitFor();
  assert.equal(await alice.page.getByRole('option', { name: 'carol' }).count(), 1);
}));

test('what is told while a window is open is heard in that window', told(async (street) => {
  const { alice } = await alicesStreet(street);
  await alice.context.grantPermissions(['clipboard-write']);
  await alice.page.getByRole('button', { name: alice.t('account.menu') }).click();
  await alice.button('invites.title').click();
  await alice.button('invites.create').click();
  await alice.dialog('invites.title').getByRole('button', { name: alice.t('copy.copy') }).first().click();
  await eventually(async () => assert.equal(await alice.page.locator('dialog [aria-live="polite"]').textContent(), alice.t('copy.done')));
}));
