// What people may write to hurt others: it is shown as text, breaks no rule of the page and no layout (RA-4, CH-9).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.mjs';
import { assertWithinWidth } from '../support/layout.mjs';
import { told } from '../support/told.mjs';

const NARROW = { width: 360, height: 720 };

/** Read as they were written. */
const LITERAL = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg/onload=alert(1)>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<style>body{display:none}</style>',
  '</li></ol></main><main>a second page',
  '{{7 * 7}} ${7 + 7} %00 &amp',
  'constructor.prototype.polluted',
  '\u202egnp.exe\u202c looks like exe.png',
  'العربية ثم english ثم العربية',
  '\u2066\u2067\u2068 isolates that nobody closed',
  'a\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308'.repeat(20),
  '👩‍👩‍👧‍👦'.repeat(120),
  '﷽'.repeat(60),
  'm'.repeat(4000),
];

/** A link that leads nowhere good is words; the address stays to be seen. */
const REFUSED_LINKS = {
  '[click me](javascript:alert(1))': 'click me (javascript:alert(1))',
  '[click me](data:text/html,<script>alert(1)</script>)': 'click me (data:text/html,<script>alert(1)</script>)',
  '<a href="javascript:alert(1)">click me</a>': '<a href="javascript:alert(1)">click me</a>',
  '[click me](//evil.example)': 'click me (//evil.example)',
};

const NAMES = ['<img src=x onerror=alert(1)>', 'W'.repeat(80), 'שלום עולם '.repeat(8).trim(), '🎉'.repeat(40), '﷽'.repeat(80), '"\'`>{{}}', 'e\u0301\u0302\u0303\u0304'.repeat(15).normalize('NFC')];

test('a page that breaks its own policy is noticed', async () => {
  const trouble = await new Promise((resolve, reject) => {
    told(async (street) => {
      const house = await street.house();
      const mallory = await street.person('mallory', house.origin);
      await mallory.visits('/sign-in');
      await mallory.page.evaluate(() => {
        const style = document.createElement('style');
        style.textContent = 'body { color: red }';
        document.head.append(style);
        try { document.body.innerHTML = '<b>markup</b>'; } catch { /* Trusted Types refuse it */ }
      });
      await eventually(async () => assert.ok(mallory.trouble.some((line) => line.includes('require-trusted-types-for'))));
      resolve(mallory.trouble.join('\n'));
      mallory.expects(/./);
    })().catch(reject);
  });
  assert.match(trouble, /policy violated: style-src/);
});

test('mallory’s messages are words to bob, whatever they hold', told(async (street) => {
  const house = await street.house({ isGenerous: true });
  await house.foundedBy('alice');
  const mallory = await house.joinedBy('mallory');
  const bob = await street.person('bob', house.origin, { ...NARROW, visitor: await house.joinedBy('bob') });
  let opened = 0;
  bob.page.on('dialog', (dialog) => { opened += 1; void dialog.dismiss(); });
  await bob.opens(house.room);
  await bob.isOnline();
  for (const text of [...LITERAL, ...Object.keys(REFUSED_LINKS)]) await mallory.says(text);
  await eventually(async () => assert.equal((await bob.reads()).length, LITERAL.length + Object.keys(REFUSED_LINKS).length));

  const bodies = await bob.list.locator('.message-body').evaluateAll((elements) => elements.map((element) => element.textContent));
  assert.deepEqual(bodies, [...LITERAL, ...Object.values(REFUSED_LINKS)]);
  const inside = await bob.list.locator('.message-body *').evaluateAll((elements) => [...new Set(elements.map((element) => element.localName))]);
  assert.deepEqual(inside.filter((name) => !['p', 'br', 'code', 'strong', 'em'].includes(name)), []);
  await assertWithinWidth(bob.page, 'the room');

  await bob.page.reload();
  await bob.isIn(house.room.name);
  assert.deepEqual(await bob.list.locator('.message-body').evaluateAll((elements) => elements.map((element) => element.textContent)), bodies);
  assert.equal(opened, 0);
}));

