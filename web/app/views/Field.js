import { html } from '../html.js';
import { useEffect, useId, useRef, useState } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';

/**
 * A labelled input with its hint and its error.
 * @param {{ label: string, value: string, onInput: (value: string) => void, hint?: string, error?: string|null, type?: string, name?: string,
 *   autocomplete?: string, required?: boolean, autofocus?: boolean, maxLength?: number, minLength?: number, disabled?: boolean, readOnly?: boolean, children?: any }} props
 */
export function Field({ label, value, onInput, hint, error: refused, children, ...input }) {
  const id = useId();
  const field = useRef(/** @type {HTMLInputElement|null} */ (null));
  // The attribute alone works once per page, or when a dialog opens.
  useEffect(() => { if (input.autofocus) field.current?.focus(); }, []);
  const [missing, setMissing] = useState(/** @type {string|null} */ (null));
  const error = missing ?? refused;
  // The browser would complain in a bubble of its own, in its own language.
  const onInvalid = (/** @type {Event} */ event) => {
    event.preventDefault();
    const element = /** @type {HTMLInputElement} */ (event.currentTarget);
    setMissing(complaint(element));
    if (element.form?.querySelector('input:invalid') === element) element.focus();
  };
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      <div class="field-input">
        <input id=${id} ref=${field} dir="auto" value=${value} aria-invalid=${error ? 'true' : undefined} aria-describedby=${described || undefined}
          onInvalid=${onInvalid} onInput=${(/** @type {any} */ event) => { setMissing(null); onInput(event.currentTarget.value); }} ...${input} />
        ${children}
      </div>
      ${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}
      ${error && html`<p class="field-error" id=${`${id}-error`}>${error}</p>`}
    </div>`;
}

/** @param {HTMLInputElement} element */
function complaint({ validity, minLength }) {
  if (validity.tooShort) return tn('input.too_short', minLength);
  if (validity.typeMismatch) return t('input.email');
  return t('input.required');
}
