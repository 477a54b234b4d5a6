// Applies the numbered events of rooms exactly once and in order; what is missing is asked for.

import * as api from '../api.js';
import { changeActivity, dropActivity, dropActivityOf, loadActivity, noteActivity } from './activity.js';
import { accountId, me } from './session.js';
import { rooms, roomById, changeRoom, fetchRoom, loadRooms, forget, goneRooms } from './rooms.js';
import { loadedTimeline, loadLatest, forgetTimeline, upsert, changeMessage, bury } from './timeline.js';
import { buryInThread, changeInThread, joinThread } from './thread.js';
import { confirmSent } from './outbox.js';
import { isBeingRead, isOpen, noteArrival } from './reading.js';
import { announceMessage } from './announce.js';
import { membersChanged } from './members.js';
import { noteNews } from './news.js';
import { blocked } from './people.js';
import { stopTyping } from './typing.js';
import { isDirect, roomName } from './room-name.js';

/** @typedef {import('../types.js').RoomEvent} RoomEvent */
/** More than this many pages behind: a fresh start is cheaper than the replay. */
const CHANGE_PAGES_MAX = 10;

/** Up to which number each room is known without a hole. @type {Map<string, number>} */
const known = new Map();
/** @type {Map<string, Promise<void>>} */
const filling = new Map();

/** After the list of rooms was read anew. */
export function knowRooms() {
  for (const room of rooms.value) if (!known.has(room.id)) known.set(room.id, room.last_seq);
}

/** @param {RoomEvent} event */
export function receive(event) {
  const last = known.get(event.room);
  if (last === undefined) {
    known.set(event.room, event.seq);
    apply(event);
    return;
  }
  if (event.seq <= last) return;
  if (event.seq > last + 1) {
    void fill(event.room);
    return;
  }
  known.set(event.room, event.seq);
  apply(event);
}

/** @param {string} room */
export function fill(room) {
  const running = filling.get(room);
  if (running) return running;
  const started = fillNow(room).catch(() => { /* the next event or reconnect finds the hole again */ }).finally(() => filling.delete(room));
  filling.set(room, started);
  return started;
}

/** @param {string} room */
async function fillNow(room) {
  for (let page = 0; page < CHANGE_PAGES_MAX; page++) {
    const after = known.get(room) ?? 0;
    const { events, last_seq: lastSeq, more } = await api.get(`/rooms/${encodeURIComponent(room)}/changes?after=${after}`, { background: true });
    for (const event of events) {
      if (event.seq <= (known.get(room) ?? 0)) continue;
      known.set(room, event.seq);
      apply(event);
    }
    if (!more) {
      known.set(room, Math.max(known.get(room) ?? 0, lastSeq));
      return;
    }
  }
  await startAnew(room);
}

/** @param {string} room */
async function startAnew(room) {
  const fresh = await fetchRoom(room);
  known.set(room, fresh.last_seq);
  void loadActivity({ background: true });
  const timeline = loadedTimeline(room);
  // Somebody who reads far back is not moved; the way to the newest asks for it anyway.
  if (timeline && !timeline.hasNewer.value) await loadLatest(timeline, { background: true });
}

/** The server knows no cursor of ours: compare the heads. @param {{ id: string, last_seq: number, unread: number }[]} heads */
export async function compareHeads(heads) {
  if (heads.some((head) => !roomById(head.id))) {
    await loadRooms({ background: true }).catch(() => {});
    knowRooms();
  }
  // What was said meanwhile was not told message by message.
  if (heads.some((head) => (known.get(head.id) ?? 0) < head.last_seq)) void loadActivity({ background: true });
  await Promise.all(heads.map(async (head) => {
    if ((known.get(head.id) ?? 0) >= head.last_seq) return;
    if (loadedTimeline(head.id)) {
      await fill(head.id);
    } else {
      known.set(head.id, head.last_seq);
      changeRoom(head.id, { unread: head.unread, last_seq: head.last_seq });
    }
  }));
}

