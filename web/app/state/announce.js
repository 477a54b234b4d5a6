// What a screen reader hears. The history itself is no live region: a rebuilt list would be read out again.

import { t, tn } from '../i18n.js';

const BURST_MS = 2000;
const BURST_MAX = 3;

/** @param {string} id @param {string} text */
function say(id, text) {
  const region = document.getElementById(id);
  if (!region) return;
  // The same text twice is silent unless the region was empty in between.
  region.textContent = '';
  setTimeout(() => { region.textContent = text; }, 50);
}

/** @param {string} text */
export const announce = (text) => say('sr-polite', text);
/** @param {string} text */
export const announceNow = (text) => say('sr-assertive', text);

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
