// What a person may do with a room and to the people in it. The server decides again.

import { may } from './session.js';
import { isDirect, isOneToOne } from './room-name.js';

/** @typedef {import('../types.js').Room} Room */

/** Name, topic and policy, archive. @param {Room} room */
export function mayChange(room) {
  if (isDirect(room)) return !isOneToOne(room);
  return room.role === 'owner' || (may('manage_rooms') && (room.role !== null || room.policy === 'public'));
}

/** @param {Room} room */
export const mayDeleteRoom = (room) => !isDirect(room) && (room.role === 'owner' || may('delete_rooms'));
/** @param {Room} room */
export const mayAppoint = (room) => room.role === 'owner';

/** @param {Room} room */
export function mayAdd(room) {
  if (isDirect(room) || room.archived) return false;
  return room.role === 'owner' || room.role === 'moderator' || (room.role === 'member' && room.policy === 'private');
}

/** Owners anybody but owners, moderators simple members, who may kick anybody but owners. @param {Room} room @param {string} role of the other */
export function mayRemove(room, role) {
  if (isDirect(room) || role === 'owner') return false;
  return room.role === 'owner' || may('kick_users') || (room.role === 'moderator' && role === 'member');
}

/** Only by an explicit act that the members are told of. @param {Room} room */
export const mustEnter = (room) => room.role === null && room.policy !== 'public';
