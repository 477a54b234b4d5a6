import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import * as api from '../api.js';
import { language, t, tn } from '../i18n.js';
import { fieldText, restText } from '../problem-text.js';
import { signIn } from '../state/session.js';
import { useSubmit } from './use-submit.js';
import { AccountFields } from './AccountFields.js';
import { Notice } from './Notice.js';

const FIELDS = ['username', 'email', 'password'];

/** @param {{ invite?: string, onDone: () => void }} props */
export function RegisterForm({ invite, onDone }) {
  const [account, setAccount] = useState({ username: '', email: '', password: '' });
  const { busy, problem, wait, submit } = useSubmit(async () => {
    await api.post('/auth/register', { ...account, username: account.username.trim(), email: account.email.trim(), language: language.value, ...(invite ? { invite } : {}) });
    await signIn(account.username.trim(), account.password, false);
    onDone();
  });
  return html`
    <form onSubmit=${submit} class="stack">
      <${AccountFields} autofocus=${!invite} account=${account} onChange=${setAccount} errorOf=${(/** @type {string} */ field) => fieldText(problem, field)} />
      <${Notice} problem=${problem} text=${restText(problem, FIELDS)} />
      <button type="submit" class="button primary" disabled=${busy || wait > 0}>
        ${wait > 0 ? tn('action.retry_in', wait) : busy ? t('register.busy') : t('register.submit')}
      </button>
    </form>`;
}
