import { html } from '../html.js';
import { t } from '../i18n.js';
import { roomPath } from '../router.js';
import { UnreadBadge } from './UnreadBadge.js';

/** @param {{ room: import('../types.js').Room, current: boolean }} props */
export function RoomLink({ room, current }) {
  return html`
    <a class="room-link" href=${roomPath(room.id)} aria-current=${current ? 'page' : undefined} data-unread=${room.unread > 0 ? 'true' : undefined}>
      <span class="room-dot" aria-hidden="true"></span>
      <span class="room-name" dir="auto">${room.name}</span>
      ${room.archived && html`<span class="tag">${t('room.archived')}</span>`}
      <${UnreadBadge} unread=${room.unread} mentions=${room.mentions} />
    </a>`;
}
