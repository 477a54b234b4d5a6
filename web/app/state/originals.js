// Messages that others answer: from the window where they are loaded, else asked for once.

import * as api from '../api.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {import('./timeline.js').Timeline} Timeline */

/** Undefined: not known yet; null: there is none to show. @param {Timeline} timeline @param {string} id @returns {Message|null|undefined} */
export const originalOf = (timeline, id) => timeline.messages.value.find((message) => message.id === id) ?? timeline.originals.value.get(id);

/** @type {Set<string>} */
const asked = new Set();
/** One after the other: a page full of answers is no reason to storm the server. */
let line = Promise.resolve();

/** @param {Timeline} timeline @param {string} id */
export function fetchOriginal(timeline, id) {
  if (asked.has(id) || originalOf(timeline, id) !== undefined) return;
  asked.add(id);
  line = line.then(() => fetchNow(timeline, id)).finally(() => { asked.delete(id); });
}

/** @param {Timeline} timeline @param {string} id */
async function fetchNow(timeline, id) {
  try {
    const message = await api.get(`/rooms/${encodeURIComponent(timeline.roomId)}/messages/${encodeURIComponent(id)}`, { background: true });
    keep(timeline, id, message);
  } catch (problem) {
    // Anything but "there is none" may be better the next time; until then the jump is offered without words.
    if (problem instanceof api.Problem && problem.status === 404) keep(timeline, id, null);
  }
}

/** @param {Timeline} timeline @param {string} id @param {Message|null} message */
function keep(timeline, id, message) {
  timeline.originals.value = new Map(timeline.originals.value).set(id, message);
}
