import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import * as api from '../api.js';
import { t, tn } from '../i18n.js';
import { go } from '../router.js';
import { openPersonDialog } from '../state/dialogs.js';
import { isDirect, isOneToOne, roomName } from '../state/room-name.js';
import { leaveRoom } from '../state/rooms.js';
import { accountId, may } from '../state/session.js';
import { useSubmit } from './use-submit.js';
import { Avatar } from './Avatar.js';
import { Dialog } from './Dialog.js';
import { Icon } from './Icon.js';
import { Notice } from './Notice.js';

/** @param {{ room: import('../types.js').Room, onClose: () => void }} props */
export function MembersDialog({ room, onClose }) {
  const [members, setMembers] = useState(/** @type {import('../types.js').Member[]|null} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [leaving, setLeaving] = useState(false);
  const look = () => { setProblem(null); api.getAll(`/rooms/${encodeURIComponent(room.id)}/members?limit=100`).then(setMembers).catch(setProblem); };
  useEffect(look, [room.id]);
  const leave = useSubmit(async () => { await leaveRoom(room.id); onClose(); go('/', { replace: true }); });
  const roleText = { owner: t('role.owner'), moderator: t('role.moderator'), member: '' };
  const leaveText = isDirect(room) ? t('dm.leave') : t('room.leave');
  return html`
    <${Dialog} title=${roomName(room)} onClose=${onClose} className="tall">
      ${room.topic && html`<p class="dialog-topic" dir="auto">${room.topic}</p>`}
      <h3>${isDirect(room) ? t('dm.people') : members ? tn('members.count', members.length) : t('members.title')}</h3>
      <${Notice} problem=${problem} onRetry=${look} />
      <ul class="member-list">
        ${members?.map(({ user, role }) => html`
          <li key=${user.id}><${Avatar} person=${user} />
            ${may('view_user_profiles')
              ? html`<button type="button" class="member-name" dir="auto" onClick=${() => openPersonDialog(user)}>${user.username}</button>`
              : html`<span class="member-name" dir="auto">${user.username}</span>`}
            ${user.id === accountId.value && html`<span class="tag">${t('members.you')}</span>`}
            ${roleText[/** @type {keyof typeof roleText} */ (role)] && html`<span class="tag">${roleText[/** @type {keyof typeof roleText} */ (role)]}</span>`}
          </li>`)}
      </ul>
      ${room.role !== null && !isOneToOne(room) && html`
        <footer class="dialog-actions spread">
          ${leaving
            ? html`<p>${isDirect(room) ? t('dm.leave_confirm') : t('room.leave_confirm')}</p>
                <button type="button" class="button" onClick=${() => setLeaving(false)}>${t('action.cancel')}</button>
                <button type="button" class="button danger" disabled=${leave.busy} onClick=${leave.submit}>${leaveText}</button>`
            : html`<button type="button" class="button quiet" onClick=${() => setLeaving(true)}><${Icon} name="leave" />${leaveText}</button>`}
        </footer>
        <${Notice} problem=${leave.problem} />`}
    <//>`;
}
