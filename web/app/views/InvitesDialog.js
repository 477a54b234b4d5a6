import { inviteUrl } from '../invite-url.js';
import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import * as api from '../api.js';
import { t } from '../i18n.js';
import { route } from '../router.js';
import { ownRooms } from '../state/rooms.js';
import { useSubmit } from './use-submit.js';
import { Dialog } from './Dialog.js';
import { CopyField } from './CopyField.js';
import { InviteItem } from './InviteItem.js';
import { Notice } from './Notice.js';

/** @typedef {import('../types.js').Invite} Invite */

/** The room on screen, unless it is a conversation, which is for those who are in it. */
const here = () => (route.value.name === 'room' && ownRooms.value.find(({ id }) => route.value.name === 'room' && id === route.value.id)?.id) || '';

/** @param {{ onClose: () => void }} props */
export function InvitesDialog({ onClose }) {
  const [invites, setInvites] = useState(/** @type {Invite[]|null} */ (null));
  const [made, setMade] = useState(/** @type {Invite|null} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [room, setRoom] = useState(here);
  const look = () => { setProblem(null); api.getAll('/invites?limit=100').then(setInvites).catch(setProblem); };
  useEffect(look, []);
  const create = useSubmit(async () => {
    const invite = await api.post('/invites', room ? { room } : {});
    setMade(invite);
    setInvites([invite, ...(invites ?? [])]);
  });
  const revoked = (/** @type {string} */ id) => {
    setInvites((invites ?? []).map((invite) => (invite.id === id ? { ...invite, state: 'revoked' } : invite)));
    if (made?.id === id) setMade(null);
  };
  const valid = invites?.filter((invite) => invite.state === 'valid' && invite.id !== made?.id) ?? [];
  return html`
    <${Dialog} title=${t('invites.title')} onClose=${onClose} className="tall">
      <form class="invite-new" onSubmit=${create.submit}>
        <label class="field"><span>${t('invites.into')}</span>
          <select value=${room} onChange=${(/** @type {any} */ event) => setRoom(event.currentTarget.value)}>
            <option value="">${t('invites.no_room')}</option>
            ${ownRooms.value.map(({ id, name }) => html`<option key=${id} value=${id}>${name}</option>`)}
          </select></label>
        <button type="submit" class="button primary" disabled=${create.busy}>${t('invites.create')}</button>
      </form>
      <p class="field-hint">${t('invites.rules')}</p>
      <${Notice} problem=${create.problem} />
      ${made && html`<div class="invite-made"><${CopyField} key=${made.id} label=${t('invites.link')} value=${inviteUrl(made.url)} /></div>`}
      <${Notice} problem=${problem} onRetry=${look} />
      <h3>${t('invites.valid')}</h3>
      ${invites && valid.length === 0 && !made && html`<p class="empty">${t('invites.empty')}</p>`}
      <ul class="invite-list">${valid.map((invite) => html`<${InviteItem} key=${invite.id} invite=${invite} onRevoked=${revoked} />`)}</ul>
    <//>`;
}