test('what bob typed himself is shown to him as it will be to others, also while it is under way', told(async (street) => {
  const house = await street.house();
  await house.foundedBy('alice');
  const line = await street.line(house);
  const bob = await street.person('bob', line.origin, { ...NARROW, visitor: await house.joinedBy('bob') });
  await bob.opens(house.room);
  await bob.isOnline();
  line.hold();
  await bob.writes('<img src=x onerror=alert(1)>');
  await bob.writes('m'.repeat(4000));
  await eventually(async () => assert.deepEqual(await bob.reads(), ['<img src=x onerror=alert(1)>', 'm'.repeat(4000)]));
  await assertWithinWidth(bob.page, 'with unsent messages');
  line.mend();
  await bob.eventuallyReads(['<img src=x onerror=alert(1)>', 'm'.repeat(4000)]);
}));

test('hostile names of the server, of rooms, topics and people are text on every screen, and fit a narrow one', told(async (street) => {
  const house = await street.house({ isGenerous: true });
  const serverName = `<b>${'W'.repeat(73)}</b>`;
  const alice = await house.foundedBy('W'.repeat(50), { serverName, roomName: `<script>${'x'.repeat(70)}` });
  const arab = await house.joinedBy('ﷺ'.repeat(50));
  await house.joinedBy('مستخدم');
  const salam = await arab.says('Salam');
  await alice.ask('PUT', `/rooms/${house.room.id}/read`, { message: salam.id });
  const rooms = [];
  for (const name of NAMES) rooms.push(await alice.opensRoom(name, `<a href="javascript:alert(1)">${'T'.repeat(200)}`));
  const owner = await street.person('owner', house.origin, { ...NARROW, visitor: alice });
  const { page } = owner;
  const assertFits = (where) => assertWithinWidth(page, where);

  await owner.visits('/');
  for (const name of NAMES) await owner.page.getByRole('link', { name, exact: true }).waitFor();
  await page.getByRole('navigation').getByText(serverName, { exact: true }).waitFor();
  await assertFits('the list of rooms');

  for (const room of rooms) {
    await page.getByRole('link', { name: room.name, exact: true }).click();
    await page.getByRole('heading', { name: room.name, exact: true }).waitFor();
    assert.equal(await page.title(), `${room.name} – ${serverName}`);
    await assertFits(`the room ${room.name}`);
    await owner.button('members.open').click();
    await page.getByRole('dialog', { name: room.name, exact: true }).waitFor();
    await assertFits(`about the room ${room.name}`);
    await page.keyboard.press('Escape');
    await owner.button('room.back').click();
  }

  await page.getByRole('link', { name: house.room.name, exact: true }).click();
  await owner.message('Salam').waitFor();
  await assertFits('the first room');
  await owner.button('members.open').click();
  await page.getByRole('dialog').getByText('مستخدم').waitFor();
  await assertFits('its members');
  await page.keyboard.press('Escape');
  await owner.button('room.back').click();

  await page.getByRole('button', { name: owner.t('account.menu') }).click();
  await assertFits('the account menu');
  await owner.button('invites.title').click();
  await owner.dialog('invites.title').getByRole('listitem').first().waitFor();
  await assertFits('the invitations');
  await page.keyboard.press('Escape');

  const { data: invite } = await alice.ask('POST', '/invites', { room: rooms[1].id });
  await owner.visits(`/invite/${invite.code}`);
  await owner.heading('invite.heading', { person: 'W'.repeat(50), server: serverName }).waitFor();
  await assertFits('the invitation');

  const guest = await street.person('guest', house.origin, NARROW);
  await guest.visits('/sign-in');
  await guest.heading('sign_in.heading', { server: serverName }).waitFor();
  await assertWithinWidth(guest.page, 'signing in');

  const bob = await street.person('bob', house.origin, { ...NARROW, visitor: await house.joinedBy('bob') });
  await bob.visits('/');
  await bob.button('rooms.browse').click();
  await bob.dialog('rooms.browse').getByRole('heading', { name: 'W'.repeat(80), exact: true }).waitFor();
  await assertWithinWidth(bob.page, 'browsing rooms');
  for (const injected of ['script:not([src])', 'img[src="x"]', 'a[href^="javascript"]']) assert.equal(await bob.page.locator(injected).count(), 0);
}));

