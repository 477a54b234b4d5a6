// A story's surroundings: one browser, its houses and lines, and everybody in them; closed when the story is over.

import { chromium } from 'playwright-core';
import { House } from './house.mjs';
import { Line } from './line.mjs';
import { Person } from './person.mjs';

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ARGUMENTS });

/** The browser of this file, launched when first needed; a closed one is launched anew. */
let browser;
const launched = () => (browser ??= launch());

export async function closeBrowser() {
  await (await browser)?.close();
}

export class Street {
  constructor() {
    this.people = [];
    this.closing = [];
  }

  /** @param {Parameters<typeof House.open>[0]} [options] */
  async house(options) {
    const house = await House.open(options);
    this.closing.push(() => house.close());
    return house;
  }

  /** @param {House} house */
  async line(house) {
    const line = await Line.to(house.port);
    this.closing.push(() => line.close());
    return line;
  }

  /**
   * Somebody in a browser of their own.
   * @param {string} name @param {string} origin
   * @param {{ language?: string, width?: number, height?: number, theme?: 'light'|'dark', visitor?: import('./house.mjs').Visitor, scripts?: string[] }} [options]
   *   `visitor`: already signed in as that one
   */
  async person(name, origin, { language = 'en', width = 1280, height = 800, theme = 'light', visitor, scripts = [] } = {}) {
    const context = await (await launched()).newContext({
      locale: language === 'fr' ? 'fr-FR' : 'en-GB', colorScheme: theme, viewport: { width, height }, reducedMotion: 'reduce', timezoneId: 'Europe/Brussels',
    });
    this.closing.push(() => context.close());
    for (const path of scripts) await context.addInitScript({ path });
    if (visitor) {
      const [cookie, value] = visitor.cookie.split('=');
      await context.addCookies([{ name: cookie, value, url: origin, httpOnly: true, sameSite: 'Lax' }]);
    }
    const person = new Person(name, origin, language, context, await context.newPage());
    await person.watch(person.page);
    this.people.push(person);
    return person;
  }

  /** What was on the screens when it went wrong. @param {any} failure */
  async describe(failure) {
    const scenes = await Promise.all(this.people.map((person) => person.describe()));
    if (failure instanceof Error) failure.message += `\n\n${scenes.join('\n')}`;
  }

  async close() {
    for (const close of this.closing.reverse()) await close().catch(() => {});
  }
}
