import { html } from '../html.js';
import { useEffect, useRef, useState } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';
import { limits } from '../state/server.js';
import { isWide } from '../state/viewport.js';
import { draftOf, keepDraft } from '../state/drafts.js';
import { send } from '../state/outbox.js';
import { jump } from '../state/reading.js';
import { announceNow } from '../state/announce.js';
import { Icon } from './Icon.js';
import { JoinBar } from './JoinBar.js';

/** The counter appears from this share of the limit on. */
const COUNTER_FROM = 0.9;

/** @param {{ room: import('../types.js').Room }} props */
export function Composer({ room }) {
  if (room.role === null) return html`<${JoinBar} room=${room} />`;
  if (room.archived) return html`<div class="composer-closed" id="composer"><p>${t('composer.archived')}</p></div>`;
  return html`<${OpenComposer} room=${room} />`;
}

/** @param {{ room: import('../types.js').Room }} props */
function OpenComposer({ room }) {
  const [text, setText] = useState(() => draftOf(room.id));
  const area = useRef(/** @type {HTMLTextAreaElement|null} */ (null));
  const max = limits().message_chars_max;
  const used = [...text].length;
  const tooLong = used > max;
  // On touch a focused field opens the keyboard over the messages one came to read.
  useEffect(() => { if (isWide.value && !document.querySelector('dialog:modal')) area.current?.focus({ preventScroll: true }); }, []);

  const change = (/** @type {string} */ value) => { setText(value); keepDraft(room.id, value); };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (tooLong) { announceNow(tn('composer.too_long', used - max)); return; }
    if (text.trim() === '') return;
    send(room.id, text);
    change('');
    area.current?.focus({ preventScroll: true });
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Escape' && !event.isComposing) jump.value += 1;
    // An input method uses Enter to choose a word; that one is not ours.
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey && !event.isComposing && event.keyCode !== 229) submit(event);
  };
  return html`
    <form class="composer" id="composer" onSubmit=${submit} aria-label=${t('composer.label')}>
      <div class="composer-box" data-invalid=${tooLong ? 'true' : undefined}>
        <textarea ref=${area} rows="1" dir="auto" value=${text} aria-label=${t('composer.field', { room: room.name })} placeholder=${t('composer.field', { room: room.name })}
          aria-describedby="composer-counter" aria-invalid=${tooLong ? 'true' : undefined} enterkeyhint="send" autocomplete="off"
          onInput=${(/** @type {any} */ event) => change(event.currentTarget.value)} onKeyDown=${onKeyDown}></textarea>
        <button type="submit" class="icon-button send" aria-label=${t('composer.send')} title=${t('composer.send')} disabled=${tooLong || text.trim() === ''}>
          <${Icon} name="send" /></button>
      </div>
      <p class="composer-hint" id="composer-counter">
        ${tooLong ? html`<strong class="too-long"><${Icon} name="alert" />${tn('composer.too_long', used - max)}</strong>`
          : used >= max * COUNTER_FROM ? tn('composer.left', max - used)
          : html`<span class="only-wide">${t('composer.keys')}</span>`}
      </p>
    </form>`;
}
