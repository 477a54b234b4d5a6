// The way to one message, wherever in the past it stands.

import { signal } from '../../vendor/signals.js';
import { announce } from './announce.js';
import { t } from '../i18n.js';
import { loadAround } from './timeline.js';

/** @typedef {{ roomId: string, id: string }} Place */

/** Being looked for. @type {import('../../vendor/signals.js').Signal<Place|null>} */
export const sought = signal(null);
/** Loaded, and to be shown; each jump is a new object. @type {import('../../vendor/signals.js').Signal<Place|null>} */
export const found = signal(null);
/** @type {import('../../vendor/signals.js').Signal<(Place & { problem: unknown })|null>} */
export const notFound = signal(null);

/** @param {import('./timeline.js').Timeline} timeline @param {string} id */
export async function locate(timeline, id) {
  const place = { roomId: timeline.roomId, id };
  notFound.value = null;
  if (!timeline.messages.value.some((message) => message.id === id)) {
    sought.value = place;
    announce(t('messages.locating'));
    try {
      await loadAround(timeline, id);
    } catch (problem) {
      if (sought.value === place) notFound.value = { ...place, problem };
      return;
    } finally {
      if (sought.value === place) sought.value = null;
    }
  }
  found.value = place;
}

/** Shown once. */
export const arrive = () => { found.value = null; };
/** Going elsewhere, the failure no longer matters. */
export const giveUp = () => { sought.value = null; notFound.value = null; };
