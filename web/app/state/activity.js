// What others said to oneself, gathered from all rooms: loaded once, then followed by what the socket tells.

import { computed, signal } from '../../vendor/signals.js';
import * as api from '../api.js';
import { blocked } from './people.js';
import { accountId, ended, may } from './session.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {{ message: Message, unread: boolean }} Activity */
/** @typedef {{ state: 'loading'|'ready'|'failed', problem: unknown, items: Activity[], next: string|null }} Shown `next`: where older ones begin */

/** @type {import('../../vendor/signals.js').Signal<Shown>} */
const known = signal({ state: 'loading', problem: null, items: [], next: null });

const isHeard = (/** @type {Activity} */ { message }) => !blocked.value.has(message.author.id);
export const activity = computed(() => ({ ...known.value, items: known.value.items.filter(isHeard) }));
export const newActivity = computed(() => activity.value.items.filter(({ unread }) => unread).length);

/** @param {Partial<Shown>} changes */
const become = (changes) => { known.value = { ...known.value, ...changes }; };

/** @param {{ background?: boolean }} [options] */
export async function loadActivity({ background = false } = {}) {
  if (ended.value || !may('read_messages')) return;
  try {
    const { data, next } = await api.request('GET', '/activity?limit=50', { background });
    // What the socket told meanwhile is newer than this page.
    const newest = data[0]?.message.id ?? '';
    become({ state: 'ready', problem: null, items: merge(known.value.items.filter(({ message }) => message.id > newest), data), next });
  } catch (problem) {
    if (known.value.state !== 'ready') become({ state: 'failed', problem });
  }
}

export async function loadOlderActivity() {
  const { data, next } = await api.request('GET', `/activity?limit=50&cursor=${encodeURIComponent(known.value.next ?? '')}`);
  become({ items: merge(known.value.items, data), next });
}

/** Ids of messages grow with time. @param {Activity[]} items @param {Activity[]} fresh */
function merge(items, fresh) {
  const byId = new Map([...items, ...fresh].map((item) => [item.message.id, item]));
  return [...byId.values()].sort((a, b) => (a.message.id < b.message.id ? 1 : -1));
}

/** A message that just came, if oneself is meant. @param {Message} message @param {boolean} unread */
export function noteActivity(message, unread) {
  const me = accountId.value;
  if (message.author.id === me || message.reply_to_author !== me && message.thread_author !== me) return;
  become({ items: merge(known.value.items, [{ message, unread }]) });
}

/** @param {string} id @param {Partial<Message>} changes */
export const changeActivity = (id, changes) => become({
  items: known.value.items.map((item) => (item.message.id === id ? { ...item, message: { ...item.message, ...changes } } : item)),
});

/** @param {string} id */
export const dropActivity = (id) => become({ items: known.value.items.filter(({ message }) => message.id !== id) });

/** Of a room that may no longer be read. @param {string} room */
export const dropActivityOf = (room) => become({ items: known.value.items.filter(({ message }) => message.room_id !== room) });

/** Read in its room, up to a number. @param {string} room @param {number} seq */
export function readActivity(room, seq) {
  if (!known.value.items.some(({ message, unread }) => unread && message.room_id === room && message.seq <= seq)) return;
  become({ items: known.value.items.map((item) => (item.message.room_id === room && item.message.seq <= seq ? { ...item, unread: false } : item)) });
}

/** All that is there has been seen, wherever its rooms stand. */
export async function markActivitySeen() {
  const newest = known.value.items[0]?.message.id;
  if (!newest) return;
  await api.put('/activity/seen', { message: newest });
  become({ items: known.value.items.map((item) => (item.message.id <= newest ? { ...item, unread: false } : item)) });
}
