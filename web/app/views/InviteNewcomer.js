import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import * as api from '../api.js';
import { t } from '../i18n.js';
import { RegisterForm } from './RegisterForm.js';
import { SignInForm } from './SignInForm.js';

/** Not signed in: a new account, or the one they have. @param {{ invite: import('../types.js').PublicInvite, onDone: (room: string|undefined) => Promise<void> }} props */
export function InviteNewcomer({ invite, onDone }) {
  const [known, setKnown] = useState(false);
  const accept = async () => {
    const { room } = await api.post(`/invites/${encodeURIComponent(invite.code)}/accept`);
    await onDone(room?.id ?? invite.room?.id);
  };
  if (known) {
    return html`
      <h2>${t('sign_in.title')}</h2>
      <${SignInForm} onDone=${() => void accept().catch(() => {})} />
      <p class="aside"><button type="button" class="link" onClick=${() => setKnown(false)}>${t('sign_in.create_account')}</button></p>`;
  }
  return html`
    <h2>${t('register.title')}</h2>
    <${RegisterForm} invite=${invite.code} onDone=${() => void onDone(invite.room?.id)} />
    <p class="aside"><button type="button" class="link" onClick=${() => setKnown(true)}>${t('register.have_account')}</button></p>`;
}
