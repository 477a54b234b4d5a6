// Who a new room is for (AZ-4).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { told } from '../support/told.mjs';

for (const policy of ['public', 'private', 'restricted']) {
  test(`alice opens a ${policy} room; bob ${policy === 'public' ? 'finds' : 'does not find'} it`, told(async (street) => {
    const house = await street.house();
    const alice = await street.person('alice', house.origin, { visitor: await house.foundedBy('alice') });
    const bob = await house.joinedBy('bob');
    await alice.opens(house.room);
    await alice.button('rooms.create').click();
    await alice.field('create_room.name').fill('Workshop');
    await alice.page.getByRole('radio', { name: alice.t(`policy.${policy}`) }).check();
    await alice.button('create_room.submit').click();
    await alice.isIn('Workshop');
    const { data: rooms } = await alice.page.evaluate(async () => (await fetch('/api/v1/rooms')).json());
    assert.equal(rooms.find((room) => room.name === 'Workshop').policy, policy);
    const found = (await bob.ask('GET', '/rooms')).data.some((room) => room.name === 'Workshop');
    assert.equal(found, policy === 'public');
  }));
}
