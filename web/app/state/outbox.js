// Messages on their way. Each lies in local storage under its own name until the server has it, so that neither a
// reload nor a second tab loses one; the id made here lets the server recognise a repeat.

import { clientId } from '../client-id.js';
import { signal, computed } from '../../vendor/signals.js';
import * as api from '../api.js';
import { problemText } from '../problem-text.js';
import { t } from '../i18n.js';
import * as local from './local.js';
import { accountId, ended } from './session.js';
import { loadedTimeline, upsert } from './timeline.js';
import { joinThread } from './thread.js';
import { announce, announceNow } from './announce.js';

/** @typedef {import('../types.js').Unsent} Unsent */
/** @typedef {import('../types.js').Message} Message */

/** When a refusal names no time. */
const WAIT_UNTOLD_S = 5;
/** A server that needs longer has more than a full queue: say so. */
const BUSY_MAX_S = 30;

/** @type {import('../../vendor/signals.js').Signal<Unsent[]>} */
const queue = signal([]);
export const unsentTotal = computed(() => queue.value.length);
export const sendingTotal = computed(() => queue.value.filter((item) => item.state === 'sending').length);
/** @param {string} roomId */
export const unsentOf = (roomId) => queue.value.filter((item) => item.room_id === roomId);

/** When the server takes messages again; 0 while it never asked to wait. It counts a person's messages, whatever the room. */
export const pause = signal(0);
let pauseTimer = 0;

/** Rooms with a request under way: one at a time keeps the order. */
const busy = new Set();
const name = (/** @type {string} */ id) => `outbox.${id}`;

export function restoreOutbox() {
  queue.value = local.names(accountId.value, 'outbox.').map(readItem).filter((item) => item !== null)
    .sort((a, b) => a.created_at.localeCompare(b.created_at));
}

/** @param {string} key @returns {Unsent|null} */
function readItem(key) {
  try {
    const item = JSON.parse(local.read(accountId.value, key) ?? '');
    return typeof item.client_id === 'string' && typeof item.text === 'string' ? { reply_to: null, ...item } : null;
  } catch {
    return null;
  }
}

/** @param {string} roomId @param {string} text @param {string|null} replyTo */
export function send(roomId, text, replyTo) {
  /** @type {Unsent} */
  const item = { client_id: clientId(), room_id: roomId, text, reply_to: replyTo, created_at: new Date().toISOString(), state: 'sending', error: null, reference: null, retriable: true };
  store(item);
  queue.value = [...queue.value, item];
  void work(roomId);
}

/** @param {Unsent} item */
export function retry(item) {
  change(item.client_id, { state: 'sending', error: null });
  void work(item.room_id);
}

/** @param {Unsent} item */
export function discard(item) {
  drop(item.client_id);
}

/** The way is free again: everything that did not fail for its content goes out. */
export function resendAll() {
  for (const item of queue.value) if (item.state === 'failed' && item.retriable) change(item.client_id, { state: 'sending', error: null });
  resume();
}

/** @param {Message} message own, as the server has it */
export function confirmSent(message) {
  if (message.client_id) drop(message.client_id);
}

/** @param {string} roomId */
async function work(roomId) {
  if (busy.has(roomId)) return;
  busy.add(roomId);
  try {
    for (let next = waiting(roomId); next && !ended.value && Date.now() >= pause.value; next = waiting(roomId)) {
      if (!await deliver(next)) break;
    }
  } finally {
    busy.delete(roomId);
  }
  if (!queue.value.some((item) => item.state === 'sending')) pause.value = 0;
}

/** The server asked for patience: nothing goes out before, from no room. @param {number} seconds */
function holdBack(seconds) {
  if (pause.value === 0) announce(t('announce.held_back'));
  pause.value = Math.max(pause.value, Date.now() + seconds * 1000);
  clearTimeout(pauseTimer);
  // A timer may ring a little early.
  pauseTimer = setTimeout(resume, pause.value - Date.now() + 50);
}

function resume() {
  for (const roomId of new Set(queue.value.map((item) => item.room_id))) void work(roomId);
}

/** @param {string} roomId */
const waiting = (roomId) => queue.value.find((item) => item.room_id === roomId && item.state === 'sending');

/** False: the way is blocked, later ones wait. @param {Unsent} item */
async function deliver(item) {
  try {
    const message = await api.post(`/rooms/${encodeURIComponent(item.room_id)}/messages`, bodyOf(item));
    const timeline = loadedTimeline(item.room_id);
    joinThread(message);
    if (timeline) upsert(timeline, message);
    drop(item.client_id);
    announce(t('announce.sent'));
    return true;
  } catch (problem) {
    return fail(item, problem);
  }
}

/** @param {Unsent} item */
const bodyOf = ({ text, client_id, reply_to }) => (reply_to ? { text, client_id, reply_to } : { text, client_id });

/** @param {Unsent} item @param {unknown} problem */
function fail(item, problem) {
  const status = problem instanceof api.Problem ? problem.status : 0;
  if (status === 401) return false;
  const wait = patience(problem);
  if (wait > 0) {
    holdBack(wait);
    return false;
  }
  const retriable = status === 0 || status >= 500;
  const reference = problem instanceof api.Problem ? problem.requestId : null;
  change(item.client_id, { state: 'failed', error: reasonOf(problem), reference, retriable, ...withoutLostAnswer(item, problem) });
  announceNow(t('announce.send_failed'));
  return !retriable;
}

/** Seconds; 0: not a matter of time. @param {unknown} problem */
function patience(problem) {
  if (!(problem instanceof api.Problem)) return 0;
  if (problem.status === 429) return problem.retryAfter ?? WAIT_UNTOLD_S;
  return problem.status === 503 && (problem.retryAfter ?? Infinity) <= BUSY_MAX_S ? problem.retryAfter ?? 0 : 0;
}

/** What it answers is gone, and would be at the next try too: that goes as an ordinary message. @param {Unsent} item @param {unknown} problem */
function withoutLostAnswer(item, problem) {
  if (!item.reply_to || !(problem instanceof api.Problem) || !problem.errors.some(({ field }) => field === 'reply_to')) return {};
  return { reply_to: null, error: t('message.answered_gone') };
}

/** A broken rule says more than that one is broken. @param {unknown} problem */
const reasonOf = (problem) => (problem instanceof api.Problem && problem.errors[0]?.detail) || problemText(problem);

/** @param {Unsent} item */
const store = (item) => local.write(accountId.value, name(item.client_id), JSON.stringify(item));

/** @param {string} id @param {Partial<Unsent>} changes */
function change(id, changes) {
  queue.value = queue.value.map((item) => (item.client_id === id ? { ...item, ...changes } : item));
  const item = queue.value.find((known) => known.client_id === id);
  if (item) store(item);
}

/** @param {string} id */
function drop(id) {
  local.write(accountId.value, name(id), null);
  queue.value = queue.value.filter((item) => item.client_id !== id);
}

addEventListener('storage', (event) => {
  const changed = local.nameOf(accountId.value, event.key);
  if (accountId.value && changed?.startsWith('outbox.') && event.newValue === null) {
    queue.value = queue.value.filter((item) => name(item.client_id) !== changed);
  }
});
