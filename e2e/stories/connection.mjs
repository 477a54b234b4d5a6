// The line breaks, the server falls: nothing is lost, nothing comes twice (CH-3).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { engines } from '../support/house.mjs';
import { eventually } from '../support/eventually.mjs';
import { told } from '../support/told.mjs';

test('bob is cut off while alice talks and he writes; when the line is mended, each has all of it, in order and once', told(async (street) => {
  const house = await street.house();
  const founder = await house.foundedBy('alice');
  const line = await street.line(house);
  const alice = await street.person('alice', house.origin, { visitor: founder });
  const bob = await street.person('bob', line.origin, { visitor: await house.joinedBy('bob') });
  await alice.opens(house.room);
  await bob.opens(house.room);
  await alice.writes('Before the storm');
  await bob.eventuallyReads(['Before the storm']);
  await bob.page.evaluate(() => { globalThis.sameDocument = true; });

  bob.expectsBrokenLine();
  line.cut();
  await bob.text('connection.offline').waitFor();
  const missed = ['One', 'Two', 'Three', 'Four', 'Five'];
  for (const text of missed) await alice.writes(text);
  await bob.writes('Can anybody hear me?');
  await bob.writes('I keep writing');
  await bob.message('Can anybody hear me?').getByText(bob.t('message.failed')).waitFor();
  assert.deepEqual(await bob.reads(), ['Before the storm', 'Can anybody hear me?', 'I keep writing']);
  await bob.page.getByText(bob.tn('connection.kept', 2)).waitFor();
  await alice.eventuallyReads(['Before the storm', ...missed]);

  line.mend();
  const all = ['Before the storm', ...missed, 'Can anybody hear me?', 'I keep writing'];
  await bob.eventuallyReads(all);
  await alice.eventuallyReads(all);
  await bob.isOnline();
  assert.equal(await bob.page.evaluate(() => globalThis.sameDocument), true, 'without a reload');

  await alice.writes('Welcome back');
  await bob.eventuallyReads([...all, 'Welcome back']);
}));

test('bob writes while the answer gets lost on the way; his second try shows once everywhere', told(async (street) => {
  const house = await street.house();
  const founder = await house.foundedBy('alice');
  const line = await street.line(house);
  const alice = await street.person('alice', house.origin, { visitor: founder });
  const bob = await street.person('bob', line.origin, { visitor: await house.joinedBy('bob') });
  await alice.opens(house.room);
  await bob.opens(house.room);
  await bob.isOnline();

  bob.expectsBrokenLine();
  line.loseAnswers();
  await bob.writes('Did this arrive?');
  await alice.eventuallyReads(['Did this arrive?']);
  assert.equal(await bob.message('Did this arrive?').getAttribute('data-state'), 'sending');
  line.cut();
  await bob.message('Did this arrive?').getByText(bob.t('message.failed')).waitFor();
  line.mend();
  await bob.message('Did this arrive?').getByRole('button', { name: bob.t('action.retry') }).click();
  await bob.eventuallyReads(['Did this arrive?']);
  await bob.isOnline();
  await bob.eventuallyReads(['Did this arrive?']);
  await alice.writes('Yes, once');
  await bob.eventuallyReads(['Did this arrive?', 'Yes, once']);
  await alice.eventuallyReads(['Did this arrive?', 'Yes, once']);
}));

for (const { name, databaseUrl } of engines(1)) {
  test(`the server is killed and comes back while two people talk; both go on without a reload (${name})`, told(async (street) => {
    const house = await street.house({ databaseUrl });
    const founder = await house.foundedBy('alice');
    const alice = await street.person('alice', house.origin, { visitor: founder });
    const bob = await street.person('bob', house.origin, { visitor: await house.joinedBy('bob') });
    const said = [];
    for (const person of [alice, bob]) {
      await person.opens(house.room);
      await person.isOnline();
      await person.page.evaluate(() => { globalThis.sameDocument = true; });
      person.expectsBrokenLine();
    }
    for (let i = 1; i <= 3; i++) {
      await alice.writes(`Alice ${i}`);
      said.push(`Alice ${i}`);
      await bob.eventuallyReads(said);
      await bob.writes(`Bob ${i}`);
      said.push(`Bob ${i}`);
      await alice.eventuallyReads(said);
    }

    await house.kill();
    await alice.text('connection.offline').waitFor();
    await alice.writes('Is it only me?');
    await alice.message('Is it only me?').getByText(alice.t('message.failed')).waitFor();
    await bob.writes('No, me too');
    await house.start();

    await eventually(async () => {
      for (const person of [alice, bob]) assert.deepEqual((await person.reads()).slice(said.length).sort(), ['Is it only me?', 'No, me too']);
    });
    await alice.isOnline();
    await bob.isOnline();
    await eventually(async () => assert.deepEqual(await alice.reads(), await bob.reads()));
    const all = await alice.reads();
    assert.deepEqual(all.slice(0, said.length), said);
    await alice.writes('There we are again');
    await bob.eventuallyReads([...all, 'There we are again']);
    for (const person of [alice, bob]) assert.equal(await person.page.evaluate(() => globalThis.sameDocument), true, 'without a reload');
  }));
}

test('a server that stops in order says that it restarts, in calm words', told(async (street) => {
  const house = await street.house();
  const alice = await street.person('alice', house.origin, { visitor: await house.foundedBy('alice') });
  await alice.opens(house.room);
  await alice.isOnline();
  alice.expectsBrokenLine();
  await house.stop();
  await alice.text('connection.restarting').waitFor();
  await house.start();
  await alice.isOnline();
  await alice.writes('Here again');
  await alice.eventuallyReads(['Here again']);
}));

test('bob writes and reloads faster than the server allows; everything goes out all the same, in order and once, and the page opens', told(async (street) => {
  const house = await street.house();
  await house.foundedBy('alice');
  const bob = await street.person('bob', house.origin, { visitor: await house.joinedBy('bob') });
  bob.expects(/429 /);
  bob.expectsBrokenLine();
  await bob.opens(house.room);
  await bob.isOnline();
  const all = Array.from({ length: 13 }, (_, i) => `Thought ${i + 1}`);
  for (const text of all) await bob.writes(text);
  await bob.eventuallyReads(all);
  for (let i = 0; i < 6; i++) await bob.page.reload();
  await bob.isIn(house.room.name);
  await bob.eventuallyReads(all);
  await bob.isOnline();
}));
