// Somebody without a mouse: they reach a control by Tab, and see where they are at every step.

import assert from 'node:assert/strict';

const STEPS_MAX = 60;

export class Keyboard {
  /** @param {import('./person.mjs').Person} person */
  constructor(person) {
    this.person = person;
    this.page = person.page;
  }

  press(key) {
    return this.page.keyboard.press(key);
  }

  type(text) {
    return this.page.keyboard.type(text);
  }

  /** @param {import('playwright-core').Locator} target */
  isOn(target) {
    return target.evaluate((element) => element === document.activeElement);
  }

  /** Tabs on until the target has the focus. @param {import('playwright-core').Locator} target @param {string} [key] */
  async goesTo(target, key = 'Tab') {
    await target.waitFor();
    for (let i = 0; i < STEPS_MAX; i++) {
      if (await this.isOn(target)) return;
      await this.press(key);
      await this.assertFocusSeen();
    }
    assert.fail(`${target} was not reached in ${STEPS_MAX} steps`);
  }

  /** @param {import('playwright-core').Locator} field @param {string} text */
  async fills(field, text) {
    await this.goesTo(field);
    await this.press('ControlOrMeta+a');
    await this.type(text);
  }

  /** @param {import('playwright-core').Locator} button */
  async activates(button) {
    await this.goesTo(button);
    await this.press('Enter');
  }

  /** What has the focus says so, and nothing covers it (WCAG 2.4.7, 2.4.11). */
  async assertFocusSeen() {
    const focus = await this.page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return { name: 'nothing', marked: true, uncovered: true };
      const isMarked = (one) => {
        const style = getComputedStyle(one);
        return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
      };
      const box = element.getBoundingClientRect();
      const at = document.elementFromPoint(Math.min(box.left + box.width / 2, innerWidth - 1), Math.min(box.top + box.height / 2, innerHeight - 1));
      return {
        name: `${element.localName} “${(element.getAttribute('aria-label') ?? element.textContent ?? '').slice(0, 40)}”`,
        marked: isMarked(element) || isMarked(element.parentElement),
        uncovered: Boolean(at && (element.contains(at) || at.contains(element))),
      };
    });
    assert.ok(focus.marked, `nothing shows that ${focus.name} has the focus`);
    assert.ok(focus.uncovered, `${focus.name} has the focus and is covered`);
  }
}
