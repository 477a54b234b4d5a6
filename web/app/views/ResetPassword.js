import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import * as api from '../api.js';
import { t } from '../i18n.js';
import { fieldText, restText } from '../problem-text.js';
import { useSubmit } from './use-submit.js';
import { Door } from './Door.js';
import { NewPasswordField } from './NewPasswordField.js';
import { Notice } from './Notice.js';

/** Opening the link uses nothing up; only a new password does. @param {{ token: string }} props */
export function ResetPassword({ token }) {
  const [password, setPassword] = useState('');
  const [done, setDone] = useState(false);
  const { busy, problem, wait, submit } = useSubmit(async () => {
    await api.post('/auth/password/reset', { token, new_password: password });
    setDone(true);
  });
  if (done) return html`<${Done} />`;
  if (token === '' || (problem instanceof api.Problem && problem.code === 'password.link_invalid')) return html`<${Refused} />`;
  return html`
    <${Door}>
      <h1>${t('reset.title')}</h1>
      <p>${t('reset.text')}</p>
      <form onSubmit=${submit} class="stack">
        <${NewPasswordField} value=${password} onInput=${setPassword} error=${fieldText(problem, 'new_password')} autofocus=${true} />
        <${Notice} problem=${problem} text=${restText(problem, ['new_password'])} />
        <button type="submit" class="button primary" disabled=${busy || wait > 0}>${busy ? t('reset.busy') : t('reset.submit')}</button>
      </form>
    <//>`;
}

/** A page of its own begins: the sessions that this one may have known are over. */
const Done = () => html`
  <${Door}>
    <h1>${t('reset.done_title')}</h1>
    <p role="status">${t('reset.done')}</p>
    <button type="button" class="button primary" onClick=${() => location.assign('/sign-in')}>${t('sign_in.title')}</button>
  <//>`;

const Refused = () => html`
  <${Door}>
    <h1>${t('reset.invalid_title')}</h1>
    <p role="alert">${t('reset.invalid')}</p>
    <p><code>beffroi user reset-link</code></p>
    <a class="button" href="/sign-in">${t('forgot.back')}</a>
  <//>`;
