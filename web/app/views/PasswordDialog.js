import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import * as api from '../api.js';
import { t, tn } from '../i18n.js';
import { fieldText, restText } from '../problem-text.js';
import { me } from '../state/session.js';
import { useSubmit } from './use-submit.js';
import { Dialog } from './Dialog.js';
import { NewPasswordField } from './NewPasswordField.js';
import { Notice } from './Notice.js';
import { PasswordField } from './PasswordField.js';

/** @param {{ onClose: () => void }} props */
export function PasswordDialog({ onClose }) {
  const [current, setCurrent] = useState('');
  const [fresh, setFresh] = useState('');
  const [done, setDone] = useState(false);
  const { busy, problem, wait, submit } = useSubmit(async () => {
    await api.put('/auth/password', { current_password: current, new_password: fresh });
    setDone(true);
  });
  const { username = '', email = '' } = me.value?.user ?? {};
  if (done) {
    return html`
      <${Dialog} title=${t('password.title')} onClose=${onClose}>
        <p role="status">${t('password.done')}</p>
        <footer class="dialog-actions"><button type="button" class="button primary" autofocus onClick=${onClose}>${t('action.close')}</button></footer>
      <//>`;
  }
  return html`
    <${Dialog} title=${t('password.title')} onClose=${onClose}>
      <p class="dialog-topic">${t('password.text')}</p>
      <form onSubmit=${submit} class="stack">
        <input type="text" name="username" autocomplete="username" value=${username} readonly hidden />
        <${PasswordField} label=${t('password.current')} value=${current} onInput=${setCurrent} autocomplete="current-password" autofocus=${true}
          error=${fieldText(problem, 'current_password')} />
        <${NewPasswordField} value=${fresh} onInput=${setFresh} username=${username} email=${email} error=${fieldText(problem, 'new_password')} />
        <${Notice} problem=${problem} text=${restText(problem, ['current_password', 'new_password'])} />
        <footer class="dialog-actions">
          <button type="button" class="button" onClick=${onClose}>${t('action.cancel')}</button>
          <button type="submit" class="button primary" disabled=${busy || wait > 0}>${wait > 0 ? tn('action.retry_in', wait) : t('password.submit')}</button>
        </footer>
      </form>
    <//>`;
}