test('hostile names of people are text in conversations, pickers, threads and lists of members, and fit a narrow screen', told(async (street) => {
  const house = await street.house({ isGenerous: true });
  const wide = 'W'.repeat(50);
  const bob = await house.foundedBy('bob');
  const others = [await house.joinedBy(wide), await house.joinedBy('ﷺ'.repeat(50)), await house.joinedBy('مستخدم')];
  const names = others.map(({ user }) => user.username);
  const group = (await bob.ask('POST', '/dms', { users: others.map(({ user }) => user.id) })).data;
  const two = (await bob.ask('POST', '/dms', { users: [others[0].user.id] })).data;
  const root = await others[0].says('<marquee>root', group.id);
  for (const visitor of others) await visitor.ask('POST', `/rooms/${group.id}/messages`, { text: `<img src=x>${'m'.repeat(300)}`, reply_to: root.id, client_id: crypto.randomUUID() });
  const asked = await bob.says('Who is there?', group.id);
  await others[0].ask('POST', `/rooms/${group.id}/messages`, { text: `<img src=x>${'m'.repeat(300)}`, reply_to: asked.id, client_id: crypto.randomUUID() });
  const reader = await street.person('bob', house.origin, { ...NARROW, visitor: bob });
  const { page } = reader;
  const assertFits = (where) => assertWithinWidth(page, where);

  await reader.visits('/');
  await page.getByRole('link', { name: wide, exact: true }).waitFor();
  await assertFits('the conversations');
  await reader.visits('/activity');
  await page.getByRole('list', { name: reader.t('activity.list') }).getByText(wide).waitFor();
  await assertFits('the activity');
  assert.equal(await page.locator('.activity img').count(), 0);
  await reader.visits(`/rooms/${group.id}`);
  await reader.message('<marquee>root').first().waitFor();
  for (const name of names) assert.match(await page.title(), new RegExp(name));
  await assertFits('a group');
  await reader.button('dm.about').click();
  await page.getByRole('dialog').getByRole('button', { name: wide, exact: true }).waitFor();
  await assertFits('its people');
  await page.getByRole('dialog').getByRole('button', { name: wide, exact: true }).click();
  await page.getByRole('dialog', { name: wide, exact: true }).waitFor();
  await reader.button('person.block').click();
  await assertFits('a person');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await reader.list.getByRole('button', { name: reader.tn('thread.replies', 3) }).click();
  await page.locator('.thread .message-body').nth(3).waitFor();
  await assertFits('the thread');

  await reader.visits(`/rooms/${two.id}`);
  await page.getByRole('heading', { level: 1, name: wide, exact: true }).waitFor();
  await assertFits('a conversation');
  await reader.button('room.back').click();
  await reader.button('dm.new').click();
  for (const name of names) {
    await page.getByRole('combobox').fill(name);
    await page.getByRole('option', { name, exact: true, selected: true }).waitFor();
    await page.keyboard.press('Enter');
  }
  await assertFits('the chosen people');
  await page.keyboard.press('Escape');
  await bob.ask('PUT', `/people/${others[0].user.id}/block`);
  await reader.visits(`/rooms/${two.id}`);
  await reader.button('person.unblock').waitFor();
  await assertFits('a blocked conversation');
  for (const injected of ['.message-body marquee', '.message-body img']) assert.equal(await page.locator(injected).count(), 0);
}));

test('a room name that would turn its surroundings around is refused, with the reason at the field', told(async (street) => {
  const house = await street.house();
  const alice = await street.person('alice', house.origin, { visitor: await house.foundedBy('alice') });
  alice.expects(/422 .*\/rooms$/);
  await alice.opens(house.room);
  await alice.button('rooms.create').click();
  await alice.field('create_room.name').fill('\u202egnp.exe');
  await alice.button('create_room.submit').click();
  await alice.text('field.control_characters').waitFor();
  assert.equal(await alice.field('create_room.name').getAttribute('aria-invalid'), 'true');
}));
