import { html } from '../html.js';
import { useEffect, useLayoutEffect, useRef, useState } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';
import { backToRoom } from '../router.js';
import { editKey, editing, isOwn } from '../state/messages.js';
import { unsentOf } from '../state/outbox.js';
import { blocked } from '../state/people.js';
import { closeThread, openThread, thread } from '../state/thread.js';
import { isWide } from '../state/viewport.js';
import { connection } from '../socket.js';
import { focusOn } from '../focus.js';
import { Icon } from './Icon.js';
import { Notice } from './Notice.js';
import { PendingMessage } from './PendingMessage.js';
import { Row } from './Row.js';
import { ThreadComposer } from './ThreadComposer.js';
import { walkMessages } from './message-keys.js';
import { rowsOf } from './message-rows.js';

/** Nearer to the end than this means: reading the newest. */
const STICK_PX = 40;

/** One message and its answers, beside the room; on a narrow screen instead of it. @param {{ room: import('../types.js').Room, rootId: string }} props */
export function ThreadPanel({ room, rootId }) {
  const scroller = useRef(/** @type {HTMLDivElement|null} */ (null));
  const stick = useRef(false);
  const [focusId, setFocusId] = useState(/** @type {string|null} */ (null));
  const look = () => void openThread(room.id, rootId);
  useEffect(() => {
    look();
    if (!isWide.value) focusOn('#thread h2');
    return closeThread;
  }, []);
  const isOnline = connection.value.state === 'online';
  // What happened while nobody told.
  useEffect(() => { if (isOnline && thread.value?.state === 'ready') void openThread(room.id, rootId, { background: true }); }, [isOnline]);

  const messages = thread.value?.messages ?? [];
  const root = messages.find(({ id }) => id === rootId);
  const ids = new Set(messages.map(({ id }) => id));
  const unsent = unsentOf(room.id).filter(({ reply_to: to }) => to !== null && ids.has(to));
  const ready = thread.value?.state === 'ready';
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box && stick.current) box.scrollTop = box.scrollHeight;
  }, [messages.length, unsent.length]);
  const onScroll = () => {
    const box = scroller.current;
    if (box) stick.current = box.scrollHeight - box.scrollTop - box.clientHeight <= STICK_PX;
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => walkMessages(event, setFocusId);
  const rows = rowsOf(messages, null, []);
  const tabId = ids.has(focusId ?? '') ? focusId : messages.at(-1)?.id;
  const replies = messages.filter(({ id, deleted_at: deletedAt }) => id !== rootId && !deletedAt).length;
  return html`
    <aside class="thread" id="thread" aria-label=${t('thread.title')}>
      <header class="room-header">
        <button type="button" class="icon-button only-narrow" aria-label=${t('thread.back')} onClick=${backToRoom}><${Icon} name="back" /></button>
        <div class="room-heading"><h2 tabindex="-1">${t('thread.title')}</h2>${ready && html`<p class="room-topic">${tn('thread.replies', replies)}</p>`}</div>
        <button type="button" class="icon-button only-wide" aria-label=${t('thread.close')} title=${t('thread.close')} onClick=${backToRoom}><${Icon} name="close" /></button>
      </header>
      <div class="thread-scroller" ref=${scroller} onScroll=${onScroll}>
        ${thread.value?.state === 'failed' && html`<div class="timeline-state"><${Notice} problem=${thread.value.problem} onRetry=${look} /></div>`}
        <ol class="messages" aria-label=${t('thread.messages')} aria-busy=${thread.value?.state === 'loading' ? 'true' : undefined} onKeyDown=${onKeyDown}>
          ${rows.map((row) => html`<${Row} key=${row.key} kind=${row.kind} spot="thread" grouped=${row.grouped} message=${row.message} label=${row.label}
            own=${row.message !== null && isOwn(row.message)} blocked=${row.message !== null && blocked.value.has(row.message.author.id)}
            tabbed=${row.key === tabId} editing=${editing.value.has(editKey(row.key, 'thread'))} marked=${false} />`)}
          ${unsent.map((item) => html`<${PendingMessage} key=${item.client_id} item=${item} original=${undefined} inThread=${true} />`)}
        </ol>
        ${ready && replies === 0 && unsent.length === 0 && html`<p class="beginning thread-empty">${t('thread.empty')}</p>`}
      </div>
      ${ready && root && html`<${ThreadComposer} room=${room} root=${root} onSent=${() => { stick.current = true; }} />`}
    </aside>`;
}
