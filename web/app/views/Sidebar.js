import { html } from '../html.js';
import { t } from '../i18n.js';
import { serverName } from '../state/server.js';
import { may } from '../state/session.js';
import { conversations, ownRooms, roomsLoaded, roomsProblem, otherRooms, loadRooms } from '../state/rooms.js';
import { openDialog } from '../state/dialogs.js';
import { ActivityLink } from './ActivityLink.js';
import { Logo } from './Logo.js';
import { Icon } from './Icon.js';
import { Notice } from './Notice.js';
import { RoomList } from './RoomList.js';
import { AccountMenu } from './AccountMenu.js';

/** @param {{ open: string|null }} props */
export function Sidebar({ open }) {
  const canCreate = may('create_rooms');
  return html`
    <nav class="sidebar" id="rooms" aria-label=${t('rooms.label')}>
      <header class="sidebar-header"><${Logo} size=${30} /><span class="server-name" dir="auto">${serverName()}</span>
        <button type="button" class="icon-button" aria-label=${t('switcher.open')} title=${t('switcher.open_keys')} aria-keyshortcuts="Control+K Meta+K" onClick=${() => openDialog('switcher')}>
          <${Icon} name="search" /></button></header>
      <${Notice} problem=${roomsProblem.value} onRetry=${() => void loadRooms().catch(() => {})} />
      <div class="room-lists">
        ${may('read_messages') && html`<${ActivityLink} />`}
        <${RoomList} title=${t('rooms.title')} rooms=${ownRooms.value} open=${open} add=${canCreate && t('rooms.create')} onAdd=${() => openDialog('create-room')}>
          ${roomsLoaded.value && ownRooms.value.length === 0 && html`<${NoRooms} canCreate=${canCreate} />`}
        <//>
        ${(may('send_dm') || conversations.value.length > 0) && html`
          <${RoomList} title=${t('dm.title')} rooms=${conversations.value} open=${open} add=${may('send_dm') && t('dm.new')} onAdd=${() => openDialog('new-message')} />`}
      </div>
      <button type="button" class="sidebar-action" onClick=${() => openDialog('browse-rooms')}><${Icon} name="compass" />${t('rooms.browse')}</button>
      <${AccountMenu} />
    </nav>`;
}

/** @param {{ canCreate: boolean }} props */
const NoRooms = ({ canCreate }) => html`
  <div class="sidebar-empty">
    <p>${t('rooms.empty')}</p>
    ${otherRooms.value.length > 0
      ? html`<button type="button" class="button primary" onClick=${() => openDialog('browse-rooms')}>${t('rooms.browse')}</button>`
      : canCreate && html`<button type="button" class="button primary" onClick=${() => openDialog('create-room')}>${t('rooms.create')}</button>`}
  </div>`;
