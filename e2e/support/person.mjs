// Somebody at a browser: what they do and what they see, by roles and names.

import assert from 'node:assert/strict';
import { eventually } from './eventually.mjs';
import { PASSWORD } from './house.mjs';
import { plural, words } from './words.mjs';

const DEADLINE_MS = 15_000;

export class Person {
  constructor(name, origin, language, context, page) {
    Object.assign(this, { name, origin, language, context, page });
    this.isCaughtUp = false;
    /** What went wrong on the page. @type {string[]} */
    this.trouble = [];
    // Before anybody is signed in, the page asks who is, and a browser logs the 401 as an error.
    /** @type {RegExp[]} */
    this.expected = [/401 .*\/api\/v1\/auth\/me$/];
  }

  /** Notes whatever goes wrong on a page of theirs. @param {import('playwright-core').Page} page */
  async watch(page) {
    page.setDefaultTimeout(DEADLINE_MS);
    page.on('pageerror', (error) => this.trouble.push(`page error: ${error.stack ?? error}`));
    page.on('console', (message) => {
      if (message.type() === 'error') this.trouble.push(`console: ${message.text()} ${message.location().url}`);
    });
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => { if (String(payload).includes('"t":"caught_up"')) this.isCaughtUp = true; });
      socket.on('close', () => { this.isCaughtUp = false; });
    });
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
      });
    });
  }

  /** Failures that belong to the story. @param {...RegExp} patterns of "console: text address" */
  expects(...patterns) {
    this.expected.push(...patterns);
  }

  /** A line that is cut, or a server that is down, is told by the browser as an error. */
  expectsBrokenLine() {
    this.expects(/net::ERR_(CONNECTION|EMPTY_RESPONSE|NETWORK|SOCKET|ABORTED|FAILED)/, /WebSocket connection to .* failed/);
  }

  assertNoTrouble() {
    const unexpected = this.trouble.filter((line) => !this.expected.some((pattern) => pattern.test(line)));
    assert.deepEqual(unexpected, [], `${this.name} met trouble`);
  }

  /** A second tab of the same browser, watched like the first. */
  async opensTab() {
    const tab = new Person(this.name, this.origin, this.language, this.context, await this.context.newPage());
    Object.assign(tab, { trouble: this.trouble, expected: this.expected });
    await tab.watch(tab.page);
    return tab;
  }

  async describe() {
    const page = await this.page.locator('body').ariaSnapshot({ timeout: 2000 }).catch(() => '(no page)');
    return `${this.name} at ${this.page.url()}\n${page}\n${this.trouble.join('\n')}`;
  }

  // Words

  t(key, values) {
    return words(this.language, key, values);
  }

  tn(key, count, values) {
    return plural(this.language, key, count, values);
  }

  button(key, values) {
    return this.page.getByRole('button', { name: this.t(key, values), exact: true });
  }

  field(key) {
    return this.page.getByRole('textbox', { name: this.t(key), exact: true });
  }

  heading(key, values) {
    return this.page.getByRole('heading', { name: this.t(key, values), exact: true });
  }

  dialog(key, values) {
    return this.page.getByRole('dialog', { name: this.t(key, values), exact: true });
  }

  text(key, values) {
    return this.page.getByText(this.t(key, values));
  }

  // Getting in

  async visits(path = '/') {
    await this.page.goto(new URL(path, this.origin).href);
  }

  password() {
    return this.page.getByLabel(this.t('account.password'), { exact: true });
  }

  /** @param {string} [password] */
  async fillsInAccount(password = PASSWORD) {
    await this.field('account.username').fill(this.name);
    await this.field('account.email').fill(`${this.name}@example.org`);
    await this.password().fill(password);
  }

  async signsIn(password = PASSWORD) {
    await this.field('sign_in.username').fill(this.name);
    await this.password().fill(password);
    await this.button('sign_in.submit').click();
  }

  // In a room

  /** @param {{ id: string, name: string }} room */
  async opens(room) {
    await this.visits(`/rooms/${room.id}`);
    await this.isIn(room.name);
  }

  /** @param {string} name */
  async isIn(name) {
    await this.page.getByRole('main', { name, exact: true }).waitFor();
    await this.list.waitFor();
    this.roomName = name;
  }

  /** Live, not only loaded: the socket has caught up, and no banner says otherwise. */
  async isOnline() {
    await eventually(async () => {
      assert.ok(this.isCaughtUp, 'the socket has not caught up');
      assert.equal(await this.page.locator('.banner').count(), 0);
    });
  }

  /** The names of everything that a screen reader can reach: what is inert is not among them. */
  async hears() {
    const session = await this.context.newCDPSession(this.page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    await session.detach();
    return nodes.filter((node) => !node.ignored).map((node) => node.name?.value);
  }

  roomLink(name) {
    return this.page.getByRole('navigation', { name: this.t('rooms.label') }).getByRole('link', { name });
  }

  get composer() {
    return this.page.getByRole('form', { name: this.t('composer.label') }).getByRole('textbox');
  }

  get list() {
    return this.page.getByRole('list', { name: this.t('messages.label'), exact: true });
  }

  /** @param {string} text */
  message(text) {
    return this.list.getByRole('listitem').filter({ hasText: text });
  }

  /** @param {string} text */
  async writes(text) {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** The texts in their order, sent and unsent. */
  reads() {
    return this.list.locator('.message-body').allInnerTexts();
  }

  /** As the server has them: nothing under way, nothing failed. @param {string[]} texts the whole room */
  async eventuallyReads(texts) {
    await eventually(async () => {
      assert.deepEqual(await this.reads(), texts, `what ${this.name} reads`);
      assert.equal(await this.list.locator('[data-state="sending"], [data-state="failed"]').count(), 0, 'still unsent');
    });
  }

  /** Nothing that a story did may push the page to the side. */
  async assertNoSideways() {
    const { wide, seen } = await this.page.evaluate(() => ({ wide: document.documentElement.scrollWidth, seen: document.documentElement.clientWidth }));
    assert.ok(wide <= seen, `the page is ${wide} px wide in ${seen}`);
  }
}
