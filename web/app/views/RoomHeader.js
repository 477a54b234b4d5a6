import { html } from '../html.js';
import { t } from '../i18n.js';
import { backToRooms } from '../router.js';
import { isDirect, listed, othersIn, roomName } from '../state/room-name.js';
import { unreadTotal } from '../state/rooms.js';
import { openDialog } from '../state/dialogs.js';
import { Icon } from './Icon.js';

/** @param {{ room: import('../types.js').Room }} props */
export function RoomHeader({ room }) {
  const about = isDirect(room) ? t('dm.about') : t('members.open');
  const topic = isDirect(room) ? room.name && listed(othersIn(room)) : room.topic;
  const elsewhere = unreadTotal.value - room.unread;
  return html`
    <header class="room-header" id="room-header">
      <button type="button" class="icon-button only-narrow" aria-label=${t('room.back')} onClick=${backToRooms}>
        <${Icon} name="back" />${elsewhere > 0 && html`<span class="back-dot" aria-hidden="true"></span>`}
      </button>
      <div class="room-heading">
        <h1 dir="auto" tabindex="-1">${roomName(room)}</h1>
        ${topic && html`<p class="room-topic" dir="auto" title=${topic}>${topic}</p>`}
      </div>
      <button type="button" class="icon-button" aria-label=${about} title=${about} onClick=${() => openDialog('room')}>
        <${Icon} name="people" />
      </button>
    </header>`;
}
