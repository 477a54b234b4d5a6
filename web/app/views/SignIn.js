import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import { t, tx } from '../i18n.js';
import { server, serverName } from '../state/server.js';
import { endedReason } from '../ended-reason.js';
import { me, enter, lapsed } from '../state/session.js';
import { Door } from './Door.js';
import { ForgotPassword } from './ForgotPassword.js';
import { SignInForm } from './SignInForm.js';
import { RegisterForm } from './RegisterForm.js';
import { DemoAccounts } from './DemoAccounts.js';

export function SignIn() {
  const [registering, setRegistering] = useState(false);
  const [forgetful, setForgetful] = useState(false);
  const open = server.value?.registration_mode === 'open';
  const demo = server.value?.demo_accounts ?? [];
  useEffect(() => { if (me.value) enter(); }, [me.value]);
  if (server.value?.setup_open) return html`<${NotSetUp} />`;
  if (forgetful) return html`<${ForgotPassword} onBack=${() => setForgetful(false)} />`;
  if (registering) {
    return html`
      <${Door}>
        <h1>${t('register.title')}</h1>
        <${RegisterForm} onDone=${enter} />
        <p class="aside"><button type="button" class="link" onClick=${() => setRegistering(false)}>${t('register.have_account')}</button></p>
      <//>`;
  }
  return html`
    <${Door}>
      <h1>${tx('sign_in.heading', { server: serverName() })}</h1>
      ${lapsed.value && html`<p class="demo-banner" role="status">${endedReason(lapsed.value)}</p>`}
      ${demo.length > 0 && html`<${DemoAccounts} accounts=${demo} />`}
      <${SignInForm} onDone=${enter} />
      <p class="aside"><button type="button" class="link" onClick=${() => setForgetful(true)}>${t('forgot.link')}</button></p>
      <p class="aside">
        ${open
          ? html`<button type="button" class="link" onClick=${() => setRegistering(true)}>${t('sign_in.create_account')}</button>`
          : t('sign_in.invite_only')}
      </p>
    <//>`;
}

/** Nobody can have an account yet: say whose turn it is. */
const NotSetUp = () => html`
  <${Door}><h1>${t('sign_in.not_set_up')}</h1><p>${t('sign_in.not_set_up_text')}</p><p><code>beffroi setup-link</code></p><//>`;
