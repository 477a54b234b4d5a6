import { html } from '../html.js';
import * as api from '../api.js';
import { t, tx } from '../i18n.js';
import { me } from '../state/session.js';
import { useSubmit } from './use-submit.js';
import { Notice } from './Notice.js';

/** Already signed in: one click. @param {{ invite: import('../types.js').PublicInvite, onDone: (room: string|undefined) => Promise<void> }} props */
export function InviteAccept({ invite, onDone }) {
  const { busy, problem, submit } = useSubmit(async () => {
    const { room } = await api.post(`/invites/${encodeURIComponent(invite.code)}/accept`);
    await onDone(room?.id ?? invite.room?.id);
  });
  return html`
    <div class="stack">
      <p>${tx('invite.signed_in', { name: me.value?.user.username ?? '' })}</p>
      <${Notice} problem=${problem} />
      <button type="button" class="button primary" disabled=${busy} onClick=${submit}>${t('invite.accept')}</button>
    </div>`;
}
