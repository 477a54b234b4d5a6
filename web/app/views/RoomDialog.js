import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { isDirect, isOneToOne, roomName } from '../state/room-name.js';
import { mayChange, mayDeleteRoom, mustEnter } from '../state/room-rights.js';
import { may } from '../state/session.js';
import { Dialog } from './Dialog.js';
import { Icon } from './Icon.js';
import { LeaveRoom } from './LeaveRoom.js';
import { MemberList } from './MemberList.js';
import { RoomArchive } from './RoomArchive.js';
import { RoomDelete } from './RoomDelete.js';
import { RoomForm } from './RoomForm.js';
import { RoomInvite } from './RoomInvite.js';

/** What a room is, who is in it, and what its people may do with it. @param {{ room: import('../types.js').Room, onClose: () => void }} props */
export function RoomDialog({ room, onClose }) {
  const [editing, setEditing] = useState(false);
  const [members, setMembers] = useState(/** @type {import('../types.js').Member[]|null} */ (null));
  const isRoom = !isDirect(room);
  return html`
    <${Dialog} title=${roomName(room)} onClose=${onClose} className="tall">
      ${editing ? html`<${RoomForm} room=${room} onDone=${() => setEditing(false)} />` : html`
        <div class="room-facts">
          ${room.topic && html`<p class="dialog-topic" dir="auto">${room.topic}</p>`}
          ${isRoom && html`<p class="field-hint">${policyText(room.policy)}${room.archived && ` ${t('composer.archived')}`}</p>`}
          ${mayChange(room) && html`<button type="button" class="button quiet" onClick=${() => setEditing(true)}><${Icon} name="pencil" />${isRoom ? t('room.edit') : t('dm.rename')}</button>`}
        </div>`}
      ${!mustEnter(room) && html`<${MemberList} room=${room} members=${members} onMembers=${setMembers} />`}
      ${isRoom && may('manage_rooms') && !room.archived && html`<${RoomInvite} room=${room} />`}
      ${(room.role !== null || mayChange(room) || mayDeleteRoom(room)) && !isOneToOne(room) && html`
        <footer class="room-acts">
          ${room.role !== null && html`<${LeaveRoom} room=${room} members=${members} onLeft=${onClose} />`}
          ${isRoom && mayChange(room) && html`<${RoomArchive} room=${room} />`}
          ${mayDeleteRoom(room) && html`<${RoomDelete} room=${room} onDeleted=${onClose} />`}
        </footer>`}
    <//>`;
}

/** @param {string} policy */
function policyText(policy) {
  if (policy === 'public') return t('create_room.public');
  return policy === 'private' ? t('policy.private_text') : t('policy.restricted_text');
}
