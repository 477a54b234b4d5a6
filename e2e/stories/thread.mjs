// A message and its answers, beside the room (CH-2).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.mjs';
import { told } from '../support/told.mjs';

/** Bob asked something and carol answered; alice reads. */
async function alicesThread(street, size = {}) {
  const house = await street.house({ isGenerous: true });
  const founder = await house.foundedBy('alice');
  const [bob, carol] = [await house.joinedBy('bob'), await house.joinedBy('carol')];
  const answers = (visitor, text, to) => visitor.ask('POST', `/rooms/${house.room.id}/messages`, { text, reply_to: to.id, client_id: crypto.randomUUID() }).then(({ data }) => data);
  const root = await bob.says('Who brings the ladder?');
  await founder.says('Something else');
  const first = await answers(carol, 'I have one', root);
  const alice = await street.person('alice', house.origin, { visitor: founder, ...size });
  await alice.opens(house.room);
  await alice.isOnline();
  return { house, alice, bob, carol, root, first, answers };
}

const panel = (person) => person.page.getByRole('complementary', { name: person.t('thread.title'), exact: true });
const read = (person) => panel(person).locator('.message-body').allInnerTexts();
const eventuallyRead = (person, texts) => eventually(async () => {
  assert.deepEqual(await read(person), texts);
  assert.equal(await panel(person).locator('[data-state="sending"]').count(), 0);
});
const replies = (person, count) => person.list.getByRole('button', { name: person.tn('thread.replies', count), exact: true });

test('alice opens the thread of a message, answers in it, and what others answer appears in it', told(async (street) => {
  const { alice, bob, root, first, answers } = await alicesThread(street);
  await replies(alice, 1).click();
  await eventuallyRead(alice, ['Who brings the ladder?', 'I have one']);
  await alice.page.getByRole('textbox', { name: alice.t('thread.field') }).fill('Thank you, carol');
  await alice.page.keyboard.press('Enter');
  await eventuallyRead(alice, ['Who brings the ladder?', 'I have one', 'Thank you, carol']);
  await replies(alice, 2).waitFor();
  await answers(bob, 'At noon then', first);
  await eventuallyRead(alice, ['Who brings the ladder?', 'I have one', 'Thank you, carol', 'At noon then']);
  await replies(alice, 3).waitFor();
  await bob.says('Not in the thread');
  await alice.message('Not in the thread').waitFor();
  assert.equal((await read(alice)).length, 4);
  const sent = (await bob.ask('GET', `/rooms/${root.room_id}/messages?limit=100`)).data.find(({ text }) => text === 'Thank you, carol');
  assert.equal(sent.thread_root, root.id);
}));

test('an answer is edited and deleted in the thread, and the count follows', told(async (street) => {
  const { alice, carol, first } = await alicesThread(street);
  await replies(alice, 1).click();
  await eventuallyRead(alice, ['Who brings the ladder?', 'I have one']);
  await carol.ask('PATCH', `/rooms/${first.room_id}/messages/${first.id}`, { text: 'I have two' });
  await panel(alice).getByText('I have two').waitFor();
  await alice.page.getByRole('textbox', { name: alice.t('thread.field') }).fill('Mine is short');
  await alice.page.keyboard.press('Enter');
  const mine = panel(alice).getByRole('listitem').filter({ hasText: 'Mine is short' });
  await replies(alice, 2).waitFor();
  await mine.hover();
  await mine.getByRole('button', { name: alice.t('action.edit'), exact: true }).click();
  await panel(alice).getByRole('textbox', { name: alice.t('edit.field') }).fill('Mine is long');
  await alice.page.keyboard.press('Enter');
  await panel(alice).getByText('Mine is long').waitFor();
  await carol.ask('DELETE', `/rooms/${first.room_id}/messages/${first.id}`);
  await replies(alice, 1).waitFor();
  await panel(alice).getByText(alice.t('message.deleted_by_author')).waitFor();
}));

test('the thread keeps its place in the history and over a reload; closing it leads back to its message', told(async (street) => {
  const { house, alice } = await alicesThread(street, { width: 360, height: 720 });
  const { page } = alice;
  await replies(alice, 1).click();
  await eventuallyRead(alice, ['Who brings the ladder?', 'I have one']);
  assert.ok(!await alice.list.isVisible(), 'on a narrow screen the thread stands alone');
  await page.reload();
  await eventuallyRead(alice, ['Who brings the ladder?', 'I have one']);
  await alice.button('thread.back').click();
  await alice.isIn(house.room.name);
  await replies(alice, 1).click();
  await eventuallyRead(alice, ['Who brings the ladder?', 'I have one']);
  await page.goBack();
  await alice.isIn(house.room.name);
  assert.equal(await panel(alice).count(), 0);
  await eventually(async () => assert.ok(await alice.message('Who brings the ladder?').first().evaluate((item) => item === document.activeElement)));
}));

test('by keyboard: Enter and the toolbar open the thread, F6 walks to it, Escape closes it', told(async (street) => {
  const { alice } = await alicesThread(street);
  const { page } = alice;
  await alice.message('Something else').focus();
  await page.keyboard.press('Enter');
  await alice.message('Something else').getByRole('button', { name: alice.t('action.thread') }).focus();
  await page.keyboard.press('Enter');
  const field = page.getByRole('textbox', { name: alice.t('thread.field') });
  await eventually(async () => assert.ok(await field.evaluate((one) => one === document.activeElement)));
  await alice.text('thread.empty').waitFor();
  await page.keyboard.press('F6');
  await page.keyboard.press('Shift+F6');
  assert.ok(await field.evaluate((one) => one === document.activeElement));
  await page.keyboard.press('Escape');
  await panel(alice).waitFor({ state: 'detached' });
}));
