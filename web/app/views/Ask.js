import { html } from '../html.js';
import { useEffect, useRef } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { Notice } from './Notice.js';

/**
 * A second look before something is done: what it means, the way back, the deed.
 * @param {{ text: any, label: string, deed: ReturnType<typeof import('./use-submit.js').useSubmit>, onCancel: () => void, calm?: boolean }} props
 *   `calm`: it can be taken back
 */
export function Ask({ text, label, deed, onCancel, calm = false }) {
  const cancel = useRef(/** @type {HTMLButtonElement|null} */ (null));
  // The button that led here is gone, and the focus would be nowhere.
  useEffect(() => cancel.current?.focus(), []);
  return html`
    <div class="room-act"><p>${text}</p>
      <${Notice} problem=${deed.problem} />
      <div class="dialog-actions">
        <button ref=${cancel} type="button" class="button" onClick=${onCancel}>${t('action.cancel')}</button>
        <button type="button" class=${calm ? 'button primary' : 'button danger'} disabled=${deed.busy} onClick=${deed.submit}>${label}</button>
      </div></div>`;
}
