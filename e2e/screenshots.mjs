// Photographs every screen in both languages, both themes and two widths: node screenshots.mjs FOLDER [fr-dark-360 …]
// With --room FILE instead: one picture of a lively room, for the README.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { settle } from './support/layout.mjs';
import { walkEveryScreen } from './support/screens.mjs';
import { closeBrowser, Street } from './support/street.mjs';
import { words } from './support/words.mjs';

/** Who says what after the demonstration's own talk. */
const LATER = [
  ['bruno', 'square', 'The brass band says yes! They want to know: by the fountain, or under the **arcades**?'],
  ['chloe', 'square', 'Under the arcades, in case of rain.'],
  ['david', 'workshop', '@amelie the clock is right again, come and listen at noon.'],
];

const { values, positionals } = parseArgs({ options: { room: { type: 'string' } }, allowPositionals: true });
const [folder, ...wanted] = positionals;
if (!folder && !values.room) {
  console.error('usage: node screenshots.mjs FOLDER [LANGUAGE-THEME-WIDTH …] | --room FILE');
  process.exit(2);
}

const street = new Street();
try {
  if (values.room) await photographRoom(values.room);
  else for (const look of looks()) await photographAll(look);
} finally {
  await street.close();
  await closeBrowser();
}

function looks() {
  const all = [];
  for (const language of /** @type {const} */ (['en', 'fr'])) {
    for (const theme of /** @type {const} */ (['light', 'dark'])) {
      for (const [width, height] of [[1280, 800], [360, 720]]) all.push({ language, theme, width, height, name: `${language}-${theme}-${width}` });
    }
  }
  return all.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
}

async function photographAll(look) {
  const into = join(folder, look.name);
  mkdirSync(into, { recursive: true });
  let number = 0;
  await walkEveryScreen(street, look, async (name, { page }) => {
    number += 1;
    await settle(page);
    await page.screenshot({ path: join(into, `${String(number).padStart(2, '0')}-${name}.png`), caret: 'initial' });
  });
  console.log(`${look.name}: ${number} screens`);
}

/** The demonstration a little later in the day, in colours that tell its people apart. @param {string} file */
async function photographRoom(file) {
  while (!await photographDemo(file));
}

/** False: two people had the same colour. @param {string} file */
async function photographDemo(file) {
  const house = await street.house({ command: 'demo' });
  const amelie = await street.person('amelie', house.origin, { width: 1280, height: 870 });
  await amelie.visits('/sign-in');
  await amelie.page.getByRole('region', { name: amelie.t('demo.label') }).getByRole('button', { name: 'amelie' }).click();
  await amelie.isIn(amelie.t('demo.room.square'));
  await amelie.isOnline();
  await talkOn(house);
  await amelie.message('in case of rain').waitFor();
  await amelie.composer.fill('Arcades it is. I will tell');
  await amelie.page.mouse.move(640, 5);
  await amelie.roomLink(amelie.tn('rooms.mentions', 1)).waitFor();
  await amelie.page.locator('.room-link[aria-current] .badge').waitFor({ state: 'detached' });
  await settle(amelie.page);
  await amelie.page.screenshot({ path: file, caret: 'initial' });
  const colours = await amelie.list.locator('.avatar').evaluateAll((avatars) => new Set(avatars.map((avatar) => avatar.className)).size);
  return colours === LATER.length + 1;
}

/** @param {import('./support/house.mjs').House} house */
async function talkOn(house) {
  const password = house.said.find((line) => line.startsWith('amelie / '))?.split(' / ')[1];
  const speakers = Object.fromEntries(await Promise.all(['bruno', 'chloe', 'david'].map(async (name) => [name, await house.signIn(name, password)])));
  const rooms = (await speakers.bruno.ask('GET', '/rooms')).data;
  const idOf = (key) => rooms.find((room) => room.name === words('en', `demo.room.${key}`)).id;
  for (const [name, room, text] of LATER) await speakers[name].says(text, idOf(room));
}
