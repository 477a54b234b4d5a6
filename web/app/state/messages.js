// What a person may do to a message, and doing it.

import { signal } from '../../vendor/signals.js';
import * as api from '../api.js';
import { accountId, may } from './session.js';
import { roomById } from './rooms.js';
import { buryInThread, changeInThread } from './thread.js';
import { loadedTimeline, changeMessage, bury } from './timeline.js';

/** @typedef {import('../types.js').Message} Message */

/** @param {Message} message */
export const isOwn = (message) => message.author.id === accountId.value;
/** @param {Message} message */
const isWritable = (message) => {
  const room = roomById(message.room_id);
  return Boolean(room?.role) && !room?.archived;
};

/** @param {Message} message */
export const mayAnswer = (message) => !message.deleted_at && isWritable(message) && may('send_messages');
/** @param {Message} message */
export const mayEdit = (message) => !message.deleted_at && isWritable(message) && (may('edit_all_messages') || isOwn(message) && may('edit_own_messages'));
/** @param {Message} message */
export const mayDelete = (message) => !message.deleted_at && !roomById(message.room_id)?.archived
  && (may('delete_all_messages') || isOwn(message) && may('delete_own_messages'));

/** Where a message stands on the page: it may stand in the list and in the thread. @typedef {'list'|'thread'} Spot */

/** Messages with an open field, by where it is open; several may be, so that none is lost by opening another. */
export const editing = signal(/** @type {ReadonlySet<string>} */ (new Set()));
/** @param {string} id @param {Spot} spot */
export const editKey = (id, spot) => `${spot}:${id}`;
/** What stands in those fields, kept while their room is not on screen. @type {Map<string, string>} */
const edits = new Map();

/** @param {Message} message @param {Spot} spot */
export function startEdit(message, spot) {
  editing.value = new Set(editing.value).add(editKey(message.id, spot));
}

/** @param {Message} message */
export const editOf = (message) => edits.get(message.id) ?? message.text;
/** @param {Message} message @param {string} text */
export const keepEdit = (message, text) => edits.set(message.id, text);

/** @param {Message} message */
export function endEdit(message) {
  const left = new Set(editing.value);
  left.delete(editKey(message.id, 'list'));
  left.delete(editKey(message.id, 'thread'));
  edits.delete(message.id);
  editing.value = left;
}

/** @param {Message} message */
const pathOf = (message) => `/rooms/${encodeURIComponent(message.room_id)}/messages/${encodeURIComponent(message.id)}`;

/** @param {Message} message @param {string} text */
export async function edit(message, text) {
  const edited = await api.patch(pathOf(message), { text });
  const timeline = loadedTimeline(message.room_id);
  changeInThread(message.id, edited);
  if (timeline) changeMessage(timeline, message.id, edited);
}

/** @param {Message} message @param {string} reason for somebody else's message; may be empty */
export async function remove(message, reason) {
  try {
    await api.del(pathOf(message), reason ? { reason } : undefined);
  } catch (problem) {
    // Somebody was faster: what was wanted is done, and who did it comes with the event.
    if (problem instanceof api.Problem && problem.code === 'message.deleted') return;
    throw problem;
  }
  const timeline = loadedTimeline(message.room_id);
  const deletion = { deleted_at: new Date().toISOString(), by_author: isOwn(message), reason: reason || null };
  buryInThread(message.id, deletion);
  if (timeline) bury(timeline, message.id, deletion);
}

/** Newest first. @param {Message} message @returns {Promise<import('../types.js').Revision[]>} */
export const historyOf = async (message) => (await api.get(`${pathOf(message)}/history`)).toReversed();

/** The one that ↑ in the empty field means. @param {string} roomId */
export function lastOwn(roomId) {
  const timeline = loadedTimeline(roomId);
  if (!timeline || timeline.hasNewer.value) return undefined;
  return timeline.messages.value.findLast((message) => isOwn(message) && mayEdit(message));
}
