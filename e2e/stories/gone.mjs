// A room that somebody may no longer read goes from their open pages at once, and the page says why (AZ-4, CH-1).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.mjs';
import { told } from '../support/told.mjs';

/** Bob in alice's private cellar. */
async function bobsCellar(street) {
  const house = await street.house({ isGenerous: true });
  const alice = await house.foundedBy('alice');
  const visitor = await house.joinedBy('bob');
  const cellar = (await alice.ask('POST', '/rooms', { name: 'Cellar', policy: 'private' })).data;
  await alice.ask('PUT', `/rooms/${cellar.id}/members/${visitor.user.id}`, { role: 'member' });
  await alice.says('The wine is here', cellar.id);
  const line = await street.line(house);
  const bob = await street.person('bob', line.origin, { visitor });
  bob.expects(/404 /);
  bob.expectsBrokenLine();
  await bob.opens(cellar);
  await bob.message('The wine is here').waitFor();
  await bob.isOnline();
  return { alice, bob, cellar, visitor, line };
}

const isGone = async (bob, why) => {
  await bob.page.getByRole('heading', { level: 1, name: bob.t('room.gone_title', { room: 'Cellar' }) }).waitFor();
  await bob.page.getByText(why).waitFor();
  await eventually(async () => assert.equal(await bob.roomLink('Cellar').count(), 0));
  assert.equal(await bob.page.getByText('The wine is here').count(), 0);
};

test('alice removes bob from the room that he reads: nothing of it stays, and he is told who did it', told(async (street) => {
  const { alice, bob, cellar, visitor } = await bobsCellar(street);
  await alice.ask('DELETE', `/rooms/${cellar.id}/members/${visitor.user.id}`);
  await isGone(bob, bob.t('room.gone_removed', { person: 'alice' }));
}));

test('alice deletes the room that bob reads, and he is told at once', told(async (street) => {
  const { alice, bob, cellar } = await bobsCellar(street);
  await alice.ask('DELETE', `/rooms/${cellar.id}`);
  await isGone(bob, bob.t('room.gone_deleted'));
}));

test('a room that was deleted while bob had no line is gone once he has one again', told(async (street) => {
  const { alice, bob, cellar, line } = await bobsCellar(street);
  line.cut();
  await bob.text('connection.offline').waitFor();
  await alice.ask('DELETE', `/rooms/${cellar.id}`);
  line.mend();
  await isGone(bob, bob.t('room.gone_deleted'));
}));

test('alice archives the room that bob reads: he reads on, and sees why he can no longer write', told(async (street) => {
  const { alice, bob, cellar } = await bobsCellar(street);
  await alice.ask('PATCH', `/rooms/${cellar.id}`, { archived: true });
  await bob.text('composer.archived').first().waitFor();
  await bob.message('The wine is here').waitFor();
}));
