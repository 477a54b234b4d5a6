import { signal, computed } from '../../vendor/signals.js';
import * as api from '../api.js';
import { isDirect, roomName } from './room-name.js';

/** @typedef {import('../types.js').Room} Room */

/** Own and public ones. @type {import('../../vendor/signals.js').Signal<Room[]>} */
export const rooms = signal([]);
export const roomsLoaded = signal(false);
/** @type {import('../../vendor/signals.js').Signal<unknown>} */
export const roomsProblem = signal(null);

const byName = (/** @type {Room} */ a, /** @type {Room} */ b) => roomName(a).localeCompare(roomName(b), undefined, { sensitivity: 'base', numeric: true });

const joined = computed(() => rooms.value.filter((room) => room.role !== null).sort(byName));
export const ownRooms = computed(() => joined.value.filter((room) => !isDirect(room)));
export const conversations = computed(() => joined.value.filter(isDirect));
/** In the order of the list on the left. */
export const joinedRooms = computed(() => [...ownRooms.value, ...conversations.value]);
export const otherRooms = computed(() => rooms.value.filter((room) => room.role === null && !room.archived).sort(byName));
export const archivedRooms = computed(() => rooms.value.filter((room) => room.archived && !isDirect(room)).sort(byName));
export const unreadTotal = computed(() => joinedRooms.value.reduce((sum, room) => sum + room.unread, 0));

/** Why a room is no longer there, of those that went while the page was open. @typedef {{ name: string, how: 'deleted'|'removed'|'left', by: string }} Gone */
/** @type {Map<string, Gone>} */
export const goneRooms = new Map();

/** @param {string} id */
export const roomById = (id) => rooms.value.find((room) => room.id === id);

/** @param {{ background?: boolean }} [options] */
export async function loadRooms({ background = false } = {}) {
  try {
    const fresh = /** @type {Room[]} */ ([]);
    let cursor = null;
    do {
      const answer = await api.request('GET', `/rooms${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`, { background });
      fresh.push(...answer.data);
      cursor = answer.next;
    } while (cursor && fresh.length < 2000);
    rooms.value = fresh;
    roomsLoaded.value = true;
    roomsProblem.value = null;
  } catch (problem) {
    roomsProblem.value = problem;
    throw problem;
  }
}

/** A room that is reachable by its address, though perhaps in no list. @param {string} id */
export async function fetchRoom(id) {
  const room = await api.get(`/rooms/${encodeURIComponent(id)}`);
  keep(room);
  return room;
}

/** @param {Room} room */
export function keep(room) {
  rooms.value = roomById(room.id) ? rooms.value.map((known) => (known.id === room.id ? room : known)) : [...rooms.value, room];
}

/** @param {string} id @param {Partial<Room>} changes */
export function changeRoom(id, changes) {
  rooms.value = rooms.value.map((room) => (room.id === id ? { ...room, ...changes } : room));
}

/** @param {string} id */
export function forget(id) {
  rooms.value = rooms.value.filter((room) => room.id !== id);
}

/** @param {{ name: string, topic: string, policy: string }} draft @returns {Promise<Room>} */
export async function createRoom({ name, topic, policy }) {
  const room = await api.post('/rooms', { name, policy, ...(topic ? { topic } : {}) });
  keep(room);
  return room;
}

/** @param {string} id @returns {Promise<Room>} */
export async function joinRoom(id) {
  const room = await api.post(`/rooms/${encodeURIComponent(id)}/members/me`);
  keep(room);
  return room;
}

/** @param {string} id @param {{ name?: string, topic?: string, policy?: string, archived?: boolean }} changes */
export async function changeSettings(id, changes) {
  if (Object.keys(changes).length > 0) keep(await api.patch(`/rooms/${encodeURIComponent(id)}`, changes));
}

/** @param {string} id */
export async function deleteRoom(id) {
  await api.del(`/rooms/${encodeURIComponent(id)}`);
  forget(id);
}

/** @param {string} id */
export async function leaveRoom(id) {
  await api.del(`/rooms/${encodeURIComponent(id)}/members/me`);
  if (roomById(id)?.policy === 'public') changeRoom(id, { role: null, unread: 0, mentions: 0 });
  else forget(id);
}
