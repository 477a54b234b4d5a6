// Who came into a room, who left it, and whose place in it changed: told between its messages, by their numbers.

import * as api from '../api.js';

/** @typedef {import('../types.js').News} News */
/** @typedef {import('./timeline.js').Timeline} Timeline */

const PAGES_MAX = 5;
/** From which number on each timeline has been asked about. @type {WeakMap<Timeline, number>} */
const askedFrom = new WeakMap();

/** @param {Timeline} timeline @param {import('../types.js').RoomEvent[]} events */
export function noteNews(timeline, events) {
  const bySeq = new Map(timeline.news.value.map((news) => [news.seq, news]));
  for (const { seq, data } of events) bySeq.set(seq, { ...data, seq });
  timeline.news.value = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/** What happened since the first message that is loaded. @param {Timeline} timeline */
export async function fetchNews(timeline) {
  const from = timeline.hasOlder.value ? timeline.messages.value[0]?.seq ?? 0 : 0;
  const asked = askedFrom.get(timeline) ?? Infinity;
  if (from >= asked) return;
  askedFrom.set(timeline, from);
  try {
    await fetchSince(timeline, from, asked);
  } catch {
    // Beside the messages it is little; the next look asks again.
    askedFrom.delete(timeline);
  }
}

/** @param {Timeline} timeline @param {number} from @param {number} until known from there on */
async function fetchSince(timeline, from, until) {
  let after = from;
  for (let page = 0; page < PAGES_MAX; page++) {
    const { events, more } = await api.get(`/rooms/${encodeURIComponent(timeline.roomId)}/changes?after=${after}&kind=member.changed`, { background: true });
    noteNews(timeline, events);
    after = events.at(-1)?.seq ?? until;
    if (!more || after >= until) return;
  }
}
