// A walk past every screen of the application, in every state worth looking at. Those who look (the accessibility
// story, the photographer) are told the screen's name and whose page shows it.

import { eventually } from './eventually.mjs';
import { walkActivity, walkConversations, walkRoomInfo, walkSwitcher, walkThread } from './room-screens.mjs';

/** @typedef {{ language: 'en'|'fr', theme: 'light'|'dark', width: number, height: number, scripts?: string[] }} Look */
/** @typedef {(name: string, person: import('./person.mjs').Person) => Promise<void>} Looker */

/** @param {import('./street.mjs').Street} street @param {Look} look @param {Looker} at */
export async function walkEveryScreen(street, look, at) {
  const house = await street.house({ language: look.language, isGenerous: true });
  await walkSetup(street, house, look, at);
  const scene = await furnish(house, look.language);
  await walkDoors(street, house, scene, look, at);
  await walkInvitations(street, house, scene, look, at);
  await walkRooms(street, house, scene, look, at);
  await walkDialogs(street, house, scene, look, at);
  await walkSwitcher(street, house, scene, look, at);
  await walkConversations(street, house, scene, look, at);
  await walkRoomInfo(street, house, scene, look, at);
  await walkThread(street, house, scene, look, at);
  await walkActivity(street, house, scene, look, at);
  await walkTrouble(street, house, scene, look, at);
  await walkDemo(street, look, at);
}

export const SAYINGS = {
  en: {
    server: 'The Belfry Quarter', room: 'Town square', topic: 'Markets, fairs and everything under the bell', other: 'Workshop', empty: 'Quiet corner', foreign: 'Choir',
    talk: [
      ['bruno', 'Good morning! The **spring fair** is in three weeks. Who helps with the stalls?'],
      ['chloe', 'I do. I can bring two tables and the big parasol.'],
      ['chloe', 'And *perhaps* the brass band.'],
      ['bruno', 'So far we need:\n\n1. somebody for the lights\n2. a van on Friday evening\n3. cake, lots of cake'],
      ['amelie', 'For the lights, have a look at https://example.org/lanterns – they rent by the day.'],
      ['chloe', '> cake, lots of cake\n\nLeave that to me.'],
      ['bruno', 'The controller says `drift=+300s`:\n\n```log\n06:55:00 chime=on source=clock-b drift=+300s and a line that is rather longer than a narrow screen is wide\n```'],
    ],
    news: 'The van is sorted, @amelie!', unsent: 'I will be there at seven.', draft: 'About the lights',
  },
  fr: {
    server: 'Le Quartier du Beffroi', room: 'Place du marché', topic: 'Les marchés, les fêtes et tout ce qui vit sous la cloche', other: 'Atelier', empty: 'Coin tranquille', foreign: 'Chorale',
    talk: [
      ['bruno', 'Bonjour à toutes et à tous ! La **fête du printemps** a lieu dans trois semaines. Qui aide à monter les étals ?'],
      ['chloe', 'Moi. J’apporte deux tables et le grand parasol.'],
      ['chloe', 'Et *peut-être* la fanfare.'],
      ['bruno', 'Pour l’instant, il nous faut :\n\n1. quelqu’un pour les lumières\n2. une camionnette vendredi soir\n3. du gâteau, beaucoup de gâteau'],
      ['amelie', 'Pour les lumières, voyez https://example.org/lanternes – on les loue à la journée.'],
      ['chloe', '> du gâteau, beaucoup de gâteau\n\nJe m’en occupe.'],
      ['bruno', 'Le contrôleur dit `drift=+300s` :\n\n```log\n06:55:00 chime=on source=clock-b drift=+300s et une ligne un peu plus longue qu’un écran étroit n’est large\n```'],
    ],
    news: 'La camionnette est réservée, @amelie\u202f!', unsent: 'J’y serai à sept heures.', draft: 'Au sujet des lumières',
  },
};

