// Who is writing where. Only good for the moment: nobody says when they stop, so it fades by itself.

import { signal } from '../../vendor/signals.js';
import { blocked } from './people.js';

/** The server tells of somebody once in three seconds while they write. */
const SHOWN_MS = 6000;

/** @typedef {import('../types.js').Person} Person */
/** @typedef {{ person: Person, timer: number }} Writer */
/** By room. @type {import('../../vendor/signals.js').Signal<ReadonlyMap<string, Writer[]>>} */
const writers = signal(new Map());

/** @param {string} room @returns {Person[]} */
export const writersIn = (room) => (writers.value.get(room) ?? []).map(({ person }) => person).filter(({ id }) => !blocked.value.has(id));

/** @param {{ room: string, user: Person }} frame */
export function hearTyping({ room, user: person }) {
  const timer = setTimeout(() => stopTyping(room, person.id), SHOWN_MS);
  keep(room, [...without(room, person.id), { person, timer }]);
}

/** What they wrote is here, or they have gone. @param {string} room @param {string} person */
export function stopTyping(room, person) {
  if (writers.peek().has(room)) keep(room, without(room, person));
}

/** @param {string} room @param {string} person */
function without(room, person) {
  const before = writers.peek().get(room) ?? [];
  clearTimeout(before.find((writer) => writer.person.id === person)?.timer);
  return before.filter((writer) => writer.person.id !== person);
}

/** @param {string} room @param {Writer[]} now */
function keep(room, now) {
  const all = new Map(writers.peek());
  if (now.length > 0) all.set(room, now);
  else all.delete(room);
  writers.value = all;
}
