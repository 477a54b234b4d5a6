// The thread beside the room: the message it began with, and its answers.

import { signal } from '../../vendor/signals.js';
import * as api from '../api.js';
import { newer } from './timeline.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {{ roomId: string, rootId: string, state: 'loading'|'ready'|'failed', problem: unknown, messages: Message[] }} Thread */

/** At most one is open. @type {import('../../vendor/signals.js').Signal<Thread|null>} */
export const thread = signal(null);

/** @param {string} roomId @param {string} rootId @param {{ background?: boolean }} [options] */
export async function openThread(roomId, rootId, { background = false } = {}) {
  const isSame = thread.value?.roomId === roomId && thread.value.rootId === rootId;
  if (!isSame) thread.value = { roomId, rootId, state: 'loading', problem: null, messages: [] };
  try {
    const messages = await fetchAll(roomId, rootId, background);
    change(rootId, (open) => ({ ...open, state: 'ready', problem: null, messages: merge(open.messages, messages) }));
  } catch (problem) {
    change(rootId, (open) => (open.state === 'ready' ? open : { ...open, state: 'failed', problem }));
  }
}

export const closeThread = () => { thread.value = null; };

/** @param {string} roomId @param {string} rootId @param {boolean} background @returns {Promise<Message[]>} */
async function fetchAll(roomId, rootId, background) {
  const path = `/rooms/${encodeURIComponent(roomId)}/messages/${encodeURIComponent(rootId)}/thread?limit=100`;
  return background ? (await api.request('GET', path, { background })).data : api.getAll(path);
}

/** The answer of another look may be for a thread that is no longer open. @param {string} rootId @param {(open: Thread) => Thread} with_ */
function change(rootId, with_) {
  if (thread.value?.rootId === rootId) thread.value = with_(thread.value);
}

/** @param {Message[]} known @param {Message[]} fresh */
function merge(known, fresh) {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of fresh) byId.set(message.id, newer(byId.get(message.id), message));
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

/** A message of the room, if it belongs here. @param {Message} message */
export function joinThread(message) {
  if (message.thread_root) change(message.thread_root, (open) => ({ ...open, messages: merge(open.messages, [message]) }));
}

/** @param {string} id @param {import('../types.js').Deletion} deletion */
export const buryInThread = (id, { deleted_at, by_author, reason }) => changeInThread(id, { deleted_at, by_author, reason, text: '', tree: [] });

/** @param {string} id @param {Partial<Message>} changes */
export function changeInThread(id, changes) {
  const open = thread.value;
  if (!open?.messages.some((message) => message.id === id)) return;
  thread.value = { ...open, messages: open.messages.map((message) => (message.id === id ? newer(message, changes) : message)) };
}
