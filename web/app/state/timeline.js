// The messages of one room as far as they are loaded: a plain window of pages without a hole. Mostly it ends with the
// newest; a jump to an old message moves it, and then what arrives waits in `arrived` until the window reaches it.

import { signal } from '../../vendor/signals.js';
import * as api from '../api.js';
import { accountId } from './session.js';
import { roomById } from './rooms.js';

/** @typedef {import('../types.js').Message} Message */
export const PAGE = 100;
/** How far back the divider is looked for when much was missed. */
const UNREAD_PAGES_MAX = 5;

/**
 * @typedef {{ roomId: string, messages: import('../../vendor/signals.js').Signal<Message[]>,
 *   state: import('../../vendor/signals.js').Signal<'loading'|'ready'|'failed'>, problem: import('../../vendor/signals.js').Signal<unknown>,
 *   hasOlder: import('../../vendor/signals.js').Signal<boolean>, loadingOlder: import('../../vendor/signals.js').Signal<boolean>,
 *   olderProblem: import('../../vendor/signals.js').Signal<unknown>, dividerId: import('../../vendor/signals.js').Signal<string|null>,
 *   hasNewer: import('../../vendor/signals.js').Signal<boolean>, arrived: Message[],
 *   news: import('../../vendor/signals.js').Signal<import('../types.js').News[]>,
 *   originals: import('../../vendor/signals.js').Signal<ReadonlyMap<string, Message|null>> }} Timeline
 * `news`: who came, went, and got another place, between the messages.
 * `originals`: answered messages outside the window; null where there is none to show.
 */

/** @type {Map<string, Timeline>} */
const timelines = new Map();

/** @param {string} roomId @returns {Timeline} */
export function timelineOf(roomId) {
  let timeline = timelines.get(roomId);
  if (!timeline) {
    timeline = {
      roomId, messages: signal([]), state: signal('loading'), problem: signal(null),
      hasOlder: signal(false), loadingOlder: signal(false), olderProblem: signal(null), dividerId: signal(null),
      hasNewer: signal(false), arrived: [], news: signal([]), originals: signal(new Map()),
    };
    timelines.set(roomId, timeline);
    void loadLatest(timeline);
  }
  return timeline;
}

/** @param {string} roomId */
export const loadedTimeline = (roomId) => timelines.get(roomId);
/** @param {string} roomId */
export const forgetTimeline = (roomId) => timelines.delete(roomId);

/** The reader has left: what they saw is no longer new, and a long way back need not stay in memory. @param {Timeline} timeline */
export function settle(timeline) {
  if (timeline.hasNewer.value) {
    timelines.delete(timeline.roomId);
    return;
  }
  if ((roomById(timeline.roomId)?.unread ?? 0) === 0) timeline.dividerId.value = null;
  if (timeline.messages.value.length <= 3 * PAGE) return;
  timeline.messages.value = timeline.messages.value.slice(-PAGE);
  timeline.hasOlder.value = true;
}

/** @param {Timeline} timeline */
export async function loadLatest(timeline, { background = false } = {}) {
  const unread = roomById(timeline.roomId)?.unread ?? 0;
  try {
    const page = await fetchPage(timeline.roomId, '', background);
    // What arrived over the socket meanwhile is newer than this page.
    const newest = page[0]?.seq ?? 0;
    const later = timeline.hasNewer.value ? timeline.arrived : timeline.messages.value;
    timeline.messages.value = merge(later.filter((message) => message.seq > newest), page);
    timeline.hasNewer.value = false;
    timeline.arrived = [];
    timeline.hasOlder.value = page.length === PAGE;
    for (let pages = 1; pages < UNREAD_PAGES_MAX && timeline.hasOlder.value && countOthers(timeline) < unread; pages++) await loadOlder(timeline);
    placeDivider(timeline, unread);
    timeline.problem.value = null;
    timeline.state.value = 'ready';
  } catch (problem) {
    // A list that is on screen is worth more than the news that it could not be refreshed.
    if (timeline.state.value === 'ready') return;
    timeline.problem.value = problem;
    timeline.state.value = 'failed';
  }
}

/** @param {Timeline} timeline */
export async function loadOlder(timeline) {
  const first = timeline.messages.value[0];
  if (!first || !timeline.hasOlder.value || timeline.loadingOlder.value) return;
  timeline.loadingOlder.value = true;
  try {
    const page = await fetchPage(timeline.roomId, `&before=${first.id}`, false);
    timeline.hasOlder.value = page.length === PAGE;
    timeline.messages.value = merge(timeline.messages.value, page);
    timeline.olderProblem.value = null;
  } catch (problem) {
    timeline.olderProblem.value = problem;
  } finally {
    timeline.loadingOlder.value = false;
  }
}

