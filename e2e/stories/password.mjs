// Somebody forgot their password, and somebody changes theirs (ID-7, ID-8).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PASSWORD, PROGRAM } from '../support/house.mjs';
import { told } from '../support/told.mjs';

const NEW = 'lantern bridge oboe 77';

/** What an administrator does on the server. @param {import('../support/house.mjs').House} house @param {string} name */
const resetLink = (house, name) => {
  const link = execFileSync(PROGRAM, ['user', 'reset-link', name, '--data', join(house.folder, 'data')], { env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'ignore'] });
  return new URL(new URL(link.toString().trim()).hash, `${house.origin}/reset`).href;
};

test('bob forgot his password; an administrator hands him a link that works once, and his other page says why it is over', told(async (street) => {
  const house = await street.house();
  await house.foundedBy('alice');
  const bob = await street.person('bob', house.origin, { visitor: await house.joinedBy('bob') });
  bob.expects(/401 /);
  await bob.opens(house.room);
  await bob.isOnline();
  const away = await street.person('bob', house.origin);
  away.expects(/422 /, /401 /, /403 /);
  await away.visits('/sign-in');
  await away.button('forgot.link').click();
  await away.text('forgot.text').waitFor();

  const link = resetLink(house, 'bob');
  await away.visits(link);
  await away.heading('reset.title').waitFor();
  // Looking at the link uses nothing up.
  await away.page.reload();
  const field = away.page.getByLabel(away.t('reset.new_password'), { exact: true });
  await field.fill('bob and bob and bob');
  await away.button('reset.submit').click();
  await away.text('field.contains_personal_data').waitFor();
  await field.fill(NEW);
  await away.button('reset.submit').click();
  await away.heading('reset.done_title').waitFor();
  await bob.dialog('ended.title').getByText(bob.t('ended.password_changed')).waitFor();

  await away.button('sign_in.title').click();
  await away.signsIn(NEW);
  await away.page.waitForURL('**/rooms/**');
  await away.visits(link);
  await away.page.getByLabel(away.t('reset.new_password'), { exact: true }).fill(PASSWORD);
  await away.button('reset.submit').click();
  await away.heading('reset.invalid_title').waitFor();
}));

test('alice changes her password and stays where she is', told(async (street) => {
  const house = await street.house();
  const alice = await street.person('alice', house.origin, { visitor: await house.foundedBy('alice') });
  const elsewhere = await house.signIn('alice');
  alice.expects(/422 /);
  await alice.opens(house.room);
  await alice.isOnline();
  await alice.page.getByRole('button', { name: alice.t('account.menu') }).click();
  await alice.button('password.title').click();
  const dialog = alice.dialog('password.title');
  const current = dialog.getByLabel(alice.t('password.current'), { exact: true });
  await current.fill('not the password');
  await dialog.getByLabel(alice.t('reset.new_password'), { exact: true }).fill(NEW);
  await dialog.getByRole('button', { name: alice.t('password.submit') }).click();
  await dialog.getByText(alice.t('field.wrong_password')).waitFor();
  await current.fill(PASSWORD);
  await dialog.getByRole('button', { name: alice.t('password.submit') }).click();
  await dialog.getByText(alice.t('password.done')).waitFor();
  await alice.page.keyboard.press('Escape');
  await alice.writes('Still here');
  await alice.eventuallyReads(['Still here']);
  await assert.rejects(elsewhere.ask('GET', '/auth/me'), /auth\.password_changed/);
  await house.signIn('alice', NEW);
}));
