// The messages of one room as far as they are loaded: a plain window of pages, newest at the end.

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
 *   olderProblem: import('../../vendor/signals.js').Signal<unknown>, dividerId: import('../../vendor/signals.js').Signal<string|null> }} Timeline
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
    timeline.messages.value = merge(timeline.messages.value.filter((message) => message.seq > newest), page);
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

/** @param {string} roomId @param {string} query @param {boolean} background @returns {Promise<Message[]>} */
const fetchPage = (roomId, query, background) =>
  api.get(`/rooms/${encodeURIComponent(roomId)}/messages?limit=${PAGE}${query}`, { background });

/** Newer knowledge of one message replaces older. @param {Message[]} known @param {Message[]} fresh */
function merge(known, fresh) {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of fresh) byId.set(message.id, message);
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

/** @param {Timeline} timeline @param {Message} message */
export function upsert(timeline, message) {
  timeline.messages.value = merge(timeline.messages.value, [message]);
}

/** @param {Timeline} timeline @param {string} id @param {Partial<Message>} changes */
export function changeMessage(timeline, id, changes) {
  timeline.messages.value = timeline.messages.value.map((message) => (message.id === id ? { ...message, ...changes } : message));
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
