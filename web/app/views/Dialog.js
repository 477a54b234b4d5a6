import { html } from '../html.js';
import { useId, useLayoutEffect, useRef } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { Icon } from './Icon.js';

/** The platform's modal: it traps focus, makes the rest inert and gives focus back. @param {{ title: string, onClose: () => void, className?: string, children?: any }} props */
export function Dialog({ title, onClose, className = '', children }) {
  const box = useRef(/** @type {HTMLDialogElement|null} */ (null));
  const gone = useRef(false);
  const id = useId();
  // At once: the next key may already be meant for it.
  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = box.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      gone.current = true;
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  // The event of our own closing comes late, when another dialog may already be open.
  const closed = () => { if (!gone.current) onClose(); };
  const cancel = (/** @type {Event} */ event) => { event.preventDefault(); onClose(); };
  const onClick = (/** @type {MouseEvent} */ event) => { if (event.target === box.current) onClose(); };
  return html`
    <dialog ref=${box} class=${`dialog ${className}`} aria-labelledby=${id} onClose=${closed} onCancel=${cancel} onMouseDown=${onClick}>
      <div class="dialog-body">
        <header class="dialog-header">
          <h2 id=${id}>${title}</h2>
          <button type="button" class="icon-button" aria-label=${t('action.close')} title=${t('action.close')} onClick=${onClose}><${Icon} name="close" /></button>
        </header>
        ${children}
        <p class="visually-hidden" aria-live="polite" data-say="polite"></p><p class="visually-hidden" aria-live="assertive" data-say="assertive"></p>
      </div>
    </dialog>`;
}
