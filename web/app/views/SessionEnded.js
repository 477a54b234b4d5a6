import { html } from '../html.js';
import { useEffect, useRef } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { me, useAnotherAccount } from '../state/session.js';
import { announceNow } from '../state/announce.js';
import { SignInForm } from './SignInForm.js';

/** Over the page, which stays as it was, blurred and inert: drafts and the queue wait behind it. @param {{ code: string }} props */
export function SessionEnded({ code }) {
  const box = useRef(/** @type {HTMLDialogElement|null} */ (null));
  const stay = () => { if (box.current && !box.current.open) box.current.showModal(); };
  useEffect(() => {
    stay();
    announceNow(reasonOf(code));
    return () => box.current?.close();
  }, []);
  return html`
    <dialog ref=${box} class="dialog session-ended" aria-labelledby="ended-title" onClose=${stay} onCancel=${(/** @type {Event} */ event) => event.preventDefault()}>
      <div class="dialog-body">
        <header class="dialog-header"><h2 id="ended-title">${t('ended.title')}</h2></header>
        <p>${reasonOf(code)}</p>
        <p class="field-hint">${t('ended.kept')}</p>
        <${SignInForm} username=${me.value?.user.username} />
        <button type="button" class="link" onClick=${useAnotherAccount}>${t('ended.other_account')}</button>
        <p class="field-hint">${t('ended.other_account_hint')}</p>
      </div>
    </dialog>`;
}

/** @param {string} code */
function reasonOf(code) {
  switch (code) {
    case 'auth.session_idle': return t('ended.idle');
    case 'auth.session_absolute': return t('ended.absolute');
    case 'auth.session_revoked': return t('ended.revoked');
    case 'auth.session_displaced': return t('ended.displaced');
    case 'auth.password_changed': return t('ended.password_changed');
    case 'auth.account_disabled': return t('ended.disabled');
    default: return t('ended.unknown');
  }
}
