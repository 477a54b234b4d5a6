import { html } from '../html.js';
import { t, tx } from '../i18n.js';
import { isDirect, roomName } from '../state/room-name.js';
import { Logo } from './Logo.js';

/** @param {{ room: import('../types.js').Room }} props */
export const EmptyRoom = ({ room }) => html`
  <div class="empty-room"><${Logo} size=${56} />
    <h2>${isDirect(room) ? tx('dm.empty_title', { people: roomName(room) }) : tx('messages.empty_title', { room: room.name })}</h2>${room.role !== null && html`<p>${t('messages.empty')}</p>`}
  </div>`;
