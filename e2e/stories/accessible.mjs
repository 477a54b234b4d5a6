// Every screen, in both themes and at both widths: axe finds nothing, and nothing stands outside (WCAG 2.2 AA).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { assertWithinWidth, settle } from '../support/layout.mjs';
import { walkEveryScreen } from '../support/screens.mjs';
import { told } from '../support/told.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const LOOKS = /** @type {const} */ ([
  { language: 'en', theme: 'light', width: 1280, height: 800 },
  { language: 'fr', theme: 'dark', width: 360, height: 720 },
]);

for (const look of LOOKS) {
  test(`nobody is shut out of any screen (${look.theme}, ${look.width} px, ${look.language})`, told(async (street) => {
    const found = [];
    const inspect = async (name, { page, language }) => {
      assert.equal(await page.locator('html').getAttribute('lang'), language, name);
      // Half faded in, everything is too pale.
      await settle(page);
      const { violations } = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }), RULES);
      found.push(...violations.flatMap(({ id, nodes }) => nodes.map((node) => `${name}: ${id} ${node.target} ${node.any[0]?.message ?? node.failureSummary}`)));
      await assertWithinWidth(page, name).catch((failure) => found.push(failure.message));
    };
    await walkEveryScreen(street, { ...look, scripts: [AXE] }, inspect);
    assert.deepEqual(found, []);
  }));
}
