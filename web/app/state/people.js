// Other members of this server, and whom of them one does not want to hear.

import { signal } from '../../vendor/signals.js';
import * as api from '../api.js';
import { may } from './session.js';
import { keep } from './rooms.js';

/** @typedef {import('../types.js').Person} Person */

/** Ids. @type {import('../../vendor/signals.js').Signal<ReadonlySet<string>>} */
export const blocked = signal(new Set());

export async function loadBlocked() {
  if (!may('view_user_profiles')) return;
  const people = /** @type {Person[]} */ (await api.getAll('/people?blocked=true&limit=100'));
  blocked.value = new Set(people.map(({ id }) => id));
}

/** @param {string} id */
const path = (id) => `/people/${encodeURIComponent(id)}`;

/** @param {string} id @param {boolean} wanted */
export async function setBlocked(id, wanted) {
  if (wanted) await api.put(`${path(id)}/block`, undefined);
  else await api.del(`${path(id)}/block`);
  const ids = new Set(blocked.value);
  if (wanted) ids.add(id);
  else ids.delete(id);
  blocked.value = ids;
}

/** Those whose name begins so. @param {string} prefix @param {AbortSignal} signal @returns {Promise<Person[]>} */
export const lookUp = (prefix, signal) => api.get(`/people?limit=20&q=${encodeURIComponent(prefix)}`, { signal });

/** @param {string} id @returns {Promise<import('../types.js').Profile>} */
export const fetchPerson = (id) => api.get(path(id));

/** The conversation with these people, new or not. @param {string[]} users @returns {Promise<import('../types.js').Room>} */
export async function openDirect(users) {
  const room = await api.post('/dms', { users });
  keep(room);
  return room;
}
