import { html } from '../html.js';
import { t } from '../i18n.js';
import { go, roomPath } from '../router.js';
import { joinRoom } from '../state/rooms.js';
import { knowRooms } from '../state/stream.js';
import { may } from '../state/session.js';
import { useSubmit } from './use-submit.js';
import { Notice } from './Notice.js';

/** A room to look into, or to join at once. @param {{ room: import('../types.js').Room, onGone: () => void }} props */
export function BrowseItem({ room, onGone }) {
  const open = () => { onGone(); go(roomPath(room.id)); };
  const { busy, problem, submit } = useSubmit(async () => {
    await joinRoom(room.id);
    knowRooms();
    open();
  });
  return html`
    <li>
      <div><h3 dir="auto">${room.name}</h3>${room.topic && html`<p dir="auto">${room.topic}</p>`}</div>
      <div class="browse-acts">
        <button type="button" class="button" aria-label=${t('browse.open_room', { room: room.name })} onClick=${open}>${t('browse.open')}</button>
        ${room.role === null && !room.archived && may('join_rooms') && html`
          <button type="button" class="button" disabled=${busy} aria-label=${t('browse.join_room', { room: room.name })} onClick=${submit}>${t('browse.join')}</button>`}
      </div>
      <${Notice} problem=${problem} />
    </li>`;
}
