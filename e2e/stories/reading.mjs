// Reading and writing day by day: drafts, failures, limits, badges, and keeping one's place.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.mjs';
import { told } from '../support/told.mjs';

test('alice’s draft is there again after a reload, in its own room only, and gone once it is sent', told(async (street) => {
  const house = await street.house({ isGenerous: true });
  const founder = await house.foundedBy('alice');
  const workshop = await founder.opensRoom('Workshop');
  const alice = await street.person('alice', house.origin, { visitor: founder });
  await alice.opens(house.room);
  await alice.composer.fill('Half a thou');
  await alice.roomLink('Workshop').click();
  await alice.isIn('Workshop');
  assert.equal(await alice.composer.inputValue(), '');
  await alice.composer.fill('A word on the clock');
  await alice.page.reload();
  await alice.isIn('Workshop');
  assert.equal(await alice.composer.inputValue(), 'A word on the clock');
  await alice.composer.press('Enter');
  await alice.eventuallyReads(['A word on the clock']);
  await alice.page.reload();
  await alice.isIn(workshop.name);
  assert.equal(await alice.composer.inputValue(), '');
  await alice.roomLink('Town square').click();
  await alice.isIn('Town square');
  assert.equal(await alice.composer.inputValue(), 'Half a thou');
}));

test('a message that failed stays over a reload, can be sent again and can be deleted', told(async (street) => {
  const house = await street.house();
  const founder = await house.foundedBy('alice');
  const line = await street.line(house);
  const alice = await street.person('alice', line.origin, { visitor: founder });
  const bob = await street.person('bob', house.origin, { visitor: await house.joinedBy('bob') });
  await bob.opens(house.room);
  await alice.opens(house.room);
  await alice.isOnline();
  alice.expectsBrokenLine();
  alice.expects(/500 .*\/messages$/);
  await alice.page.route('**/messages', (route) => (route.request().method() === 'POST'
    ? route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ success: false, code: 'internal', status: 500, request_id: '0f3c' }) })
    : route.continue()));
  await alice.writes('Keep me');
  await alice.writes('Drop me');
  const failed = (text) => alice.message(text).getByText(alice.t('message.failed'));
  const press = (text, key) => alice.message(text).getByRole('button', { name: alice.t(key) }).click();
  await failed('Keep me').waitFor();
  await alice.message('Keep me').getByText('0f3c').waitFor();
  assert.deepEqual(await bob.reads(), []);

  await press('Drop me', 'action.retry');
  await failed('Drop me').waitFor();
  await press('Drop me', 'action.delete');
  await alice.message('Drop me').waitFor({ state: 'detached' });
  await alice.page.unroute('**/messages');
  await press('Keep me', 'action.retry');
  await alice.eventuallyReads(['Keep me']);
  await bob.eventuallyReads(['Keep me']);

  line.cut();
  await alice.writes('Wait for the line');
  await failed('Wait for the line').waitFor();
  line.mend();
  await alice.page.reload();
  await alice.isIn('Town square');
  await alice.eventuallyReads(['Keep me', 'Wait for the line']);
  await bob.eventuallyReads(['Keep me', 'Wait for the line']);
}));

test('the counter appears near the limit of 4,000 characters, counts them as people do, and too much is not sent', told(async (street) => {
  const house = await street.house();
  const alice = await street.person('alice', house.origin, { visitor: await house.foundedBy('alice') });
  await alice.opens(house.room);
  await alice.composer.fill('x'.repeat(3000));
  assert.equal(await alice.page.getByText(alice.tn('composer.left', 1000)).count(), 0);
  await alice.composer.fill('🔔'.repeat(3990));
  await alice.page.getByText(alice.tn('composer.left', 10)).waitFor();
  await alice.composer.fill('x'.repeat(4003));
  await alice.page.getByText(alice.tn('composer.too_long', 3)).first().waitFor();
  assert.equal(await alice.button('composer.send').isDisabled(), true);
  assert.equal(await alice.composer.getAttribute('aria-invalid'), 'true');
  await alice.composer.press('Enter');
  assert.equal((await alice.composer.inputValue()).length, 4003);
  assert.deepEqual(await alice.reads(), []);

  await alice.composer.fill('🔔'.repeat(4000));
  await alice.composer.press('Enter');
  await alice.eventuallyReads(['🔔'.repeat(4000)]);
}));

