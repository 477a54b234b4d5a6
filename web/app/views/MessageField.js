import { html } from '../html.js';
import { tn } from '../i18n.js';
import { limits } from '../state/server.js';
import { Icon } from './Icon.js';

/** The counter appears from this share of the limit on. */
const COUNTER_FROM = 0.9;

/** Characters over the limit. @param {string} text */
export const excessOf = (text) => Math.max(0, lengthOf(text) - limits().message_chars_max);
/** As the server counts. @param {string} text */
const lengthOf = (text) => [...text].length;

/** An input method uses Enter to choose a word; that one is not ours. @param {KeyboardEvent} event */
export const isSendKey = (event) => event.key === 'Enter' && !event.shiftKey && !event.altKey && !event.isComposing && event.keyCode !== 229;

/**
 * Where a message is written: the growing field, its buttons, and below it what is left of the limit, else a hint.
 * @param {{ field: { current: HTMLTextAreaElement|null }, id: string, text: string, label: string, placeholder?: string, describedBy?: string, hint: string, enterKey: 'send'|'done',
 *   onInput: (text: string) => void, onKeyDown: (event: KeyboardEvent) => void, children?: any }} props
 */
export function MessageField({ field, id, text, label, placeholder, describedBy, hint, enterKey, onInput, onKeyDown, children }) {
  const max = limits().message_chars_max;
  const excess = excessOf(text);
  return html`
    <div class="composer-box" data-invalid=${excess ? 'true' : undefined}>
      <textarea ref=${field} rows="1" dir="auto" value=${text} aria-label=${label} placeholder=${placeholder}
        aria-describedby=${[describedBy, `${id}-counter`].filter(Boolean).join(' ')} aria-invalid=${excess ? 'true' : undefined} enterkeyhint=${enterKey} autocomplete="off"
        onInput=${(/** @type {any} */ event) => onInput(event.currentTarget.value)} onKeyDown=${onKeyDown}></textarea>
      ${children}
    </div>
    <p class="composer-hint" id=${`${id}-counter`}>
      ${excess ? html`<strong class="too-long"><${Icon} name="alert" />${tn('composer.too_long', excess)}</strong>`
        : lengthOf(text) >= max * COUNTER_FROM ? tn('composer.left', max - lengthOf(text))
        : html`<span class="only-wide">${hint}</span>`}
    </p>`;
}
