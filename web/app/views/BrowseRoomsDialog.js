import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';
import { fold } from '../fuzzy.js';
import { archivedRooms, otherRooms, loadRooms } from '../state/rooms.js';
import { knowRooms } from '../state/stream.js';
import { may } from '../state/session.js';
import { openDialog } from '../state/dialogs.js';
import { BrowseItem } from './BrowseItem.js';
import { Dialog } from './Dialog.js';
import { Field } from './Field.js';
import { Notice } from './Notice.js';

/** @typedef {import('../types.js').Room} Room */

/** Public rooms one is not in, and what is archived. @param {{ onClose: () => void }} props */
export function BrowseRoomsDialog({ onClose }) {
  const [filter, setFilter] = useState('');
  const [order, setOrder] = useState(/** @type {'name'|'busy'} */ ('name'));
  const [archived, setArchived] = useState(false);
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const look = () => { setProblem(null); loadRooms().then(knowRooms).catch(setProblem); };
  useEffect(look, []);
  const all = archived ? archivedRooms.value : otherRooms.value;
  const found = sorted(all.filter((room) => fits(room, filter)), order);
  const empty = archived ? t('browse.no_archived') : t('browse.empty');
  return html`
    <${Dialog} title=${t('rooms.browse')} onClose=${onClose} className="tall">
      <${Field} label=${t('browse.filter')} value=${filter} onInput=${setFilter} type="search" autocomplete="off" autofocus=${true} />
      <div class="browse-tools">
        <label class="field"><span>${t('browse.order')}</span>
          <select value=${order} onChange=${(/** @type {any} */ event) => setOrder(event.currentTarget.value)}>
            <option value="name">${t('browse.by_name')}</option><option value="busy">${t('browse.by_activity')}</option>
          </select></label>
        <label class="check"><input type="checkbox" checked=${archived} onChange=${(/** @type {any} */ event) => setArchived(event.currentTarget.checked)} />${t('browse.archived')}</label>
      </div>
      <${Notice} problem=${problem} onRetry=${look} />
      <p class="visually-hidden" role="status">${tn('browse.found', found.length)}</p>
      ${found.length === 0 && html`
        <div class="empty"><p>${all.length === 0 ? empty : t('browse.no_match')}</p>
          ${may('create_rooms') && all.length === 0 && !archived && html`<button type="button" class="button primary" onClick=${() => openDialog('create-room')}>${t('rooms.create')}</button>`}
        </div>`}
      <ul class="browse-list">${found.map((room) => html`<${BrowseItem} key=${room.id} room=${room} onGone=${onClose} />`)}</ul>
    <//>`;
}

/** @param {Room} room @param {string} filter */
const fits = (room, filter) => fold(`${room.name} ${room.topic ?? ''}`).includes(fold(filter.trim()));

/** They come by name; whatever happened in a room counts, said or done. @param {Room[]} rooms @param {'name'|'busy'} order */
const sorted = (rooms, order) => (order === 'busy' ? [...rooms].sort((a, b) => b.last_seq - a.last_seq) : rooms);
