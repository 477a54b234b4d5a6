import { effect } from '../vendor/signals.js';
import { t } from './i18n.js';
import { route } from './router.js';
import { me } from './state/session.js';
import { roomById, unreadTotal } from './state/rooms.js';
import { roomName } from './state/room-name.js';
import { serverName } from './state/server.js';

export function watchTitle() {
  effect(() => {
    const room = route.value.name === 'room' && me.value ? roomById(route.value.id) : undefined;
    const place = room ? roomName(room) : placeName();
    const badge = me.value && unreadTotal.value > 0 ? `(${unreadTotal.value}) ` : '';
    document.title = badge + (place ? `${place} – ${serverName()}` : serverName());
  });
}

function placeName() {
  if (route.value.name === 'sign-in') return t('sign_in.title');
  if (route.value.name === 'setup') return t('setup.title');
  if (route.value.name === 'activity') return t('activity.title');
  if (route.value.name === 'invite') return t('invite.title');
  return null;
}
