// What a screen reader hears. The history itself is no live region: a rebuilt list would be read out again.

import { t, tn } from '../i18n.js';

const BURST_MS = 2000;
const BURST_MAX = 3;

/** Of the page, or of the window in front: what lies behind a modal one is silent. @param {'polite'|'assertive'} tone @returns {HTMLElement|null} */
function regionOf(tone) {
  const front = [...document.querySelectorAll('dialog:modal')].at(-1);
  return front?.querySelector(`[data-say="${tone}"]`) ?? document.getElementById(`sr-${tone}`);
}

/** @param {'polite'|'assertive'} tone @param {string} text */
function say(tone, text) {
  const region = regionOf(tone);
  if (!region) return;
  // The same text twice is silent unless the region was empty in between.
  region.textContent = '';
  setTimeout(() => { region.textContent = text; }, 50);
}

/** @param {string} text */
export const announce = (text) => say('polite', text);
/** @param {string} text */
export const announceNow = (text) => say('assertive', text);

let burst = 0;
let timer = 0;
let lines = /** @type {string[]} */ ([]);

/** @param {string} roomName @param {import('../types.js').Message} message */
export function announceMessage(roomName, message) {
  burst += 1;
  lines.push(t('announce.message', { author: message.author.username, text: message.text.slice(0, 300) }));
  if (burst <= BURST_MAX) announce(lines.join('\n'));
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (burst > BURST_MAX) announce(tn('announce.burst', burst, { room: roomName }));
    burst = 0;
    lines = [];
  }, BURST_MS);
}