/** @param {RoomEvent} event */
function apply(event) {
  changeRoom(event.room, { last_seq: event.seq });
  if (event.kind === 'message.created') created(event);
  else if (event.kind === 'message.edited') edited(event);
  else if (event.kind === 'message.deleted') deleted(event);
  else if (event.kind === 'member.changed') memberChanged(event);
  else if (event.kind === 'room.changed') roomChanged(event);
  else if (event.kind === 'room.created') void refreshRoom(event.room);
}

/** @param {RoomEvent} event */
function created({ room, data }) {
  const timeline = loadedTimeline(room);
  const own = data.author.id === accountId.value;
  if (own) confirmSent(data);
  joinThread(data);
  stopTyping(room, data.author.id);
  if (timeline) {
    if (!own && timeline.state.value === 'ready') noteArrival(timeline, data);
    upsert(timeline, data);
  }
  if (own) return;
  tell(room, data);
  noteActivity(data, !isBeingRead(room));
  if (isBeingRead(room)) return;
  const mine = me.value?.user.username;
  const mentioned = mine ? data.text.toLowerCase().includes(`@${mine.toLowerCase()}`) : false;
  const before = roomById(room);
  if (before) changeRoom(room, { unread: before.unread + 1, mentions: before.mentions + (mentioned ? 1 : 0) });
}

/** To those who hear the page. @param {string} id @param {import('../types.js').Message} message */
function tell(id, message) {
  const room = roomById(id);
  if (room && isOpen(id) && document.visibilityState === 'visible' && !blocked.value.has(message.author.id)) announceMessage(roomName(room), message);
}

/** @param {RoomEvent} event */
function edited({ room, data }) {
  const timeline = loadedTimeline(room);
  if (!data?.id) return;
  changeInThread(data.id, data);
  changeActivity(data.id, data);
  if (timeline) changeMessage(timeline, data.id, data);
}

/** @param {RoomEvent} event */
function deleted({ room, data }) {
  const timeline = loadedTimeline(room);
  if (!data?.id) return;
  buryInThread(data.id, data);
  dropActivity(data.id);
  if (timeline) bury(timeline, data.id, data);
}

/** @param {RoomEvent} event */
function memberChanged(event) {
  const { room, data } = event;
  const timeline = loadedTimeline(room);
  if (timeline) noteNews(timeline, [event]);
  membersChanged.value += 1;
  if (data?.user && data.role === null) stopTyping(room, data.user.id);
  if (data?.user?.id !== accountId.value) {
    const known = roomById(room);
    // It bears the names of its people.
    if (known && isDirect(known)) void refreshRoom(room);
    return;
  }
  if (data.role === null) void shutOut(room, data.by ? 'removed' : 'left', data.by?.username);
  else void refreshRoom(room);
}

/** Told of a room that one no longer hears, after the reason, if there is one: a deleted room has none. @param {string} room */
export const noteLeft = (room) => void shutOut(room, 'deleted');

/** After time without a line: these are the rooms that one still hears. @param {string[]} heard */
export function noteHeard(heard) {
  const still = new Set(heard);
  for (const { id, role } of rooms.value) if (role !== null && !still.has(id)) void shutOut(id, 'deleted');
}

/** @type {Set<string>} */
const leaving = new Set();

/**
 * No longer a member: a public room stays in sight, of a private one nothing may.
 * @param {string} room @param {import('./rooms.js').Gone['how']} how @param {string} [by]
 */
async function shutOut(room, how, by = '') {
  const before = roomById(room);
  // One left it on this page, or is already being told.
  if (!before?.role || leaving.has(room)) return;
  leaving.add(room);
  changeRoom(room, { role: null, unread: 0, mentions: 0 });
  try {
    await fetchRoom(room);
  } catch (problem) {
    if (!(problem instanceof api.Problem) || problem.status === 0 || problem.status >= 500) return;
    goneRooms.set(room, { name: roomName(before), how, by });
    forget(room);
    dropActivityOf(room);
    forgetTimeline(room);
    known.delete(room);
  } finally {
    leaving.delete(room);
  }
}

/** @param {RoomEvent} event */
function roomChanged({ room, data }) {
  const { name, topic, policy, archived } = data;
  changeRoom(room, { name, topic, policy, archived });
}

/** @param {string} room */
async function refreshRoom(room) {
  await fetchRoom(room).catch(() => loadRooms({ background: true })).catch(() => {});
}
