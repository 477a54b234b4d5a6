import { inviteUrl } from '../invite-url.js';
import { html } from '../html.js';
import * as api from '../api.js';
import { t, tn, tx } from '../i18n.js';
import { dateTimeOf } from '../time.js';
import { useSubmit } from './use-submit.js';
import { CopyField } from './CopyField.js';
import { Notice } from './Notice.js';

/** @param {{ invite: import('../types.js').Invite, onRevoked: (id: string) => void }} props */
export function InviteItem({ invite, onRevoked }) {
  const { busy, problem, submit } = useSubmit(async () => { await api.del(`/invites/${encodeURIComponent(invite.id)}`); onRevoked(invite.id); });
  return html`
    <li class="invite-item">
      <${CopyField} label=${invite.room ? t('invites.to_room', { room: invite.room.name }) : t('invites.to_server')} value=${inviteUrl(invite.url)} />
      <p class="field-hint">
        ${invite.max_uses ? tn('invites.uses_of', invite.uses, { max: invite.max_uses }) : tn('invites.uses', invite.uses)}
        ${' · '}${invite.expires_at ? t('invites.until', { at: dateTimeOf(invite.expires_at) }) : t('invites.forever')}
        ${invite.created_by && html`${' · '}${tx('invites.by', { person: invite.created_by.username })}`}
      </p>
      <button type="button" class="button quiet danger-text" disabled=${busy} onClick=${submit}>${t('invites.revoke')}</button>
      <${Notice} problem=${problem} />
    </li>`;
}
