// Who is in a room, and their places in it.

import { signal } from '../../vendor/signals.js';
import * as api from '../api.js';

/** @typedef {import('../types.js').Member} Member */

/** Rises when the members of some room change: whoever shows them looks again. */
export const membersChanged = signal(0);

/** @param {string} room */
const path = (room) => `/rooms/${encodeURIComponent(room)}/members`;

/** @param {string} room @returns {Promise<Member[]>} */
export const fetchMembers = (room) => api.getAll(`${path(room)}?limit=100`);

/** Adds somebody, or changes their place. @param {string} room @param {string} user @param {string} role */
export async function seat(room, user, role) {
  await api.put(`${path(room)}/${encodeURIComponent(user)}`, { role });
  membersChanged.value += 1;
}

/** @param {string} room @param {string} user */
export async function putOut(room, user) {
  await api.del(`${path(room)}/${encodeURIComponent(user)}`);
  membersChanged.value += 1;
}

/** The other becomes an owner first: there is never none. @param {string} room @param {string} user @param {string} oneself */
export async function handOver(room, user, oneself) {
  await seat(room, user, 'owner');
  await seat(room, oneself, 'moderator');
}
