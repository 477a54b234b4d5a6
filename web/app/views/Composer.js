import { html } from '../html.js';
import { useEffect, useRef, useState } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';
import { isWide } from '../state/viewport.js';
import { answer, answeredOf, draftOf, keepDraft } from '../state/drafts.js';
import { send } from '../state/outbox.js';
import { jump } from '../state/reading.js';
import { lastOwn, startEdit } from '../state/messages.js';
import { blocked } from '../state/people.js';
import { isOneToOne, othersIn, roomName } from '../state/room-name.js';
import { fetchOriginal, originalOf } from '../state/originals.js';
import { timelineOf } from '../state/timeline.js';
import { announceNow } from '../state/announce.js';
import { focusOn } from '../focus.js';
import { sayTyping } from '../socket.js';
import { Icon } from './Icon.js';
import { BlockedBar } from './BlockedBar.js';
import { HeldBack } from './HeldBack.js';
import { JoinBar } from './JoinBar.js';
import { MessageField, excessOf, isSendKey } from './MessageField.js';
import { ReplyBar } from './ReplyBar.js';
import { TypingLine } from './TypingLine.js';

/** @param {{ room: import('../types.js').Room }} props */
export function Composer({ room }) {
  if (room.archived) return html`<div class="composer-closed" id="composer"><p>${t('composer.archived')}</p></div>`;
  if (room.role === null) return html`<${JoinBar} room=${room} />`;
  const shut = isOneToOne(room) ? othersIn(room).find(({ id }) => blocked.value.has(id)) : undefined;
  if (shut) return html`<${BlockedBar} person=${shut} />`;
  return html`<${OpenComposer} room=${room} />`;
}

/** @param {{ room: import('../types.js').Room }} props */
function OpenComposer({ room }) {
  const [text, setText] = useState(() => draftOf(room.id));
  const area = useRef(/** @type {HTMLTextAreaElement|null} */ (null));
  const timeline = timelineOf(room.id);
  const answered = answeredOf(room.id);
  const original = answered ? originalOf(timeline, answered) : null;
  const isReady = timeline.state.value === 'ready';
  const excess = excessOf(text);
  // On touch a focused field opens the keyboard over the messages one came to read.
  useEffect(() => { if (isWide.value && !document.querySelector('dialog:modal')) area.current?.focus({ preventScroll: true }); }, []);
  useEffect(() => { if (answered && isReady) fetchOriginal(timeline, answered); }, [answered, isReady, original === undefined]);

  const change = (/** @type {string} */ value) => {
    setText(value);
    keepDraft(room.id, value);
    if (value.trim() !== '') sayTyping(room.id);
  };
  const cancelAnswer = () => { answer(room.id, null); area.current?.focus({ preventScroll: true }); };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (excess) { announceNow(tn('composer.too_long', excess)); return; }
    if (text.trim() === '') return;
    const isGone = original === null || original?.deleted_at;
    send(room.id, text, isGone ? null : answered);
    change('');
    answer(room.id, null);
    area.current?.focus({ preventScroll: true });
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Escape' && !event.isComposing) {
      if (answered) cancelAnswer();
      else jump.value += 1;
    } else if (event.key === 'ArrowUp' && text === '' && !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      const message = lastOwn(room.id);
      if (!message) return;
      event.preventDefault();
      startEdit(message, 'list');
      // Its field may have been open all along.
      focusOn(`#messages li.message[data-id="${message.id}"] textarea`);
    } else if (isSendKey(event)) {
      submit(event);
    }
  };
  const field = t('composer.field', { room: roomName(room) });
  return html`
    <form class="composer" id="composer" onSubmit=${submit} aria-label=${t('composer.label')}>
      <${TypingLine} roomId=${room.id} />
      <${HeldBack} />
      ${answered && html`<${ReplyBar} original=${original} onCancel=${cancelAnswer} />`}
      <${MessageField} field=${area} id="composer" text=${text} label=${field} placeholder=${field} describedBy=${answered ? 'reply-bar' : undefined} hint=${t('composer.keys')}
        enterKey="send" onInput=${change} onKeyDown=${onKeyDown}>
        <button type="submit" class="icon-button send" aria-label=${t('composer.send')} title=${t('composer.send')} disabled=${excess > 0 || text.trim() === ''}>
          <${Icon} name="send" /></button>
      <//>
    </form>`;
}
