// The part of the walk past every screen that leads through rooms and people: finding, opening, keeping them.

/** @typedef {import('./screens.mjs').Look} Look */
/** @typedef {import('./screens.mjs').Looker} Looker */

/** @param {import('./person.mjs').Person} person */
export async function closeDialog({ page }) {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** @param {Look} look @param {Looker} at */
export async function walkSwitcher(street, house, { words, people, other }, look, at) {
  const bruno = await street.person('bruno', house.origin, { ...look, visitor: people.bruno });
  await people.amelie.says(words.draft, other.id);
  await bruno.opens(house.room);
  await bruno.isOnline();
  await bruno.page.keyboard.press('Control+k');
  await bruno.page.getByRole('option', { name: other.name }).waitFor();
  await at('switcher', bruno);
  await bruno.page.keyboard.type(words.other.slice(0, 3));
  await bruno.page.getByRole('option', { name: other.name, selected: true }).waitFor();
  await at('switcher-found', bruno);
  await bruno.page.keyboard.type('zzz');
  await bruno.text('switcher.none').waitFor();
  await at('switcher-none', bruno);
  await closeDialog(bruno);
}

/** @param {Look} look @param {Looker} at */
export async function walkConversations(street, house, { words, people }, look, at) {
  const open = async (...users) => (await people.chloe.ask('POST', '/dms', { users: users.map(({ user }) => user.id) })).data;
  const [two, group] = [await open(people.bruno), await open(people.bruno, people.amelie)];
  const bruno = await street.person('bruno', house.origin, { ...look, visitor: people.bruno });
  const { page } = bruno;
  await bruno.opens({ id: two.id, name: 'chloe' });
  await bruno.isOnline();
  await at('conversation-empty', bruno);
  await people.chloe.says(words.talk[0][1], two.id);
  await bruno.message(words.talk[0][1].slice(0, 7)).waitFor();
  await people.chloe.says(words.talk[0][1], group.id);
  await at('conversation', bruno);
  if (look.width < 720) await bruno.button('room.back').click();
  await at('conversations', bruno);
  await bruno.button('dm.new').click();
  await page.getByRole('option', { name: 'amelie' }).waitFor();
  await at('dialog-new-message', bruno);
  await page.keyboard.type('chl');
  await page.getByRole('option', { name: 'chloe', selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('option', { name: 'amelie' }).waitFor();
  await at('dialog-new-message-chosen', bruno);
  await closeDialog(bruno);
  await bruno.visits(`/rooms/${group.id}`);
  await bruno.button('dm.about').click();
  await page.getByRole('dialog').getByText('amelie').last().waitFor();
  await at('dialog-group', bruno);
  await page.getByRole('dialog').getByRole('button', { name: 'chloe', exact: true }).click();
  await bruno.button('person.write').waitFor();
  await at('dialog-person', bruno);
  await bruno.button('person.block').click();
  await at('dialog-person-block', bruno);
  await bruno.button('person.block').click();
  await bruno.text('person.blocked').waitFor();
  await page.keyboard.press('Escape');
  await bruno.button('dm.leave').waitFor();
  await closeDialog(bruno);
  await bruno.text('message.blocked').waitFor();
  await at('messages-folded', bruno);
  await bruno.visits(`/rooms/${two.id}`);
  await bruno.button('person.unblock').waitFor();
  await at('conversation-blocked', bruno);
  await bruno.button('person.unblock').click();
  await bruno.composer.waitFor();
}

/** @param {Look} look @param {Looker} at */
export async function walkRoomInfo(street, house, { words, people }, look, at) {
  const room = (await people.bruno.ask('POST', '/rooms', { name: words.unsent, topic: words.topic, policy: 'private' })).data;
  const amelie = await street.person('amelie', house.origin, { ...look, visitor: people.amelie });
  await amelie.visits(`/rooms/${room.id}`);
  await amelie.button('enter.submit').waitFor();
  await at('room-to-enter', amelie);
  await amelie.button('enter.submit').click();
  await amelie.composer.waitFor();

  const bruno = await street.person('bruno', house.origin, { ...look, visitor: people.bruno });
  const { page } = bruno;
  const member = (name) => page.getByRole('dialog').getByRole('button', { name, exact: true });
  await bruno.opens(room);
  await bruno.list.getByText('amelie').waitFor();
  await at('room-news', bruno);
  await bruno.button('members.open').click();
  await member('amelie').waitFor();
  await at('dialog-room', bruno);
  await bruno.button('room.edit').click();
  await page.getByRole('radio', { name: bruno.t('policy.public') }).check();
  await at('dialog-room-edit', bruno);
  await bruno.button('action.cancel').click();
  await bruno.button('members.add').click();
  await page.getByRole('option').first().waitFor();
  await at('dialog-room-add', bruno);
  await bruno.button('action.cancel').click();
  await bruno.button('room.leave').click();
  await bruno.button('room.delete').click();
  await bruno.field('room.delete_name').scrollIntoViewIfNeeded();
  await at('dialog-room-delete', bruno);
  await member('amelie').click();
  await bruno.button('place.hand_over').click();
  await at('dialog-place', bruno);
}

/** @param {Look} look @param {Looker} at */
export async function walkThread(street, house, { words, people, other }, look, at) {
  const say = async (visitor, text, answered) => (await visitor.ask('POST', `/rooms/${other.id}/messages`, { text, reply_to: answered?.id, client_id: crypto.randomUUID() })).data;
  const root = await say(people.bruno, words.talk[3][1]);
  await say(people.bruno, words.unsent);
  for (const [visitor, line] of [[people.amelie, 4], [people.amelie, 2], [people.bruno, 5]]) await say(visitor, words.talk[line][1], root);
  const bruno = await street.person('bruno', house.origin, { ...look, visitor: people.bruno });
  await bruno.opens(other);
  const replies = bruno.list.getByRole('button', { name: bruno.tn('thread.replies', 3) });
  await replies.scrollIntoViewIfNeeded();
  await at('room-replies', bruno);
  await replies.click();
  await bruno.page.locator('.thread .message-body').nth(3).waitFor();
  await at('thread', bruno);
  await bruno.page.goBack();
  await bruno.message(words.unsent).first().focus();
  await bruno.visits(`/rooms/${other.id}#thread=${(await say(people.amelie, words.draft)).id}`);
  await bruno.text('thread.empty').waitFor();
  await at('thread-empty', bruno);
}

/** After the thread: bruno was answered. @param {Look} look @param {Looker} at */
export async function walkActivity(street, house, { people }, look, at) {
  const chloe = await street.person('chloe', house.origin, { ...look, visitor: people.chloe });
  await chloe.visits('/activity');
  await chloe.heading('activity.empty_title').waitFor();
  await at('activity-empty', chloe);
  const bruno = await street.person('bruno', house.origin, { ...look, visitor: people.bruno });
  await bruno.visits('/activity');
  await bruno.page.getByRole('list', { name: bruno.t('activity.list') }).getByRole('link').nth(1).waitFor();
  await at('activity', bruno);
}
