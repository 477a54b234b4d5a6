import { html } from '../html.js';
import { t, tn } from '../i18n.js';
import { signOut } from '../state/session.js';
import { unsentTotal } from '../state/outbox.js';
import { useSubmit } from './use-submit.js';
import { Dialog } from './Dialog.js';
import { Notice } from './Notice.js';

/** @param {{ onClose: () => void }} props */
export function SignOutDialog({ onClose }) {
  const { busy, problem, submit } = useSubmit(signOut);
  return html`
    <${Dialog} title=${t('sign_out.title')} onClose=${onClose}>
      <p>${t('sign_out.text')}</p>
      ${unsentTotal.value > 0 && html`<p class="too-long">${tn('sign_out.unsent', unsentTotal.value)}</p>`}
      <${Notice} problem=${problem} />
      <footer class="dialog-actions">
        <button type="button" class="button" onClick=${onClose}>${t('action.cancel')}</button>
        <button type="button" class="button primary" disabled=${busy} onClick=${submit}>${t('sign_out.submit')}</button>
      </footer>
    <//>`;
}
