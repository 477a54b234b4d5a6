// Keys that work everywhere. Those of one component live with it.

import { go, route, roomPath } from './router.js';
import { t } from './i18n.js';
import { announce } from './state/announce.js';
import { joinedRooms } from './state/rooms.js';
import { openDialog } from './state/dialogs.js';
import { me } from './state/session.js';
import { singleKeys } from './state/shortcuts.js';
import { nextUnread } from './state/unread.js';

/** Regions in the order F6 walks them. */
const REGIONS = ['#rooms', '#room-header', '#messages', '#activity', '#composer', '#thread'];

export function watchKeys() {
  addEventListener('keydown', (event) => {
    if (!me.value || event.defaultPrevented || document.querySelector('dialog:modal')) return;
    if (event.key === 'F6') walkRegions(event);
    else if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) walkRooms(event);
    else if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') open(event, 'switcher');
    else if ((event.ctrlKey || event.metaKey) && event.key === '/') open(event, 'shortcuts');
    else if (singleKeys.value && !event.ctrlKey && !event.metaKey && !event.altKey && !isWriting(event.target)) pressSingleKey(event);
  });
}

/** @param {KeyboardEvent} event @param {import('./state/dialogs.js').DialogName} name */
function open(event, name) {
  event.preventDefault();
  openDialog(name);
}

/** @param {EventTarget|null} target */
const isWriting = (target) => target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;

/** @param {KeyboardEvent} event */
function pressSingleKey(event) {
  if (event.key === '?') open(event, 'shortcuts');
  else if (event.key === '/') open(event, 'switcher');
  else if (event.key === 'n' && !event.repeat) goToUnread(event);
}

/** @param {KeyboardEvent} event */
function goToUnread(event) {
  event.preventDefault();
  const room = nextUnread(route.value.name === 'room' ? route.value.id : null);
  if (room) go(roomPath(room.id));
  else announce(t('shortcuts.nothing_unread'));
}

/** @param {KeyboardEvent} event */
function walkRegions(event) {
  event.preventDefault();
  const regions = REGIONS.map((selector) => document.querySelector(selector))
    .filter((region) => region instanceof HTMLElement && region.checkVisibility());
  const at = regions.findIndex((region) => region?.contains(document.activeElement));
  const step = event.shiftKey ? -1 : 1;
  const from = at < 0 && event.shiftKey ? 0 : at;
  const region = regions[(from + step + regions.length) % regions.length];
  entryOf(/** @type {HTMLElement} */ (region)).focus();
}

/** Where one is in the region, else its first control. @param {HTMLElement} region @returns {HTMLElement} */
function entryOf(region) {
  for (const selector of ['[aria-current="page"]', 'textarea', 'li[tabindex="0"]', 'a[href], button:not(:disabled)']) {
    const found = [...region.querySelectorAll(selector)].find((element) => element instanceof HTMLElement && element.checkVisibility());
    if (found instanceof HTMLElement) return found;
  }
  return region;
}

/** @param {KeyboardEvent} event */
function walkRooms(event) {
  const rooms = joinedRooms.value;
  const wanted = event.shiftKey ? rooms.filter((room) => room.unread > 0 || isOpen(room.id)) : rooms;
  if (wanted.length === 0) return;
  event.preventDefault();
  const at = wanted.findIndex((room) => isOpen(room.id));
  const step = event.key === 'ArrowUp' ? -1 : 1;
  go(roomPath(wanted[(Math.max(at, step < 0 ? 0 : -1) + step + wanted.length) % wanted.length].id));
}

/** @param {string} id */
const isOpen = (id) => route.value.name === 'room' && route.value.id === id;
