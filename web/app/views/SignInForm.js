import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';
import { signIn } from '../state/session.js';
import { useSubmit } from './use-submit.js';
import { Field } from './Field.js';
import { PasswordField } from './PasswordField.js';
import { Notice } from './Notice.js';

/** @param {{ username?: string, onDone?: () => void }} props `username`: the account that must sign in again */
export function SignInForm({ username: fixed, onDone }) {
  const [username, setUsername] = useState(fixed ?? '');
  const [password, setPassword] = useState('');
  const [remember, setRemember] = useState(false);
  const { busy, problem, wait, submit } = useSubmit(async () => {
    await signIn(username.trim(), password, remember);
    onDone?.();
  });
  return html`
    <form onSubmit=${submit} class="stack">
      <${Field} label=${t('sign_in.username')} value=${username} onInput=${setUsername} name="username" autocomplete="username"
        autocapitalize="none" spellcheck=${false} required=${true} readOnly=${Boolean(fixed)} autofocus=${!fixed} />
      <${PasswordField} label=${t('sign_in.password')} value=${password} onInput=${setPassword} autocomplete="current-password" autofocus=${Boolean(fixed)} />
      <label class="check"><input type="checkbox" checked=${remember} onChange=${(/** @type {any} */ event) => setRemember(event.currentTarget.checked)} />
        <span>${t('sign_in.remember')}</span></label>
      <${Notice} problem=${problem} />
      <button type="submit" class="button primary" disabled=${busy || wait > 0}>
        ${wait > 0 ? tn('action.retry_in', wait) : busy ? t('sign_in.busy') : t('sign_in.submit')}
      </button>
    </form>`;
}