/** Only after a jump back: the window ends before the newest. @param {Timeline} timeline */
export async function loadNewer(timeline) {
  const last = timeline.messages.value.at(-1);
  if (!last || !timeline.hasNewer.value || loadingNewer.has(timeline)) return;
  loadingNewer.add(timeline);
  try {
    const page = await fetchPage(timeline.roomId, `&after=${last.id}`, false);
    // Meanwhile the window may have moved elsewhere.
    if (timeline.messages.value.at(-1)?.id !== last.id) return;
    timeline.messages.value = merge(timeline.messages.value, page);
    if (page.length < PAGE) reachNewest(timeline);
  } catch { /* the pill to the newest stays, and so does the next scroll */ } finally {
    loadingNewer.delete(timeline);
  }
}

/** @type {WeakSet<Timeline>} */
const loadingNewer = new WeakSet();

/** @param {Timeline} timeline */
function reachNewest(timeline) {
  const newest = timeline.messages.value.at(-1)?.seq ?? 0;
  timeline.messages.value = merge(timeline.messages.value, timeline.arrived.filter((message) => message.seq > newest));
  timeline.arrived = [];
  timeline.hasNewer.value = false;
}

/** Moves the window so that it holds this message. @param {Timeline} timeline @param {string} id */
export async function loadAround(timeline, id) {
  const page = await fetchPage(timeline.roomId, `&around=${id}`, false);
  const seq = page.find((message) => message.id === id)?.seq ?? 0;
  const first = timeline.messages.value[0]?.seq ?? Infinity;
  timeline.hasOlder.value = page.filter((message) => message.seq <= seq).length === PAGE / 2;
  timeline.olderProblem.value = null;
  if (!timeline.hasNewer.value && (page[0]?.seq ?? 0) >= first) {
    timeline.messages.value = merge(timeline.messages.value, page);
    return;
  }
  timeline.messages.value = merge([], page);
  timeline.arrived = [];
  timeline.hasNewer.value = true;
}

/** @param {string} roomId @param {string} query @param {boolean} background @returns {Promise<Message[]>} */
const fetchPage = (roomId, query, background) =>
  api.get(`/rooms/${encodeURIComponent(roomId)}/messages?limit=${PAGE}${query}`, { background });

/** @param {Message[]} known @param {Message[]} fresh */
function merge(known, fresh) {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of fresh) byId.set(message.id, newer(byId.get(message.id), message));
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

/** An answer may have been on its way while an event overtook it. @param {Message|undefined} known @param {Partial<Message>} fresh @returns {Message} */
export function newer(known, fresh) {
  if (!known) return /** @type {Message} */ (fresh);
  const isOlder = known.deleted_at ? !fresh.deleted_at : !fresh.deleted_at && Date.parse(known.edited_at ?? '') > (Date.parse(fresh.edited_at ?? '') || 0);
  return isOlder ? known : { ...known, ...fresh };
}

/** @param {Timeline} timeline @param {Message} message */
export function upsert(timeline, message) {
  if (!isKnown(timeline, message.id)) countAnswer(timeline, message.thread_root, 1);
  if (timeline.hasNewer.value) timeline.arrived = merge(timeline.arrived, [message]).slice(-PAGE);
  else timeline.messages.value = merge(timeline.messages.value, [message]);
}

/** @param {Timeline} timeline @param {string} id @param {Partial<Message>} changes */
export function changeMessage(timeline, id, changes) {
  const changed = (/** @type {Message} */ message) => (message.id === id ? newer(message, changes) : message);
  timeline.messages.value = timeline.messages.value.map(changed);
  timeline.arrived = timeline.arrived.map(changed);
  const original = timeline.originals.value.get(id);
  if (original) timeline.originals.value = new Map(timeline.originals.value).set(id, newer(original, changes));
}

/** @param {Timeline} timeline @param {string} id */
const isKnown = (timeline, id) => timeline.messages.value.some((message) => message.id === id) || timeline.arrived.some((message) => message.id === id);

/** At the message that began the thread, where it is loaded: a page that comes later counts by itself. @param {Timeline} timeline @param {string|null} root @param {number} step */
function countAnswer(timeline, root, step) {
  const counted = (/** @type {Message} */ message) => (message.id === root ? { ...message, reply_count: Math.max(0, message.reply_count + step) } : message);
  if (!root) return;
  timeline.messages.value = timeline.messages.value.map(counted);
  timeline.arrived = timeline.arrived.map(counted);
}

/** Only a tombstone stays. @param {Timeline} timeline @param {string} id @param {import('../types.js').Deletion} deletion */
export function bury(timeline, id, { deleted_at, by_author, reason }) {
  const known = timeline.messages.value.find((message) => message.id === id);
  if (known && !known.deleted_at) countAnswer(timeline, known.thread_root, -1);
  changeMessage(timeline, id, { deleted_at, by_author, reason, text: '', tree: [] });
}

/** @param {Timeline} timeline */
const countOthers = (timeline) => timeline.messages.value.filter(isOthers).length;
/** @param {Message} message */
const isOthers = (message) => message.author.id !== accountId.value;

/** Before the oldest of the last `unread` messages of others. @param {Timeline} timeline @param {number} unread */
function placeDivider(timeline, unread) {
  const others = timeline.messages.value.filter(isOthers);
  timeline.dividerId.value = unread > 0 && others.length > 0 ? others[Math.max(0, others.length - unread)].id : null;
}