test('the server’s own refusal of a message is told at the message, and it can only be deleted or tried again', told(async (street) => {
  const house = await street.house();
  const alice = await street.person('alice', house.origin, { visitor: await house.foundedBy('alice') });
  alice.expects(/422 .*\/messages$/);
  await alice.opens(house.room);
  await alice.isOnline();
  await alice.writes('A bell\u0007 rings');
  await alice.message('rings').getByText(alice.t('field.control_characters')).waitFor();
  await alice.writes('The next one goes out all the same');
  await eventually(async () => assert.equal(await alice.message('all the same').getAttribute('data-state'), 'sent'));
  await alice.message('rings').getByRole('button', { name: alice.t('action.delete') }).click();
  await alice.eventuallyReads(['The next one goes out all the same']);
}));

test('what bob says elsewhere shows as a badge at the room and in the title, until alice has read it', told(async (street) => {
  const house = await street.house();
  const founder = await house.foundedBy('alice');
  const workshop = await founder.opensRoom('Workshop');
  const bob = await house.joinedBy('bob');
  const alice = await street.person('alice', house.origin, { visitor: founder });
  await alice.opens(workshop);
  await alice.isOnline();
  await bob.says('One');
  await bob.says('Two, @alice');
  await alice.roomLink(alice.tn('rooms.mentions', 1)).waitFor();
  await eventually(async () => assert.match(await alice.page.title(), /^\(2\) Workshop – /));

  const marked = alice.page.waitForResponse((answer) => answer.url().endsWith('/read') && answer.ok());
  await alice.roomLink('Town square').click();
  await alice.isIn('Town square');
  await alice.list.getByText(alice.t('messages.new'), { exact: true }).waitFor();
  await eventually(async () => assert.equal(await alice.page.title(), 'Town square – The Belfry'));
  assert.equal(await alice.page.getByRole('navigation').locator('.badge').count(), 0);
  await marked;
  await alice.page.reload();
  await alice.isIn('Town square');
  assert.equal(await alice.page.title(), 'Town square – The Belfry');
}));

const HISTORY = 230;

/** A long room. @param {import('../support/house.mjs').House} house */
async function fill(house) {
  const speaker = await house.joinedBy('carol');
  for (let i = 1; i <= HISTORY; i++) await speaker.says(`Line ${i}`);
}

const scroller = (person) => person.page.locator('.timeline');
const isAtEnd = (person) => scroller(person).evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 40);

