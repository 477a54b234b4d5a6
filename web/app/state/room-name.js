// What a room is called: a conversation that nobody named bears the names of the other people.

import { language, t } from '../i18n.js';
import { accountId } from './session.js';

/** @typedef {import('../types.js').Room} Room */

/** @param {Room} room */
export const isDirect = (room) => room.policy === 'direct';
/** Of two people, for good. @param {Room} room */
export const isOneToOne = (room) => isDirect(room) && !room.is_group;
/** @param {Room} room */
export const othersIn = (room) => (room.people ?? []).filter(({ id }) => id !== accountId.value);

/** @param {Room} room */
export const roomName = (room) => (room.name || !isDirect(room) ? room.name : listed(othersIn(room)));

/** @param {import('../types.js').Person[]} people */
export function listed(people) {
  const names = people.map(({ username }) => username).sort((a, b) => a.localeCompare(b, undefined, { sensitivity: 'base', numeric: true }));
  if (names.length === 0) return t('dm.nobody');
  return names.length === 1 ? names[0] : new Intl.ListFormat(language.value).format(names.map(isolated));
}

/** A name written right to left must not change places with its neighbours. @param {string} name */
export const isolated = (name) => `\u2068${name}\u2069`;
