import { html } from '../html.js';
import { t, tn } from '../i18n.js';
import { roomPath } from '../router.js';

/** @param {{ room: import('../types.js').Room, current: boolean }} props */
export function RoomLink({ room, current }) {
  return html`
    <a class="room-link" href=${roomPath(room.id)} aria-current=${current ? 'page' : undefined} data-unread=${room.unread > 0 ? 'true' : undefined}>
      <span class="room-dot" aria-hidden="true"></span>
      <span class="room-name" dir="auto">${room.name}</span>
      ${room.archived && html`<span class="tag">${t('room.archived')}</span>`}
      ${room.unread > 0 && html`
        <span class=${room.mentions > 0 ? 'badge mention' : 'badge'}>
          <span aria-hidden="true">${room.mentions > 0 ? `@${shown(room.mentions)}` : shown(room.unread)}</span>
          <span class="visually-hidden">${room.mentions > 0 ? tn('rooms.mentions', room.mentions) : tn('rooms.unread', room.unread)}</span>
        </span>`}
    </a>`;
}

/** @param {number} count */
const shown = (count) => (count > 99 ? '99+' : String(count));
