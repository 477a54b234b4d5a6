import { html } from '../html.js';
import { useEffect, useRef, useState } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';
import { backToRoom } from '../router.js';
import { announceNow } from '../state/announce.js';
import { draftOf, keepDraft } from '../state/drafts.js';
import { mayAnswer } from '../state/messages.js';
import { send } from '../state/outbox.js';
import { isWide } from '../state/viewport.js';
import { sayTyping } from '../socket.js';
import { HeldBack } from './HeldBack.js';
import { Icon } from './Icon.js';
import { MessageField, excessOf, isSendKey } from './MessageField.js';

/** Answers the message that began the thread. @param {{ room: import('../types.js').Room, root: import('../types.js').Message, onSent: () => void }} props */
export function ThreadComposer({ room, root, onSent }) {
  const draft = `${room.id}.${root.id}`;
  const [text, setText] = useState(() => draftOf(draft));
  const area = useRef(/** @type {HTMLTextAreaElement|null} */ (null));
  const excess = excessOf(text);
  useEffect(() => { if (isWide.value && !document.querySelector('dialog:modal')) area.current?.focus({ preventScroll: true }); }, []);
  if (!mayAnswer(root)) return html`<div class="composer-closed"><p>${root.deleted_at ? t('thread.root_gone') : t('thread.closed')}</p></div>`;
  const change = (/** @type {string} */ value) => {
    setText(value);
    keepDraft(draft, value);
    if (value.trim() !== '') sayTyping(room.id);
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (excess) { announceNow(tn('composer.too_long', excess)); return; }
    if (text.trim() === '') return;
    onSent();
    send(room.id, text, root.id);
    change('');
    area.current?.focus({ preventScroll: true });
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Escape' && !event.isComposing) backToRoom();
    else if (isSendKey(event)) submit(event);
  };
  return html`
    <form class="composer" onSubmit=${submit} aria-label=${t('thread.write')}>
      <${HeldBack} />
      <${MessageField} field=${area} id="thread-composer" text=${text} label=${t('thread.field')} placeholder=${t('thread.field')} hint=${t('thread.keys')} enterKey="send" onInput=${change} onKeyDown=${onKeyDown}>
        <button type="submit" class="icon-button send" aria-label=${t('composer.send')} title=${t('composer.send')} disabled=${excess > 0 || text.trim() === ''}><${Icon} name="send" /></button>
      <//>
    </form>`;
}