async function walkSetup(street, house, look, at) {
  const words = SAYINGS[look.language];
  const newcomer = await street.person('amelie', house.origin, look);
  await newcomer.visits('/setup');
  await newcomer.heading('setup.invalid_title').waitFor();
  await at('setup-invalid', newcomer);
  await newcomer.visits(house.setupLink);
  await newcomer.page.reload();
  await newcomer.heading('setup.welcome').waitFor();
  await at('setup-1-language', newcomer);
  await newcomer.button('action.next').click();
  await newcomer.field('setup.name').fill(words.server);
  await at('setup-2-name', newcomer);
  await newcomer.button('action.next').click();
  await newcomer.heading('setup.account_title').waitFor();
  await at('setup-3-account-empty', newcomer);
  await newcomer.fillsInAccount();
  await at('setup-3-account', newcomer);
  await newcomer.button('action.next').click();
  await newcomer.field('create_room.name').fill(words.room);
  await at('setup-4-room', newcomer);
  await newcomer.button('setup.submit').click();
  await newcomer.heading('setup.done_title').waitFor();
  await at('setup-5-invitation', newcomer);
  await newcomer.page.getByRole('link', { name: newcomer.t('setup.enter') }).click();
  await newcomer.isIn(words.room);
  await at('room-empty', newcomer);
  await newcomer.context.clearCookies();
  await newcomer.visits('/setup#old');
  await newcomer.heading('setup.closed_title').waitFor();
  await at('setup-closed', newcomer);
}

/** People, rooms and talk. */
export async function furnish(house, language) {
  const words = SAYINGS[language];
  const amelie = await house.signIn('amelie');
  house.founder = amelie;
  house.room = (await amelie.ask('GET', '/rooms')).data[0];
  const people = { amelie, bruno: await house.joinedBy('bruno'), chloe: await house.joinedBy('chloe') };
  for (const visitor of Object.values(people)) await visitor.ask('PATCH', '/auth/me', { language });
  const other = await amelie.opensRoom(words.other, words.topic);
  await amelie.opensRoom(words.empty);
  const foreign = await people.chloe.opensRoom(words.foreign, words.topic);
  const talk = [];
  for (const [name, text] of words.talk) talk.push(await people[name].says(text));
  await amelie.ask('PUT', `/rooms/${house.room.id}/read`, { message: talk.at(-1).id });
  await people.chloe.says(words.talk[0][1], foreign.id);
  await people.bruno.ask('POST', `/rooms/${other.id}/members/me`);
  return { words, people, other, foreign };
}

async function walkDoors(street, house, scene, look, at) {
  const guest = await street.person('guest', house.origin, look);
  guest.expects(/401 .*\/auth\/login$/, /404 /, /500 .*\/server$/);
  await guest.visits('/sign-in');
  await guest.field('sign_in.username').waitFor();
  await at('sign-in', guest);
  await guest.signsIn();
  await guest.page.getByRole('alert').filter({ hasText: guest.t('error.auth.invalid_credentials') }).waitFor();
  await at('sign-in-refused', guest);
  await guest.button('forgot.link').click();
  await guest.text('forgot.text').waitFor();
  await at('forgot-password', guest);
  await guest.visits('/reset#nothing');
  await guest.heading('reset.title').waitFor();
  await at('reset-password', guest);
  await guest.visits('/there/is/nothing');
  await guest.heading('not_found.title').waitFor();
  await at('not-found', guest);
  await guest.page.route('**/api/v1/server', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ code: 'internal', request_id: '0198a2c4-77d1' }) }));
  await guest.visits('/');
  await guest.heading('start.failed').waitFor();
  await at('start-failed', guest);
}

