// Who is there, and who is writing (CH-2).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.mjs';
import { told } from '../support/told.mjs';

const company = async (street, names, size = {}) => {
  const house = await street.house({ isGenerous: true });
  const founder = await house.foundedBy('alice');
  const alice = await street.person('alice', house.origin, { visitor: founder, ...size });
  const others = [];
  for (const name of names) others.push(await street.person(name, house.origin, { visitor: await house.joinedBy(name) }));
  for (const person of [alice, ...others]) {
    await person.opens(house.room);
    await person.isOnline();
  }
  return { house, alice, others };
};

const idOf = async (house, name) => (await house.founder.ask('GET', `/rooms/${house.room.id}/members?limit=100`)).data.find(({ user }) => user.username === name).user.id;
const line = (person) => person.page.locator('.typing-line').innerText();
const eventuallySays = (person, words) => eventually(async () => assert.equal((await line(person)).replaceAll(/[\u2068\u2069]/g, '').trim(), words));

test('alice sees who is writing until the message is there; bob does not see himself, and no screen reader is interrupted', told(async (street) => {
  const { alice, others: [bob] } = await company(street, ['bob']);
  assert.equal((await line(alice)).trim(), '');
  await bob.composer.pressSequentially('I am on my w');
  await eventuallySays(alice, alice.tn('typing.people', 1, { people: 'bob' }));
  assert.equal((await line(bob)).trim(), '');
  assert.equal(await alice.page.locator('.typing-line').evaluate((element) => element.closest('[aria-live], [role="status"], [role="alert"], [role="log"]')), null);
  await bob.composer.press('Enter');
  await alice.eventuallyReads(['I am on my w']);
  await eventuallySays(alice, '');
}));

test('a crowd that writes is told of as several people, and whoever stops fades', told(async (street) => {
  const { alice, others } = await company(street, ['bob', 'carol', 'dave', 'erin'], { width: 360, height: 700 });
  const [bob, carol] = others;
  await bob.composer.fill('Me');
  await carol.composer.fill('Me too');
  await eventuallySays(alice, alice.tn('typing.people', 2, { people: 'bob and carol' }));
  for (const person of others) await person.composer.pressSequentially('!');
  await eventuallySays(alice, alice.t('typing.several'));
  await alice.assertNoSideways();
  await eventuallySays(alice, '');
}));

test('alice is not told of the writing of somebody she blocked', told(async (street) => {
  const { house, alice, others: [bob, carol] } = await company(street, ['bob', 'carol']);
  await house.founder.ask('PUT', `/people/${await idOf(house, 'bob')}/block`);
  await alice.page.reload();
  await alice.isIn(house.room.name);
  await alice.isOnline();
  await bob.composer.fill('Me');
  await carol.composer.fill('Me too');
  await eventuallySays(alice, alice.tn('typing.people', 1, { people: 'carol' }));
}));

test('alice sees in the list of members who is there', told(async (street) => {
  const { house, alice } = await company(street, ['bob']);
  await house.joinedBy('carol');
  await alice.button('members.open').click();
  const member = (name) => alice.page.getByRole('dialog').getByRole('listitem').filter({ hasText: name });
  await member('bob').getByText(alice.t('presence.online'), { exact: true }).waitFor();
  await member('carol').getByText(alice.t('presence.offline'), { exact: true }).waitFor();
}));
