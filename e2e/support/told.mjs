import { after } from 'node:test';
import { closeBrowser, Street } from './street.mjs';

after(closeBrowser);

/**
 * Runs a story and clears up behind it. Whoever met trouble in it (a violated policy, an error on the console or in
 * the page) makes it fail.
 * @param {(street: Street) => Promise<void>} story
 */
export const told = (story) => async () => {
  const street = new Street();
  try {
    await story(street);
    for (const person of street.people) person.assertNoTrouble();
  } catch (failure) {
    await street.describe(failure);
    throw failure;
  } finally {
    await street.close();
  }
};
