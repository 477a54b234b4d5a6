import { html } from '../html.js';
import { useEffect, useId, useRef, useState } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { announce } from '../state/announce.js';
import { Icon } from './Icon.js';

/** Text to take away. @param {{ label: string, value: string }} props */
export function CopyField({ label, value }) {
  const id = useId();
  const input = useRef(/** @type {HTMLInputElement|null} */ (null));
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    // Without HTTPS there is no clipboard: then the selected text is one key away.
    input.current?.select();
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
      announce(t('copy.done'));
    } catch {
      announce(t('copy.by_hand'));
    }
  };
  return html`
    <div class="field copy-field">
      <label for=${id}>${label}</label>
      <div class="copy-row">
        <input id=${id} ref=${input} type="text" readonly value=${value} dir="ltr" onFocus=${(/** @type {any} */ event) => event.currentTarget.select()} />
        <button type="button" class="button" onClick=${copy}><${Icon} name=${copied ? 'check' : 'copy'} />${copied ? t('copy.done') : t('copy.copy')}</button>
      </div>
    </div>`;
}
