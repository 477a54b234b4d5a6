// Messages on their way. Each lies in local storage under its own name until the server has it, so that neither a
// reload nor a second tab loses one; the id made here lets the server recognise a repeat.

import { signal, computed } from '../../vendor/signals.js';
import * as api from '../api.js';
import { problemText } from '../problem-text.js';
import { t } from '../i18n.js';
import * as local from './local.js';
import { accountId, ended } from './session.js';
import { loadedTimeline, upsert } from './timeline.js';
import { announce, announceNow } from './announce.js';

/** @typedef {import('../types.js').Unsent} Unsent */
/** @typedef {import('../types.js').Message} Message */

/** @type {import('../../vendor/signals.js').Signal<Unsent[]>} */
const queue = signal([]);
export const unsentTotal = computed(() => queue.value.length);
/** @param {string} roomId */
export const unsentOf = (roomId) => queue.value.filter((item) => item.room_id === roomId);

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
    return typeof item.client_id === 'string' && typeof item.text === 'string' ? item : null;
  } catch {
    return null;
  }
}

/** @param {string} roomId @param {string} text */
export function send(roomId, text) {
  /** @type {Unsent} */
  const item = { client_id: crypto.randomUUID(), room_id: roomId, text, created_at: new Date().toISOString(), state: 'sending', error: null, reference: null, retriable: true };
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
  for (const roomId of new Set(queue.value.map((item) => item.room_id))) void work(roomId);
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
    for (let next = waiting(roomId); next && !ended.value; next = waiting(roomId)) {
      if (!await deliver(next)) break;
    }
  } finally {
    busy.delete(roomId);
  }
}

/** @param {string} roomId */
const waiting = (roomId) => queue.value.find((item) => item.room_id === roomId && item.state === 'sending');

/** False: the way is blocked, later ones wait. @param {Unsent} item */
async function deliver(item) {
  try {
    const message = await api.post(`/rooms/${encodeURIComponent(item.room_id)}/messages`, { text: item.text, client_id: item.client_id });
    const timeline = loadedTimeline(item.room_id);
    if (timeline) upsert(timeline, message);
    drop(item.client_id);
    announce(t('announce.sent'));
    return true;
  } catch (problem) {
    return fail(item, problem);
  }
}

/** @param {Unsent} item @param {unknown} problem */
function fail(item, problem) {
  const status = problem instanceof api.Problem ? problem.status : 0;
  if (status === 401) return false;
  const wait = problem instanceof api.Problem && (status === 429 || status === 503) ? problem.retryAfter : null;
  if (wait !== null && wait <= 30) {
    setTimeout(() => void work(item.room_id), wait * 1000);
    return false;
  }
  const retriable = status === 0 || status >= 500 || status === 429;
  const reference = problem instanceof api.Problem ? problem.requestId : null;
  change(item.client_id, { state: 'failed', error: reasonOf(problem), reference, retriable });
  announceNow(t('announce.send_failed'));
  return !retriable;
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
