// What the switcher offers: places to go to and things to do.

import { t } from '../i18n.js';
import { fit } from '../fuzzy.js';
import { go, route, roomPath } from '../router.js';
import { newActivity } from '../state/activity.js';
import { isDirect, isOneToOne, othersIn, roomName } from '../state/room-name.js';
import { conversations, joinedRooms, otherRooms } from '../state/rooms.js';
import { openDirect } from '../state/people.js';
import { knowRooms } from '../state/stream.js';
import { unreadRooms } from '../state/unread.js';
import { accountId, may } from '../state/session.js';
import { openDialog } from '../state/dialogs.js';

/** @typedef {import('../types.js').Room} Room */
/** @typedef {import('../types.js').Person} Person */
/** @typedef {import('./Icon.js').IconName} IconName */
/** @typedef {{ key: string, icon: IconName, label: string, detail: string, unread: number, mentions: number, run: () => unknown, isSlow?: boolean }} Choice */

const CHOICES_MAX = 50;
/** What is one's own is meant more often. */
const OWN = 3;
const UNREAD = 3;

/** Without a word typed: what is unread, then the other rooms, then actions. @param {string} typed @param {Person[]} people found by it @returns {Choice[]} */
export function choicesFor(typed, people) {
  if (typed.trim() === '') return [...unreadFirst().map(roomChoice), ...actions()].slice(0, CHOICES_MAX);
  const own = joinedRooms.value.map((room) => ({ choice: roomChoice(room), bonus: OWN + (room.unread > 0 ? UNREAD : 0) }));
  const others = [...otherRooms.value.map(roomChoice), ...people.filter(isNew).map(personChoice), ...actions()].map((choice) => ({ choice, bonus: 0 }));
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
  icon: isOneToOne(room) ? 'person' : isDirect(room) ? 'people' : room.policy === 'public' ? 'bubble' : 'lock',
  label: roomName(room),
  detail: room.archived ? t('room.archived') : room.role === null ? t('switcher.not_joined') : '',
  unread: room.unread,
  mentions: room.mentions,
  run: () => go(roomPath(room.id)),
});

/** Nobody with whom one talks already: that conversation is among the rooms. @param {Person} person */
const isNew = ({ id }) => id !== accountId.value && may('send_dm') && !conversations.value.some((room) => isOneToOne(room) && othersIn(room)[0]?.id === id);

/** @param {Person} person @returns {Choice} */
const personChoice = ({ id, username }) => ({
  key: id, icon: 'person', label: username, detail: t('switcher.person'), unread: 0, mentions: 0, isSlow: true,
  run: async () => {
    const room = await openDirect([id]);
    knowRooms();
    go(roomPath(room.id));
  },
});

/** @returns {Choice[]} */
function actions() {
  const places = [{ key: 'activity', icon: /** @type {IconName} */ ('bell'), label: t('activity.title'), detail: '', unread: newActivity.value, mentions: 0, run: () => go('/activity') }];
  const offered = /** @type {([IconName, string, import('../state/dialogs.js').DialogName]|false)[]} */ ([
    may('create_rooms') && ['plus', t('rooms.create'), 'create-room'],
    may('send_dm') && ['bubble', t('dm.new'), 'new-message'],
    ['compass', t('rooms.browse'), 'browse-rooms'],
    route.value.name === 'room' && ['people', t('members.open'), 'room'],
    may('manage_rooms') && ['link', t('invites.title'), 'invites'],
    ['lock', t('password.title'), 'password'],
    ['device', t('sessions.title'), 'sessions'],
    ['help', t('help.title'), 'shortcuts'],
    ['leave', t('sign_out.submit'), 'sign-out'],
  ]);
  return [...places, ...offered.filter((one) => one !== false).map(([icon, label, name]) => (
    { key: name, icon, label, detail: '', unread: 0, mentions: 0, run: () => openDialog(name) }))];
}
