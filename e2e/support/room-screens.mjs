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
