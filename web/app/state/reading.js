// What the person has in front of their eyes, and the read marker that follows from it.

import { signal } from '../../vendor/signals.js';
import * as api from '../api.js';
import { readActivity } from './activity.js';
import { changeRoom, roomById } from './rooms.js';
import { loadedTimeline, settle } from './timeline.js';

/** @typedef {import('../types.js').Message} Message */
/** A shorter look at a room has read nothing. */
const GLANCE_MS = 800;
/** What arrives while one reads is told to the server together, so that a lively room costs few requests. */
const TELL_EVERY_MS = 10_000;

/** The room whose newest message is on screen. @type {{ id: string|null }} */
const atEnd = { id: null };
/** The room on screen, wherever its list stands. */
let openId = '';
/** Rises when the person asks for the end of the list. @type {import('../../vendor/signals.js').Signal<number>} */
export const jump = signal(0);
/** Arrived below what is visible, per open room. @type {import('../../vendor/signals.js').Signal<number>} */
export const below = signal(0);

let glance = 0;
/** Up to where each room was seen, and not yet told to the server. @type {Map<string, Message>} */
const seen = new Map();
/** And what it was told last, and when. @type {Map<string, { id: string, at: number }>} */
const told = new Map();
/** @type {Map<string, number>} */
const timers = new Map();

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
    void tell(roomId);
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
    noteSeen(timeline.roomId, message);
    return;
  }
  if ((roomById(timeline.roomId)?.unread ?? 0) === 0) timeline.dividerId.value = message.id;
  if (isOpen(timeline.roomId)) below.value += 1;
}

/** What stands at the end has been looked at for a moment. @param {string} roomId */
function markSoon(roomId) {
  clearTimeout(glance);
  glance = setTimeout(() => { if (isBeingRead(roomId)) noteSeen(roomId, newestOf(roomId)); }, GLANCE_MS);
}

/** @param {string} roomId @param {Message|undefined} message */
function noteSeen(roomId, message) {
  if (!roomById(roomId)?.role || !message || told.get(roomId)?.id === message.id) return;
  changeRoom(roomId, { unread: 0, mentions: 0 });
  readActivity(roomId, message.seq);
  seen.set(roomId, message);
  if (timers.has(roomId)) return;
  const wait = (told.get(roomId)?.at ?? -Infinity) + TELL_EVERY_MS - Date.now();
  timers.set(roomId, setTimeout(() => tell(roomId), Math.max(0, wait)));
}

/** A page that goes away does not wait for the answer. @param {string} roomId */
function tell(roomId) {
  clearTimeout(timers.get(roomId));
  timers.delete(roomId);
  const message = seen.get(roomId);
  seen.delete(roomId);
  if (!message) return undefined;
  told.set(roomId, { id: message.id, at: Date.now() });
  return api.put(`/rooms/${encodeURIComponent(roomId)}/read`, { message: message.id }, { background: true, keepalive: true })
    .catch(() => { if (told.get(roomId)?.id === message.id) told.delete(roomId); });
}

/** The person says so, or saw the end. @param {string} roomId */
export async function mark(roomId) {
  noteSeen(roomId, newestOf(roomId));
  await tell(roomId);
}

/** @param {string} roomId */
function newestOf(roomId) {
  const timeline = loadedTimeline(roomId);
  return timeline?.hasNewer.value ? undefined : timeline?.messages.value.at(-1);
}

const tellAll = () => { for (const roomId of [...seen.keys()]) void tell(roomId); };
addEventListener('pagehide', tellAll);
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') tellAll(); });

const resume = () => { if (atEnd.id) markSoon(atEnd.id); };
addEventListener('focus', resume);
document.addEventListener('visibilitychange', resume);
