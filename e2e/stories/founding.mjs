// From the printed link to the first conversation, told on both engines.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { engines, PASSWORD } from '../support/house.mjs';
import { told } from '../support/told.mjs';

for (const { name, databaseUrl } of engines(0)) {
  test(`a newcomer founds the community in French, and an invited friend talks with them in English (${name})`, told(async (street) => {
    const house = await street.house({ databaseUrl });
    const amelie = await street.person('amelie', house.origin, { language: 'fr' });

    await amelie.visits(house.setupLink);
    await amelie.heading('setup.welcome').waitFor();
    assert.equal(await amelie.page.locator('html').getAttribute('lang'), 'fr');
    await amelie.button('action.next').click();
    await amelie.field('setup.name').fill('Le Quartier du Beffroi');
    await amelie.button('action.next').click();
    await amelie.fillsInAccount();
    await amelie.button('action.next').click();
    await amelie.heading('setup.room_title').waitFor();
    await amelie.button('setup.submit').click();
    await amelie.heading('setup.done_title').waitFor();
    const invitation = await amelie.field('invites.link').inputValue();
    await amelie.page.getByRole('link', { name: amelie.t('setup.enter') }).click();
    await amelie.isIn(amelie.t('setup.room_default'));
    assert.equal(await amelie.page.title(), `${amelie.t('setup.room_default')} – Le Quartier du Beffroi`);

    const bob = await street.person('bob', house.origin, { language: 'en' });
    await bob.visits(invitation);
    await bob.heading('invite.heading', { person: 'amelie', server: 'Le Quartier du Beffroi' }).waitFor();
    await bob.fillsInAccount();
    await bob.button('register.submit').click();
    await bob.isIn(amelie.t('setup.room_default'));

    await amelie.writes('Bonjour **Bob** !');
    await bob.eventuallyReads(['Bonjour Bob !']);
    await bob.writes('Good morning, Amélie');
    await amelie.eventuallyReads(['Bonjour Bob !', 'Good morning, Amélie']);
    await bob.eventuallyReads(['Bonjour Bob !', 'Good morning, Amélie']);
    assert.equal(await bob.list.locator('strong', { hasText: 'Bob' }).count(), 1);

    const late = await street.person('mallory', house.origin);
    await late.visits(house.setupLink);
    await late.heading('setup.closed_title').waitFor();
  }));
}

test('a newcomer whose name is taken or whose password is weak is told so at the field, and nothing typed is lost', told(async (street) => {
  const house = await street.house();
  const alice = await house.foundedBy('alice');
  const { data: invite } = await alice.ask('POST', '/invites', { room: house.room.id });
  const mallory = await street.person('mallory', house.origin);
  mallory.expects(/409 .*\/auth\/register$/, /422 .*\/auth\/register$/);
  await mallory.visits(`/invite/${invite.code}`);
  await mallory.field('account.username').fill('Alice');
  await mallory.field('account.email').fill('mallory@example.org');
  await mallory.password().fill(PASSWORD);
  await mallory.button('register.submit').click();
  await mallory.text('error.account.username_taken').waitFor();

  await mallory.field('account.username').fill('mallory');
  await mallory.password().fill('mallory is my name');
  await mallory.button('register.submit').click();
  await mallory.text('field.contains_personal_data').waitFor();
  assert.equal(await mallory.password().getAttribute('aria-invalid'), 'true');
  assert.equal(await mallory.field('account.email').inputValue(), 'mallory@example.org');
}));
