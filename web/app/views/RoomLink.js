import { html } from '../html.js';
import { t } from '../i18n.js';
import { roomPath } from '../router.js';
import { isDirect, isOneToOne, othersIn, roomName } from '../state/room-name.js';
import { Avatar } from './Avatar.js';
import { Icon } from './Icon.js';
import { UnreadBadge } from './UnreadBadge.js';

/** @param {{ room: import('../types.js').Room, current: boolean }} props */
export function RoomLink({ room, current }) {
  return html`
    <a class="room-link" href=${roomPath(room.id)} aria-current=${current ? 'page' : undefined} data-unread=${room.unread > 0 ? 'true' : undefined}>
      <${Sign} room=${room} />
      <span class="room-name" dir="auto">${roomName(room)}</span>
      ${room.archived && html`<span class="tag">${t('room.archived')}</span>`}
      <${UnreadBadge} unread=${room.unread} mentions=${room.mentions} />
    </a>`;
}

/** @param {{ room: import('../types.js').Room }} props */
function Sign({ room }) {
  const [other] = othersIn(room);
  if (isOneToOne(room) && other) return html`<${Avatar} person=${other} />`;
  return isDirect(room) ? html`<${Icon} name="people" />` : html`<span class="room-dot" aria-hidden="true"></span>`;
}
