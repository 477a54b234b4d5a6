// How a page stands: settled, and within its width.

import assert from 'node:assert/strict';

/** Neither may the page scroll to the side, nor may anything stand where nobody can see it. @param {import('playwright-core').Page} page @param {string} where */
export async function assertWithinWidth(page, where) {
  const found = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    /** Clipped on purpose, with a sign of it, or scrolled in a box of its own. */
    const mayOverflow = (element) => {
      const style = getComputedStyle(element);
      return style.overflowX === 'auto' || style.overflowX === 'scroll' || style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none' || style.clipPath !== 'none';
    };
    const isHeld = (element) => { for (let at = element; at; at = at.parentElement) if (mayOverflow(at)) return true; return false; };
    const out = [...document.body.querySelectorAll('*')].filter((element) => {
      if (!element.checkVisibility({ visibilityProperty: true }) || isHeld(element)) return false;
      const box = element.getBoundingClientRect();
      return box.width > 0 && (box.right > width + 1 || box.left < -1);
    });
    return { scrolls: document.documentElement.scrollWidth - width, out: out.slice(0, 5).map((element) => `${element.tagName}.${element.className} ${JSON.stringify(element.getBoundingClientRect())}`) };
  });
  assert.deepEqual(found, { scrolls: 0, out: [] }, where);
}

/** Nothing is half faded in any more. @param {import('playwright-core').Page} page */
export const settle = (page) => page.evaluate(async () => {
  const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
  await Promise.all(ending.map((one) => one.finished.catch(() => {})));
});
