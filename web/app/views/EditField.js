import { html } from '../html.js';
import { useLayoutEffect, useRef, useState } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';
import { Problem } from '../api.js';
import { fieldText } from '../problem-text.js';
import { announce, announceNow } from '../state/announce.js';
import { edit, editOf, endEdit, keepEdit } from '../state/messages.js';
import { focusMessage } from './message-actions.js';
import { useSubmit } from './use-submit.js';
import { MessageField, excessOf, isSendKey } from './MessageField.js';
import { Notice } from './Notice.js';

/** A message being changed where it stands. @param {{ message: import('../types.js').Message }} props */
export function EditField({ message }) {
  const [text, setText] = useState(() => editOf(message));
  const area = useRef(/** @type {HTMLTextAreaElement|null} */ (null));
  // Before the next key arrives.
  useLayoutEffect(() => {
    const field = area.current;
    if (!field || document.querySelector('dialog:modal')) return;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }, []);
  const close = () => {
    endEdit(message);
    focusMessage(message.id);
  };
  const { busy, problem, wait, submit } = useSubmit(async () => {
    await edit(message, text);
    announce(t('announce.edited'));
    close();
  });
  // Somebody removed it meanwhile; what is written here can still be taken elsewhere.
  const gone = message.deleted_at ? new Problem({ code: 'message.deleted', status: 409 }) : null;
  const isBlank = text.trim() === '';
  const save = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (excessOf(text)) announceNow(tn('composer.too_long', excessOf(text)));
    else if (text === message.text) close();
    else if (!isBlank && !gone) void submit();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Escape' && !event.isComposing) {
      // The list would take it for the way out of the message.
      event.stopPropagation();
      close();
    } else if (isSendKey(event)) {
      save(event);
    }
  };
  const change = (/** @type {string} */ value) => { setText(value); keepEdit(message, value); };
  return html`
    <form class="edit-field" onSubmit=${save} aria-label=${t('edit.label')}>
      <${MessageField} field=${area} id=${`edit-${message.id}`} text=${text} label=${t('edit.field')} hint=${t('edit.keys')} enterKey="done" onInput=${change} onKeyDown=${onKeyDown} />
      <${Notice} problem=${gone ?? problem} text=${fieldText(problem, 'text') ?? undefined} kept=${t('edit.kept')} />
      <div class="edit-actions">
        <button type="button" class="button quiet" onClick=${close}>${t('action.cancel')}</button>
        <button type="submit" class="button quiet primary" disabled=${busy || wait > 0 || isBlank || Boolean(gone) || excessOf(text) > 0}>${wait > 0 ? tn('action.retry_in', wait) : t('action.save')}</button>
      </div>
    </form>`;
}