async function walkInvitations(street, house, { people }, look, at) {
  const make = async (terms = {}) => (await people.amelie.ask('POST', '/invites', { room: house.room.id, ...terms })).data;
  const [valid, revoked, usedUp] = [await make(), await make(), await make({ max_uses: 1 })];
  const expired = await make({ expires_at: new Date(Date.now() + 900).toISOString() });
  await people.amelie.ask('DELETE', `/invites/${revoked.id}`);
  await house.ask('POST', '/auth/register', { username: 'david', email: 'david@example.org', password: 'tram cheese violin 42', invite: usedUp.code });

  const guest = await street.person('emile', house.origin, look);
  guest.expects(/404 .*\/invites\//);
  await guest.visits(`/invite/${valid.code}`);
  await guest.button('register.submit').waitFor();
  await at('invitation', guest);
  await guest.button('register.have_account').click();
  await guest.button('sign_in.submit').waitFor();
  await at('invitation-has-account', guest);
  for (const [code, state] of [[revoked.code, 'revoked'], [usedUp.code, 'used_up'], ['nothing', 'not_found']]) {
    await guest.visits(`/invite/${code}`);
    await guest.heading(`invite.${state}_title`).waitFor();
    await at(`invitation-${state.replace('_', '-')}`, guest);
  }
  await eventually(async () => {
    if ((await house.ask('GET', `/invites/${expired.code}`)).data.state !== 'expired') throw new Error('not yet expired');
  });
  await guest.visits(`/invite/${expired.code}`);
  await guest.heading('invite.expired_title').waitFor();
  await at('invitation-expired', guest);

  const bruno = await street.person('bruno', house.origin, { ...look, visitor: people.bruno });
  await bruno.visits(`/invite/${valid.code}`);
  await bruno.button('invite.accept').waitFor();
  await at('invitation-signed-in', bruno);
}

async function walkRooms(street, house, { words, people, other, foreign }, look, at) {
  const amelie = await street.person('amelie', house.origin, { ...look, visitor: people.amelie });
  amelie.expects(/404 /);
  await amelie.opens(house.room);
  await amelie.message('drift').first().waitFor();
  await amelie.isOnline();
  await people.bruno.says(words.news, other.id);
  await eventually(async () => {
    const title = await amelie.page.title();
    if (!title.startsWith('(1)')) throw new Error(`no badge: ${title}`);
  });
  await amelie.composer.fill(words.draft);
  await at('room', amelie);
  await amelie.composer.fill('x'.repeat(4012));
  await amelie.page.getByText(amelie.tn('composer.too_long', 12)).first().waitFor();
  await at('room-too-long', amelie);
  await amelie.composer.fill('');
  await scrollToTop(amelie);
  for (const text of [words.news, words.unsent]) await people.bruno.says(text);
  await amelie.page.getByRole('button', { name: amelie.tn('messages.new_below', 2) }).waitFor();
  await at('room-new-below', amelie);
  if (look.width < 720) {
    await amelie.button('room.back').click();
    await at('rooms', amelie);
  }
  await amelie.visits(`/rooms/${other.id}`);
  await amelie.list.getByText(amelie.t('messages.new'), { exact: true }).waitFor();
  await at('room-unread', amelie);
  await amelie.visits(`/rooms/${foreign.id}`);
  await amelie.button('room.join').waitFor();
  await at('room-visitor', amelie);
  await amelie.visits('/rooms/00000000-0000-4000-8000-000000000000');
  await amelie.heading('room.missing_title').waitFor();
  await at('room-missing', amelie);
}

async function walkDialogs(street, house, { people }, look, at) {
  const amelie = await street.person('amelie', house.origin, { ...look, visitor: people.amelie });
  amelie.expects(/409 .*\/rooms$/);
  const { page } = amelie;
  const close = async () => { await page.keyboard.press('Escape'); await page.getByRole('dialog').waitFor({ state: 'detached' }); };
  await amelie.opens(house.room);
  await amelie.button('members.open').click();
  await page.getByRole('dialog').getByText('bruno').waitFor();
  await at('dialog-members', amelie);
  await amelie.button('room.leave').click();
  await at('dialog-members-leave', amelie);
  await close();
  if (look.width < 720) await amelie.button('room.back').click();
  await amelie.button('rooms.create').click();
  await amelie.field('create_room.name').fill(house.room.name);
  await at('dialog-create-room', amelie);
  await amelie.button('create_room.submit').click();
  await amelie.text('error.room.name_taken').waitFor();
  await at('dialog-create-room-refused', amelie);
  await close();
  await amelie.button('rooms.browse').click();
  await page.getByRole('dialog').getByRole('heading', { level: 3 }).first().waitFor();
  await at('dialog-browse-rooms', amelie);
  await close();
  const menu = page.getByRole('button', { name: amelie.t('account.menu') });
  await menu.click();
  await amelie.button('invites.title').waitFor();
  await at('account-menu', amelie);
  await amelie.button('invites.title').click();
  await amelie.button('invites.create').click();
  await amelie.dialog('invites.title').locator('.invite-made').waitFor();
  await at('dialog-invitations', amelie);
  await close();
  await house.signIn('amelie');
  await menu.click();
  await amelie.button('sessions.title').click();
  await amelie.dialog('sessions.title').getByRole('button', { name: amelie.t('sessions.end_others') }).click();
  await at('dialog-sessions', amelie);
  await close();
  for (const [key, name] of [['password.title', 'password'], ['help.title', 'shortcuts'], ['sign_out.submit', 'sign-out']]) {
    await menu.click();
    await amelie.button(key).click();
    await page.getByRole('dialog').waitFor();
    await at(`dialog-${name}`, amelie);
    await close();
  }
}

async function walkTrouble(street, house, { words, people }, look, at) {
  const line = await street.line(house);
  const bruno = await street.person('bruno', line.origin, { ...look, visitor: people.bruno });
  bruno.expectsBrokenLine();
  bruno.expects(/401 /);
  await bruno.opens(house.room);
  await bruno.isOnline();
  line.hold();
  await bruno.writes(words.unsent);
  await at('room-sending', bruno);
  line.cut();
  await bruno.text('connection.offline').waitFor();
  await bruno.message(words.unsent).last().getByText(bruno.t('message.failed')).waitFor();
  await at('room-offline', bruno);
  line.mend();
  await bruno.isOnline();

  await bruno.page.route('**/api/v1/auth/me', async (route) => {
    const answer = await (await route.fetch()).json();
    answer.data.session.absolute_expires_at = new Date(Date.now() + 100_000).toISOString();
    await route.fulfill({ json: answer });
  });
  await bruno.page.reload();
  await bruno.dialog('warning.title').waitFor();
  await at('session-warning', bruno);
  await bruno.page.unrouteAll();
  await bruno.button('warning.understood').click();
  await bruno.dialog('warning.title').waitFor({ state: 'detached' });
  await people.bruno.ask('POST', '/auth/logout');
  await bruno.dialog('ended.title').waitFor();
  await at('session-ended', bruno);
}

async function walkDemo(street, look, at) {
  const house = await street.house({ command: 'demo', language: look.language, isGenerous: true });
  const guest = await street.person('amelie', house.origin, look);
  await guest.visits('/sign-in');
  await guest.page.getByRole('region', { name: guest.t('demo.label') }).getByRole('button').first().waitFor();
  await at('demo-sign-in', guest);
  await guest.page.getByRole('region', { name: guest.t('demo.label') }).getByRole('button', { name: 'amelie' }).click();
  if (look.width < 720) await guest.page.getByRole('navigation').locator('a[href^="/rooms/"]').last().click();
  await guest.list.getByRole('listitem').first().waitFor();
  await at('demo-room', guest);
}

/** Up, and still there two frames later: the field that has just become small again makes the list follow its end. */
async function scrollToTop(person) {
  await eventually(async () => {
    const top = await person.page.locator('.timeline').evaluate(async (box) => {
      box.scrollTop = 0;
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
      return box.scrollTop;
    });
    if (top > 0) throw new Error(`the list went back to ${top}`);
  });
}
