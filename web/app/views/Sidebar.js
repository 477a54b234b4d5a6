import { html } from '../html.js';
import { t } from '../i18n.js';
import { serverName } from '../state/server.js';
import { may } from '../state/session.js';
import { joinedRooms, roomsLoaded, roomsProblem, otherRooms, loadRooms } from '../state/rooms.js';
import { openDialog } from '../state/dialogs.js';
import { Logo } from './Logo.js';
import { Icon } from './Icon.js';
import { Notice } from './Notice.js';
import { RoomLink } from './RoomLink.js';
import { AccountMenu } from './AccountMenu.js';

/** @param {{ open: string|null }} props */
export function Sidebar({ open }) {
  const canCreate = may('create_rooms');
  return html`
    <nav class="sidebar" id="rooms" aria-label=${t('rooms.label')}>
      <header class="sidebar-header"><${Logo} size=${30} /><span class="server-name" dir="auto">${serverName()}</span>
        <button type="button" class="icon-button" aria-label=${t('switcher.open')} title=${t('switcher.open_keys')} aria-keyshortcuts="Control+K Meta+K" onClick=${() => openDialog('switcher')}>
          <${Icon} name="search" /></button></header>
      <div class="sidebar-title">
        <h2>${t('rooms.title')}</h2>
        ${canCreate && html`
          <button type="button" class="icon-button" aria-label=${t('rooms.create')} title=${t('rooms.create')} onClick=${() => openDialog('create-room')}>
            <${Icon} name="plus" /></button>`}
      </div>
      <${Notice} problem=${roomsProblem.value} onRetry=${() => void loadRooms().catch(() => {})} />
      ${roomsLoaded.value && joinedRooms.value.length === 0 && html`
        <div class="sidebar-empty">
          <p>${t('rooms.empty')}</p>
          ${otherRooms.value.length > 0
            ? html`<button type="button" class="button primary" onClick=${() => openDialog('browse-rooms')}>${t('rooms.browse')}</button>`
            : canCreate && html`<button type="button" class="button primary" onClick=${() => openDialog('create-room')}>${t('rooms.create')}</button>`}
        </div>`}
      <ul class="room-list">
        ${joinedRooms.value.map((room) => html`<li key=${room.id}><${RoomLink} room=${room} current=${room.id === open} /></li>`)}
      </ul>
      <button type="button" class="sidebar-action" onClick=${() => openDialog('browse-rooms')}><${Icon} name="compass" />${t('rooms.browse')}</button>
      <${AccountMenu} />
    </nav>`;
}
