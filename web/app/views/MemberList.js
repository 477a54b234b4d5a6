import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';
import { openPersonDialog } from '../state/dialogs.js';
import { fetchMembers, membersChanged } from '../state/members.js';
import { isDirect } from '../state/room-name.js';
import { mayAdd } from '../state/room-rights.js';
import { accountId, may } from '../state/session.js';
import { AddPeople } from './AddPeople.js';
import { Avatar } from './Avatar.js';
import { Notice } from './Notice.js';

/** @typedef {import('../types.js').Member} Member */

/** @param {{ room: import('../types.js').Room, members: Member[]|null, onMembers: (members: Member[]) => void }} props */
export function MemberList({ room, members, onMembers }) {
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const look = () => { setProblem(null); fetchMembers(room.id).then(onMembers).catch(setProblem); };
  useEffect(look, [room.id, membersChanged.value]);
  return html`
    <section class="room-members">
      <h3>${isDirect(room) ? t('dm.people') : members ? tn('members.count', members.length) : t('members.title')}</h3>
      <${Notice} problem=${problem} onRetry=${look} />
      <ul class="member-list">
        ${members?.map(({ user, role, presence }) => html`
          <li key=${user.id}><${Avatar} person=${user} />
            ${may('view_user_profiles')
              ? html`<button type="button" class="member-name" dir="auto" onClick=${() => openPersonDialog(user, { roomId: room.id, role })}>${user.username}</button>`
              : html`<span class="member-name" dir="auto">${user.username}</span>`}
            ${presence && html`<span class="presence" data-presence=${presence} title=${presence === 'online' ? t('presence.online') : t('presence.offline')}><span class="visually-hidden">${presence === 'online' ? t('presence.online') : t('presence.offline')}</span></span>`}
            ${user.id === accountId.value && html`<span class="tag">${t('members.you')}</span>`}
            ${role !== 'member' && html`<span class="tag">${role === 'owner' ? t('role.owner') : t('role.moderator')}</span>`}
          </li>`)}
      </ul>
      ${members && mayAdd(room) && may('view_user_profiles') && html`<${AddPeople} room=${room} members=${members} />`}
    </section>`;
}
