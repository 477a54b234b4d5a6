import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import * as api from '../api.js';
import { t, tx } from '../i18n.js';
import { dateTimeOf } from '../time.js';
import { go, roomPath } from '../router.js';
import { me } from '../state/session.js';
import { loadRooms } from '../state/rooms.js';
import { knowRooms } from '../state/stream.js';
import { Door } from './Door.js';
import { Notice } from './Notice.js';
import { InviteAccept } from './InviteAccept.js';
import { InviteNewcomer } from './InviteNewcomer.js';

/** @typedef {import('../types.js').PublicInvite} PublicInvite */

/** @param {{ code: string }} props */
export function Invite({ code }) {
  const [invite, setInvite] = useState(/** @type {PublicInvite|null} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const look = () => { setProblem(null); api.get(`/invites/${encodeURIComponent(code)}`).then(setInvite).catch(setProblem); };
  useEffect(look, [code]);
  const arrive = async (/** @type {string|undefined} */ room) => {
    await loadRooms().catch(() => {});
    knowRooms();
    go(room ? roomPath(room) : '/', { replace: true });
  };
  if (problem instanceof api.Problem && problem.status === 404) return html`<${Refused} title=${t('invite.not_found_title')} text=${t('invite.not_found')} />`;
  if (problem) return html`<${Door}><h1>${t('invite.title')}</h1><${Notice} problem=${problem} onRetry=${look} /><//>`;
  if (!invite) return html`<${Door}><p class="late" role="status">${t('invite.loading')}</p><//>`;
  if (invite.state === 'expired') return html`<${Refused} title=${t('invite.expired_title')} text=${t('invite.expired')} />`;
  if (invite.state === 'used_up') return html`<${Refused} title=${t('invite.used_up_title')} text=${t('invite.used_up')} />`;
  if (invite.state === 'revoked') return html`<${Refused} title=${t('invite.revoked_title')} text=${t('invite.revoked')} />`;
  return html`
    <${Door}>
      <h1>${invite.invited_by
        ? tx('invite.heading', { person: invite.invited_by.username, server: invite.server_name })
        : tx('invite.heading_nobody', { server: invite.server_name })}</h1>
      ${invite.room && html`
        <div class="invite-room"><p class="invite-room-name">${tx('invite.room', { room: invite.room.name })}</p>
          ${invite.room.topic && html`<p dir="auto">${invite.room.topic}</p>`}</div>`}
      ${invite.expires_at && html`<p class="field-hint">${t('invite.until', { at: dateTimeOf(invite.expires_at) })}</p>`}
      ${me.value
        ? html`<${InviteAccept} invite=${invite} onDone=${arrive} />`
        : html`<${InviteNewcomer} invite=${invite} onDone=${arrive} />`}
    <//>`;
}

/** @param {{ title: string, text: string }} props */
const Refused = ({ title, text }) => html`
  <${Door}><h1>${title}</h1><p>${text}</p><a class="button" href="/">${me.value ? t('not_found.home') : t('register.have_account')}</a><//>`;
