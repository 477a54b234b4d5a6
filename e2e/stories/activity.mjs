// What others said to somebody, gathered from all rooms: new, read, marked, and gone with the room it stood in (CH-2).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.mjs';
import { told } from '../support/told.mjs';

/** Alice in the first room; bob, too, and in the garden with her. */
async function alicesStreet(street) {
  const house = await street.house({ isGenerous: true });
  const founder = await house.foundedBy('alice');
  const bob = await house.joinedBy('bob');
  const garden = await founder.opensRoom('Garden');
  await bob.ask('POST', `/rooms/${garden.id}/members/me`);
  const alice = await street.person('alice', house.origin, { visitor: founder });
  await alice.opens(house.room);
  await alice.isOnline();
  return { house, founder, bob, garden, alice };
}

const answer = (visitor, to, text) => visitor.ask('POST', `/rooms/${to.room_id}/messages`, { text, reply_to: to.id, client_id: crypto.randomUUID() });
const link = (alice) => alice.roomLink(alice.t('activity.title'));
const items = (alice) => alice.page.getByRole('list', { name: alice.t('activity.list') }).getByRole('link');

test('bob answers alice elsewhere: a number says so at once, and one click leads to what he wrote', told(async (street) => {
  const { founder, bob, garden, alice } = await alicesStreet(street);
  await link(alice).click();
  await alice.heading('activity.empty_title').waitFor();
  const question = await founder.says('Shall we plant roses?', garden.id);
  await answer(bob, question, 'Tulips, rather');
  await link(alice).filter({ hasText: alice.tn('activity.count', 1) }).waitFor();
  await items(alice).filter({ hasText: 'Tulips, rather' }).filter({ hasText: alice.t('activity.new') }).click();
  await alice.isIn('Garden');
  await alice.message('Tulips, rather').waitFor();
  await eventually(async () => assert.equal(await alice.page.evaluate(() => document.activeElement?.textContent?.includes('Tulips, rather')), true));
  // Read in its room, it is no longer new.
  await eventually(async () => assert.equal(await link(alice).getByText(alice.tn('activity.count', 1)).count(), 0));
  await alice.page.reload();
  await alice.isIn('Garden');
  await link(alice).click();
  await items(alice).first().waitFor();
  assert.equal(await items(alice).filter({ hasText: alice.t('activity.new') }).count(), 0);
}));

test('alice marks all as read by keyboard, and it stays so; what is deleted is gone', told(async (street) => {
  const { founder, bob, garden, alice } = await alicesStreet(street);
  const question = await founder.says('Shall we plant roses?', garden.id);
  await answer(bob, question, 'No');
  const yes = (await answer(bob, question, 'Yes, after all')).data;
  await link(alice).filter({ hasText: alice.tn('activity.count', 2) }).waitFor();
  await alice.page.keyboard.press('Control+k');
  await alice.page.keyboard.type(alice.t('activity.title'));
  await alice.page.getByRole('option', { name: alice.t('activity.title'), selected: true }).waitFor();
  await alice.page.keyboard.press('Enter');
  await items(alice).nth(1).waitFor();
  await alice.button('activity.mark_all').press('Enter');
  await alice.button('activity.mark_all').waitFor({ state: 'detached' });
  assert.equal(await alice.page.evaluate(() => document.activeElement?.tagName), 'H1');
  await alice.page.reload();
  await items(alice).nth(1).waitFor();
  assert.equal(await items(alice).filter({ hasText: alice.t('activity.new') }).count(), 0);
  await alice.isOnline();
  await bob.ask('DELETE', `/rooms/${garden.id}/messages/${yes.id}`);
  await eventually(async () => assert.equal(await items(alice).count(), 1));
}));