test('alice reads older messages: they come as she scrolls up, and her place stays; what is new waits behind a button', told(async (street) => {
  const house = await street.house({ isGenerous: true });
  const founder = await house.foundedBy('alice');
  await fill(house);
  const bob = await house.joinedBy('bob');
  await founder.ask('PUT', `/rooms/${house.room.id}/read`, { message: (await founder.ask('GET', `/rooms/${house.room.id}/messages?limit=1`)).data[0].id });
  const alice = await street.person('alice', house.origin, { visitor: founder });
  await alice.opens(house.room);
  await alice.isOnline();
  await alice.message(`Line ${HISTORY}`).waitFor();
  assert.equal(await isAtEnd(alice), true);
  assert.equal((await alice.reads()).length, 100);

  const place = await scroller(alice).evaluate((box) => {
    box.scrollTop = 300;
    const first = [...box.querySelectorAll('li.message')].find((line) => line.getBoundingClientRect().top >= box.getBoundingClientRect().top);
    return { id: first.dataset.id, top: first.getBoundingClientRect().top };
  });
  await eventually(async () => assert.ok((await alice.reads()).length >= 200));
  const now = await scroller(alice).evaluate((box, id) => box.querySelector(`[data-id="${id}"]`).getBoundingClientRect().top, place.id);
  assert.ok(Math.abs(now - place.top) <= 2, `the line moved by ${now - place.top} px`);

  await bob.says('Meanwhile');
  await bob.says('Meanwhile, again');
  const pill = alice.page.getByRole('button', { name: alice.tn('messages.new_below', 2) });
  await pill.waitFor();
  const still = await scroller(alice).evaluate((box, id) => box.querySelector(`[data-id="${id}"]`).getBoundingClientRect().top, place.id);
  assert.ok(Math.abs(still - place.top) <= 2, `a new message moved the reader by ${still - place.top} px`);
  await pill.click();
  await alice.message('Meanwhile, again').waitFor();
  assert.equal(await isAtEnd(alice), true);
  await pill.waitFor({ state: 'detached' });

  await scroller(alice).evaluate((box) => { box.scrollTop = 0; });
  await alice.text('messages.beginning').waitFor();
  const texts = await alice.reads();
  assert.deepEqual(texts.slice(0, 2), ['Line 1', 'Line 2']);
  assert.deepEqual(texts.slice(0, HISTORY), Array.from({ length: HISTORY }, (_, i) => `Line ${i + 1}`));
}));

test('alice comes back to a room where much was said: it opens at the first unread line', told(async (street) => {
  const house = await street.house({ isGenerous: true });
  const founder = await house.foundedBy('alice');
  const first = await founder.says('The last thing alice saw');
  await founder.ask('PUT', `/rooms/${house.room.id}/read`, { message: first.id });
  const bob = await house.joinedBy('bob');
  for (let i = 1; i <= 60; i++) await bob.says(`Missed ${i}`);
  const alice = await street.person('alice', house.origin, { visitor: founder });
  await alice.opens(house.room);
  const divider = alice.list.getByText(alice.t('messages.new'), { exact: true });
  await divider.waitFor();
  const { top, bottom } = await divider.evaluate((line) => {
    const box = line.closest('.timeline').getBoundingClientRect();
    const own = line.getBoundingClientRect();
    return { top: own.top - box.top, bottom: box.bottom - own.bottom };
  });
  assert.ok(top >= 0 && bottom > 100, `the divider stands ${top} px below the top, ${bottom} px above the end`);
  assert.equal(await isAtEnd(alice), false);
  await eventually(async () => assert.equal(await alice.message('Missed 1').first().isVisible(), true));
}));

test('bob opens a room that is not his, or never was: the page says the same in both cases', told(async (street) => {
  const house = await street.house();
  await house.foundedBy('alice');
  const bob = await street.person('bob', house.origin, { visitor: await house.joinedBy('bob') });
  bob.expects(/404 /, /400 /);
  for (const id of ['00000000-0000-4000-8000-000000000000', 'nonsense']) {
    await bob.visits(`/rooms/${id}`);
    await bob.heading('room.missing_title').waitFor();
  }
  await bob.page.getByRole('link', { name: bob.t('room.to_list') }).click();
  await bob.isIn('Town square');
}));

test('what alice has read is told to the server at the latest when she goes, though messages come faster than it is told', told(async (street) => {
  const house = await street.house({ isGenerous: true });
  const founder = await house.foundedBy('alice');
  const bob = await house.joinedBy('bob');
  const alice = await street.person('alice', house.origin, { visitor: founder });
  await alice.opens(house.room);
  await alice.isOnline();
  const unread = async () => (await founder.ask('GET', `/rooms/${house.room.id}`)).data.unread;
  await bob.says('one');
  await alice.message('one').waitFor();
  await eventually(async () => assert.equal(await unread(), 0));
  for (const text of ['two', 'three', 'four']) await bob.says(text);
  await alice.message('four').waitFor();
  assert.equal(await unread(), 3);
  await alice.page.goto('about:blank');
  await eventually(async () => assert.equal(await unread(), 0));
}));
