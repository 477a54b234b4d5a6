// What the switcher offers: places to go to and things to do.

import { t } from '../i18n.js';
import { fit } from '../fuzzy.js';
import { go, route, roomPath } from '../router.js';
import { joinedRooms, otherRooms } from '../state/rooms.js';
import { unreadRooms } from '../state/unread.js';
import { may } from '../state/session.js';
import { openDialog } from '../state/dialogs.js';

/** @typedef {import('../types.js').Room} Room */
/** @typedef {import('./Icon.js').IconName} IconName */
/** @typedef {{ key: string, icon: IconName, label: string, detail: string, unread: number, mentions: number, run: () => void }} Choice */

const CHOICES_MAX = 50;
/** What is one's own is meant more often. */
const OWN = 3;
const UNREAD = 3;

/** Without a word typed: what is unread, then the other rooms, then actions. @param {string} typed @returns {Choice[]} */
export function choicesFor(typed) {
  if (typed.trim() === '') return [...unreadFirst().map(roomChoice), ...actions()].slice(0, CHOICES_MAX);
  const own = joinedRooms.value.map((room) => ({ choice: roomChoice(room), bonus: OWN + (room.unread > 0 ? UNREAD : 0) }));
  const others = [...otherRooms.value.map(roomChoice), ...actions()].map((choice) => ({ choice, bonus: 0 }));
  return [...own, ...others]
    .map(({ choice, bonus }) => ({ choice, found: fit(typed, choice.label), bonus }))
    .filter(({ found }) => found !== null)
    .sort((a, b) => Number(b.found) + b.bonus - Number(a.found) - a.bonus)
    .slice(0, CHOICES_MAX)
    .map(({ choice }) => choice);
}

/** The room on screen is no place to go to. @returns {Room[]} */
function unreadFirst() {
  const isElsewhere = (/** @type {Room} */ { id }) => route.value.name !== 'room' || route.value.id !== id;
  const rest = joinedRooms.value.filter((room) => room.unread === 0 && !room.archived);
  return [...unreadRooms.value, ...rest].filter(isElsewhere);
}

/** @param {Room} room @returns {Choice} */
const roomChoice = (room) => ({
  key: room.id,
  icon: room.policy === 'public' ? 'bubble' : 'lock',
  label: room.name,
  detail: room.archived ? t('room.archived') : room.role === null ? t('switcher.not_joined') : '',
  unread: room.unread,
  mentions: room.mentions,
  run: () => go(roomPath(room.id)),
});

/** @returns {Choice[]} */
function actions() {
  const offered = /** @type {([IconName, string, import('../state/dialogs.js').DialogName]|false)[]} */ ([
    may('create_rooms') && ['plus', t('rooms.create'), 'create-room'],
    ['compass', t('rooms.browse'), 'browse-rooms'],
    route.value.name === 'room' && ['people', t('members.open'), 'members'],
    may('manage_rooms') && ['link', t('invites.title'), 'invites'],
    ['device', t('sessions.title'), 'sessions'],
    ['help', t('help.title'), 'shortcuts'],
    ['leave', t('sign_out.submit'), 'sign-out'],
  ]);
  return offered.filter((one) => one !== false).map(([icon, label, name]) => (
    { key: name, icon, label, detail: '', unread: 0, mentions: 0, run: () => openDialog(name) }));
}
