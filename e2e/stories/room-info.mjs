// What a room is, who is in it, and what its people may do with it (AZ-4, CH-1).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.mjs';
import { told } from '../support/told.mjs';

/** Alice keeps a room that bob is in too; carol is in the house. */
async function alicesRoom(street, policy = 'private') {
  const house = await street.house({ isGenerous: true });
  const founder = await house.foundedBy('admin');
  const [keeper, bob, carol] = [await house.joinedBy('alice'), await house.joinedBy('bob'), await house.joinedBy('carol')];
  const room = (await keeper.ask('POST', '/rooms', { name: 'Workshop', policy })).data;
  await keeper.ask('PUT', `/rooms/${room.id}/members/${bob.user.id}`, { role: 'member' });
  const alice = await street.person('alice', house.origin, { visitor: keeper });
  await alice.opens(room);
  await alice.isOnline();
  return { house, founder, keeper, bob, carol, room, alice };
}

const member = (person, name) => person.page.getByRole('dialog').getByRole('listitem').filter({ hasText: name });
const members = async (visitor, room) => Object.fromEntries((await visitor.ask('GET', `/rooms/${room.id}/members`)).data.map(({ user, role }) => [user.username, role]));

test('alice renames her room, describes it and opens it to everybody; bob sees the new name at once', told(async (street) => {
  const { house, alice, bob, carol, room } = await alicesRoom(street);
  const bobsPage = await street.person('bob', house.origin, { visitor: bob });
  await bobsPage.opens(room);
  await bobsPage.isOnline();
  await alice.button('members.open').click();
  await alice.button('room.edit').click();
  await alice.field('create_room.name').fill('Bell workshop');
  await alice.field('create_room.topic').fill('Everything that rings');
  await alice.page.getByRole('radio', { name: alice.t('policy.public') }).check();
  await alice.text('room.opens').waitFor();
  await alice.button('action.save').click();
  await alice.page.getByRole('dialog', { name: 'Bell workshop', exact: true }).waitFor();
  await bobsPage.isIn('Bell workshop');
  assert.equal((await carol.ask('GET', '/rooms')).data.find(({ id }) => id === room.id)?.topic, 'Everything that rings');
  await bobsPage.button('members.open').click();
  await member(bobsPage, 'alice').waitFor();
  assert.equal(await bobsPage.button('room.edit').count(), 0);
  assert.equal(await bobsPage.button('room.delete').count(), 0);
}));

test('alice brings carol in, makes her a moderator and puts bob out; the list shows it, and bob’s page lets the room go', told(async (street) => {
  const { house, keeper, alice, bob, room } = await alicesRoom(street);
  const bobsPage = await street.person('bob', house.origin, { visitor: bob });
  bobsPage.expects(/404 /, /403 /);
  await bobsPage.opens(room);
  await bobsPage.isOnline();
  await alice.button('members.open').click();
  await alice.button('members.add').click();
  await alice.page.keyboard.type('car');
  await alice.page.getByRole('option', { name: 'carol', selected: true }).waitFor();
  await alice.page.keyboard.press('Enter');
  await alice.button('members.add_submit').click();
  await alice.button('members.add').waitFor();
  await member(alice, 'carol').waitFor();

  await member(alice, 'carol').getByRole('button').click();
  await alice.page.getByRole('combobox', { name: alice.t('place.role') }).selectOption('moderator');
  await alice.button('action.save').click();
  await member(alice, 'carol').filter({ hasText: alice.t('role.moderator') }).waitFor();

  await member(alice, 'bob').getByRole('button').click();
  await alice.button('place.remove').click();
  await alice.button('place.remove').click();
  await member(alice, 'carol').waitFor();
  await member(alice, 'bob').waitFor({ state: 'detached' });
  assert.deepEqual(await members(keeper, room), { alice: 'owner', carol: 'moderator' });
  await bobsPage.heading('room.gone_title', { room: 'Workshop' }).waitFor();
  await bobsPage.roomLink('Workshop').waitFor({ state: 'detached' });
}));

