// What the person has in front of their eyes, and the read marker that follows from it.

import { signal } from '../../vendor/signals.js';
import * as api from '../api.js';
import { readActivity } from './activity.js';
import { changeRoom, roomById } from './rooms.js';
import { loadedTimeline, settle } from './timeline.js';

/** @typedef {import('../types.js').Message} Message */
const MARK_DELAY_MS = 800;

/** The room whose newest message is on screen. @type {{ id: string|null }} */
const atEnd = { id: null };
/** The room on screen, wherever its list stands. */
let openId = '';
/** Rises when the person asks for the end of the list. @type {import('../../vendor/signals.js').Signal<number>} */
export const jump = signal(0);
/** Arrived below what is visible, per open room. @type {import('../../vendor/signals.js').Signal<number>} */
export const below = signal(0);

let timer = 0;

/** @param {string} roomId */
export const isBeingRead = (roomId) => atEnd.id === roomId && document.visibilityState === 'visible' && document.hasFocus();

/** @param {string} roomId @param {boolean} reached the last message is visible */
export function reading(roomId, reached) {
  atEnd.id = reached ? roomId : null;
  if (reached) {
    below.value = 0;
    markSoon(roomId);
  }
}

/** @param {string} roomId */
export const isOpen = (roomId) => openId === roomId;

/** @param {string} roomId @returns {() => void} when the room is left */
export function openRoom(roomId) {
  openId = roomId;
  below.value = 0;
  return () => {
    // The next room may already be open.
    if (openId === roomId) openId = '';
    if (atEnd.id === roomId) atEnd.id = null;
    const timeline = loadedTimeline(roomId);
    if (timeline) settle(timeline);
  };
}

/** Before a message of somebody else joins the list. @param {import('./timeline.js').Timeline} timeline @param {Message} message */
export function noteArrival(timeline, message) {
  if (isBeingRead(timeline.roomId)) {
    markSoon(timeline.roomId);
    return;
  }
  if ((roomById(timeline.roomId)?.unread ?? 0) === 0) timeline.dividerId.value = message.id;
  if (isOpen(timeline.roomId)) below.value += 1;
}

/** @param {string} roomId */
function markSoon(roomId) {
  clearTimeout(timer);
  timer = setTimeout(() => { if (isBeingRead(roomId)) void mark(roomId); }, MARK_DELAY_MS);
}

/** The person says so, or saw the end. @param {string} roomId */
export async function mark(roomId) {
  const room = roomById(roomId);
  const timeline = loadedTimeline(roomId);
  const last = timeline?.messages.value.at(-1);
  if (!room?.role || !last || timeline?.hasNewer.value || lastMarked.get(roomId) === last.id) return;
  lastMarked.set(roomId, last.id);
  changeRoom(roomId, { unread: 0, mentions: 0 });
  readActivity(roomId, last.seq);
  await api.put(`/rooms/${encodeURIComponent(roomId)}/read`, { message: last.id }, { background: true })
    .catch(() => lastMarked.delete(roomId));
}

/** @type {Map<string, string>} */
const lastMarked = new Map();

const resume = () => { if (atEnd.id) markSoon(atEnd.id); };
addEventListener('focus', resume);
document.addEventListener('visibilitychange', resume);
