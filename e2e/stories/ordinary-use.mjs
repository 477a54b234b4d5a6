// Ten minutes of ordinary use meet no limit, under the strictest rates of any profile (RA-1). The page's time runs K times as
// fast, and so do the rates, with the same bursts: the rule counts in proportions. Answers are counted on the wire, since
// the page passes over a look that was one too many.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { told } from '../support/told.mjs';

const K = 20;
/** Less than the page’s: what alice does takes time of its own, in which she is given new requests. */
const RATES_K = 12;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Of a person; `club`, `console` and `sandbox` have those of `chat`. */
const RATES = {
  community: { person: 30, burst: 20 },
  chat: { person: 100, burst: 20 },
};

const environment = ({ person, burst }) => Object.fromEntries(Object.entries({
  PER_USER_RPM: person * RATES_K, PER_USER_BURST: burst, PER_IP_RPM: 200 * RATES_K, PER_IP_BURST: 50, GLOBAL_RPM: 1000 * RATES_K, GLOBAL_BURST: 100,
  MESSAGES_RPM: 60 * RATES_K, MESSAGES_BURST: 10,
}).map(([name, value]) => [`RATE_LIMIT_${name}`, String(value)]));

/** Through the directory, what was answered to her, and far up in the room. */
async function looksAround(alice, passes) {
  await alice.button('rooms.browse').click();
  for (const letter of 'gard') {
    await alice.page.keyboard.type(letter);
    await passes(SECOND / 4);
  }
  await passes(SECOND);
  await alice.button('action.close').click();
  await alice.page.getByRole('dialog').waitFor({ state: 'detached' });
  await alice.roomLink(alice.t('activity.title')).click();
  await alice.heading('activity.empty_title').waitFor();
  await alice.page.goBack();
  await alice.list.waitFor();
  await alice.page.locator('.timeline').evaluate((box) => { box.scrollTop = 0; });
  await passes(SECOND);
  await alice.page.keyboard.press('End');
}

for (const [profile, rates] of Object.entries(RATES)) {
  test(`alice talks, reads and wanders for ten minutes and meets no limit of the profile ${profile}`, told(async (street) => {
    const house = await street.house({ environment: environment(rates) });
    const founder = await house.foundedBy('alice');
    const bob = await house.joinedBy('bob');
    const others = [];
    for (const name of ['Workshop', 'Garden', 'Choir']) {
      const room = await founder.opensRoom(name);
      await bob.ask('POST', `/rooms/${room.id}/members/me`);
      others.push(room);
    }
    const line = await street.line(house);
    const alice = await street.person('alice', line.origin);
    alice.expectsBrokenLine();
    const asked = new Map();
    const refused = [];
    alice.page.on('response', (answer) => {
      const { pathname } = new URL(answer.url());
      if (!pathname.startsWith('/api/') && pathname !== '/ws') return;
      const kind = `${answer.request().method()} ${pathname.replace(/[0-9a-f-]{36}/g, '…')}`;
      asked.set(kind, (asked.get(kind) ?? 0) + 1);
      if (answer.status() === 429) refused.push(kind);
    });
    await alice.page.clock.install();
    /** @param {number} ms of the page's time */
    const passes = async (ms) => { await alice.page.clock.runFor(ms); await pause(ms / K); };

    await alice.visits('/sign-in');
    await alice.signsIn();
    const goes = async (room) => { await alice.roomLink(room.name).click(); await alice.isIn(room.name); };
    await goes(house.room);
    for (let minute = 0; minute < 10; minute += 1) {
      // A lively minute: somebody else speaks every five seconds, alice answers twice.
      for (let turn = 0; turn < 12; turn += 1) {
        await bob.says(`minute ${minute}, turn ${turn}`, turn % 4 === 3 ? others[turn % 3].id : house.room.id);
        await passes(3 * SECOND);
        if (turn % 6 === 2) await alice.writes(`answer ${minute}.${turn}`);
        await passes(2 * SECOND);
      }
      if (minute % 2 === 0) for (const room of [...others, house.room]) { await goes(room); await passes(2 * SECOND); }
      if (minute % 3 === 1) {
        await alice.composer.press('ArrowUp');
        await alice.page.keyboard.press('Enter');
        await passes(SECOND);
      }
      if (minute === 3 || minute === 6) {
        line.cut();
        await passes(5 * SECOND);
        line.mend();
        await passes(40 * SECOND);
        await alice.isOnline();
      }
      if (minute === 5) await looksAround(alice, passes);
      if (minute === 8) {
        await alice.page.reload();
        await alice.isIn(house.room.name);
        await passes(3 * SECOND);
      }
    }
    await alice.writes('the last word');
    await alice.message('the last word').waitFor();
    assert.deepEqual(refused, [], JSON.stringify([...asked]));
    const total = [...asked.values()].reduce((sum, count) => sum + count, 0);
    // A hundred messages of others cost a few requests, not one each.
    assert.ok((asked.get('PUT /api/v1/rooms/…/read') ?? 0) < 100, JSON.stringify([...asked]));
    console.log(`${profile}: ${total} requests in ten minutes: ${[...asked].map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
  }));
}
