import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { go, roomPath } from '../router.js';
import { otherRooms, loadRooms } from '../state/rooms.js';
import { knowRooms } from '../state/stream.js';
import { may } from '../state/session.js';
import { openDialog } from '../state/dialogs.js';
import { Dialog } from './Dialog.js';
import { Field } from './Field.js';
import { Notice } from './Notice.js';

/** Public rooms one is not in. @param {{ onClose: () => void }} props */
export function BrowseRoomsDialog({ onClose }) {
  const [filter, setFilter] = useState('');
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const look = () => { setProblem(null); loadRooms().then(knowRooms).catch(setProblem); };
  useEffect(look, []);
  const wanted = filter.trim().toLocaleLowerCase();
  const found = otherRooms.value.filter((room) => `${room.name} ${room.topic ?? ''}`.toLocaleLowerCase().includes(wanted));
  const open = (/** @type {string} */ id) => { onClose(); go(roomPath(id)); };
  return html`
    <${Dialog} title=${t('rooms.browse')} onClose=${onClose} className="tall">
      ${otherRooms.value.length > 5 && html`<${Field} label=${t('browse.filter')} value=${filter} onInput=${setFilter} type="search" autocomplete="off" />`}
      <${Notice} problem=${problem} onRetry=${look} />
      ${found.length === 0 && html`
        <div class="empty"><p>${otherRooms.value.length === 0 ? t('browse.empty') : t('browse.no_match')}</p>
          ${may('create_rooms') && otherRooms.value.length === 0 && html`<button type="button" class="button primary" onClick=${() => openDialog('create-room')}>${t('rooms.create')}</button>`}
        </div>`}
      <ul class="browse-list">
        ${found.map((room) => html`
          <li key=${room.id}>
            <div><h3 dir="auto">${room.name}</h3>${room.topic && html`<p dir="auto">${room.topic}</p>`}</div>
            <button type="button" class="button" aria-label=${t('browse.open_room', { room: room.name })} onClick=${() => open(room.id)}>${t('browse.open')}</button>
          </li>`)}
      </ul>
    <//>`;
}
