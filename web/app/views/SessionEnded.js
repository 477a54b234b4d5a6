import { html } from '../html.js';
import { useEffect, useRef } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { endedReason } from '../ended-reason.js';
import { me, useAnotherAccount } from '../state/session.js';
import { announceNow } from '../state/announce.js';
import { SignInForm } from './SignInForm.js';

/** Over the page, which stays as it was, blurred and inert: drafts and the queue wait behind it. @param {{ code: string }} props */
export function SessionEnded({ code }) {
  const box = useRef(/** @type {HTMLDialogElement|null} */ (null));
  const stay = () => { if (box.current && !box.current.open) box.current.showModal(); };
  useEffect(() => {
    stay();
    announceNow(endedReason(code));
    return () => box.current?.close();
  }, []);
  return html`
    <dialog ref=${box} class="dialog session-ended" aria-labelledby="ended-title" onClose=${stay} onCancel=${(/** @type {Event} */ event) => event.preventDefault()}>
      <div class="dialog-body">
        <header class="dialog-header"><h2 id="ended-title">${t('ended.title')}</h2></header>
        <p>${endedReason(code)}</p>
        <p class="field-hint">${t('ended.kept')}</p>
        <${SignInForm} username=${me.value?.user.username} />
        <button type="button" class="link" onClick=${useAnotherAccount}>${t('ended.other_account')}</button>
        <p class="field-hint">${t('ended.other_account_hint')}</p>
      </div>
    </dialog>`;
}