test('the only owner cannot leave before somebody took the room over', told(async (street) => {
  const { alice, bob, room } = await alicesRoom(street);
  // The event of her leaving may come before its answer.
  alice.expects(/404 .*\/rooms\//);
  await alice.button('members.open').click();
  await member(alice, 'bob').waitFor();
  await alice.button('room.leave').click();
  await alice.text('room.last_owner').waitFor();
  await member(alice, 'bob').getByRole('button').click();
  await alice.button('place.hand_over').click();
  await alice.button('place.hand_over').click();
  await member(alice, 'bob').filter({ hasText: alice.t('role.owner') }).waitFor();
  await alice.button('room.leave').click();
  await alice.text('room.leave_private').waitFor();
  await alice.button('room.leave').click();
  await alice.roomLink('Workshop').waitFor({ state: 'detached' });
  assert.deepEqual(await members(bob, room), { bob: 'owner' });
}));

test('an archived room is read and no longer written in, until it is opened again', told(async (street) => {
  const { alice, bob, room } = await alicesRoom(street);
  await alice.button('members.open').click();
  await alice.button('room.archive').click();
  await alice.text('room.archive_text').waitFor();
  await alice.button('room.archive').click();
  await alice.button('room.unarchive').waitFor();
  await assert.rejects(bob.says('Hello?', room.id), /room\.archived/);
  await alice.button('room.unarchive').click();
  await alice.button('room.archive').waitFor();
  await alice.page.keyboard.press('Escape');
  await alice.composer.waitFor();
  await bob.says('Hello?', room.id);
  await alice.message('Hello?').waitFor();
}));

test('a room is deleted only by whoever writes its name', told(async (street) => {
  const { alice, bob, room } = await alicesRoom(street);
  await alice.button('members.open').click();
  await alice.button('room.delete').click();
  await alice.field('room.delete_name').fill('Workshops');
  assert.ok(await alice.button('room.delete').isDisabled());
  await alice.field('room.delete_name').fill('Workshop');
  await alice.button('room.delete').click();
  await alice.roomLink('Workshop').waitFor({ state: 'detached' });
  await assert.rejects(bob.ask('GET', `/rooms/${room.id}`), /404/);
}));

test('whoever manages rooms enters a private one by an explicit act, and its members are told', told(async (street) => {
  const { house, founder, alice, room } = await alicesRoom(street);
  const admin = await street.person('admin', house.origin, { visitor: founder });
  await admin.visits(`/rooms/${room.id}`);
  await admin.text('enter.text').waitFor();
  assert.equal(await admin.list.count(), 0);
  await alice.button('members.open').click();
  await member(alice, 'bob').waitFor();
  assert.equal(await member(alice, 'admin').count(), 0);
  await admin.button('enter.submit').click();
  await admin.composer.waitFor();
  await member(alice, 'admin').waitFor();
  await alice.page.keyboard.press('Escape');
  await alice.list.getByText(alice.t('news.entered_by_right', { person: '\u2068admin\u2069' })).waitFor();
  await alice.page.reload();
  await alice.list.getByText(alice.t('news.entered_by_right', { person: '\u2068admin\u2069' })).waitFor();
}));

test('a link into the room comes with one click for those who manage rooms', told(async (street) => {
  const house = await street.house();
  const admin = await street.person('admin', house.origin, { visitor: await house.foundedBy('admin') });
  await admin.opens(house.room);
  await admin.button('members.open').click();
  await admin.button('room.invite').click();
  const link = await admin.page.getByRole('textbox', { name: admin.t('invites.link') }).inputValue();
  const { data: invite } = await house.ask('GET', `/invites/${link.split('/').at(-1)}`);
  await eventually(async () => assert.equal(invite.room.id, house.room.id));
}));
