import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import * as api from '../api.js';
import { t, tn } from '../i18n.js';
import { go } from '../router.js';
import { leaveRoom } from '../state/rooms.js';
import { accountId } from '../state/session.js';
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
  return html`
    <${Dialog} title=${room.name} onClose=${onClose} className="tall">
      ${room.topic && html`<p class="dialog-topic" dir="auto">${room.topic}</p>`}
      <h3>${members ? tn('members.count', members.length) : t('members.title')}</h3>
      <${Notice} problem=${problem} onRetry=${look} />
      <ul class="member-list">
        ${members?.map(({ user, role }) => html`
          <li key=${user.id}><${Avatar} person=${user} /><span class="member-name" dir="auto">${user.username}</span>
            ${user.id === accountId.value && html`<span class="tag">${t('members.you')}</span>`}
            ${roleText[/** @type {keyof typeof roleText} */ (role)] && html`<span class="tag">${roleText[/** @type {keyof typeof roleText} */ (role)]}</span>`}
          </li>`)}
      </ul>
      ${room.role !== null && html`
        <footer class="dialog-actions spread">
          ${leaving
            ? html`<p>${t('room.leave_confirm')}</p>
                <button type="button" class="button" onClick=${() => setLeaving(false)}>${t('action.cancel')}</button>
                <button type="button" class="button danger" disabled=${leave.busy} onClick=${leave.submit}>${t('room.leave')}</button>`
            : html`<button type="button" class="button quiet" onClick=${() => setLeaving(true)}><${Icon} name="leave" />${t('room.leave')}</button>`}
        </footer>
        <${Notice} problem=${leave.problem} />`}
    <//>`;
}
