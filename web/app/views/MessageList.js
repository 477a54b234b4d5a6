import { html } from '../html.js';
import { useLayoutEffect, useRef, useState, useEffect } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';
import { loadLatest, loadOlder } from '../state/timeline.js';
import { unsentOf } from '../state/outbox.js';
import { below, jump, reading, mark } from '../state/reading.js';
import { accountId } from '../state/session.js';
import { rowsOf } from './message-rows.js';
import { walkMessages } from './message-keys.js';
import { Row } from './Row.js';
import { PendingMessage } from './PendingMessage.js';
import { Notice } from './Notice.js';
import { Icon } from './Icon.js';
import { EmptyRoom } from './EmptyRoom.js';
import { MessagesLoading } from './MessagesLoading.js';

/** Nearer to the end than this means: reading the newest. */
const STICK_PX = 40;
/** Older messages are fetched before the top is reached. */
const OLDER_PX = 600;

/** @param {{ room: import('../types.js').Room, timeline: import('../state/timeline.js').Timeline }} props */
export function MessageList({ room, timeline }) {
  const scroller = useRef(/** @type {HTMLDivElement|null} */ (null));
  const content = useRef(/** @type {HTMLOListElement|null} */ (null));
  const place = useRef({ stick: true, placed: false, firstId: '', height: 0, top: 0, unsent: 0 });
  const jumped = useRef(jump.value);
  const [away, setAway] = useState(false);
  const [focusId, setFocusId] = useState(/** @type {string|null} */ (null));
  const messages = timeline.messages.value;
  const unsent = unsentOf(room.id);
  const ready = timeline.state.value === 'ready';

  const toEnd = () => {
    const box = scroller.current;
    if (!box) return;
    box.scrollTop = box.scrollHeight;
    place.current.stick = true;
    setAway(false);
    reading(room.id, true);
  };

  const onScroll = () => {
    const box = scroller.current;
    if (!box || !place.current.placed) return;
    const stick = box.scrollHeight - box.scrollTop - box.clientHeight <= STICK_PX;
    place.current.stick = stick;
    place.current.top = box.scrollTop;
    setAway(!stick);
    reading(room.id, stick);
    if (box.scrollTop < OLDER_PX && !timeline.olderProblem.value) void loadOlder(timeline);
  };

  useLayoutEffect(() => {
    const box = scroller.current;
    const now = place.current;
    if (!box || !ready) return;
    const firstId = messages[0]?.id ?? '';
    if (!now.placed) {
      now.placed = true;
      const divider = box.querySelector('.divider-new');
      // A third down: what was already read stays in sight as context.
      if (divider instanceof HTMLElement) box.scrollTop = divider.offsetTop - box.clientHeight / 3;
      else box.scrollTop = box.scrollHeight;
      onScroll();
    } else if (unsent.length > now.unsent || now.stick) {
      toEnd();
    } else if (firstId !== now.firstId) {
      box.scrollTop = now.top + (box.scrollHeight - now.height);
    }
    now.firstId = firstId;
    now.height = box.scrollHeight;
    now.top = box.scrollTop;
    now.unsent = unsent.length;
  });

  useEffect(() => {
    if (jump.value === jumped.current) return;
    jumped.current = jump.value;
    toEnd();
    void mark(room.id);
  }, [jump.value]);

  useEffect(() => {
    const box = scroller.current;
    if (!box || !ready) return undefined;
    // A keyboard that opens, or a line that wraps anew, must not push the newest message out of sight.
    const observer = new ResizeObserver(() => { if (place.current.stick) box.scrollTop = box.scrollHeight; });
    observer.observe(box);
    if (content.current) observer.observe(content.current);
    return () => observer.disconnect();
  }, [ready]);

  if (timeline.state.value === 'failed') {
    return html`<div class="timeline-state"><${Notice} problem=${timeline.problem.value} onRetry=${() => { timeline.state.value = 'loading'; void loadLatest(timeline); }} /></div>`;
  }
  if (!ready) return html`<${MessagesLoading} />`;
  const rows = rowsOf(messages, timeline.dividerId.value);
  const tabId = rows.some((row) => row.key === focusId) ? focusId : messages.at(-1)?.id;
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Escape') jump.value += 1;
    walkMessages(event, setFocusId);
  };
  return html`
    <div class="timeline-frame">
      <div class="timeline" ref=${scroller} onScroll=${onScroll}>
        <div class="timeline-top">
          ${timeline.loadingOlder.value && html`<span class="spinner" role="status"><span class="visually-hidden">${t('messages.loading_older')}</span></span>`}
          <${Notice} problem=${timeline.olderProblem.value} onRetry=${() => void loadOlder(timeline)} />
          ${!timeline.hasOlder.value && messages.length > 0 && html`<p class="beginning">${t('messages.beginning')}</p>`}
        </div>
        ${messages.length === 0 && unsent.length === 0 && html`<${EmptyRoom} room=${room} />`}
        <ol class="messages" id="messages" ref=${content} aria-label=${t('messages.label')} onKeyDown=${onKeyDown}>
          ${rows.map((row) => html`<${Row} key=${row.key} kind=${row.kind} grouped=${row.grouped} message=${row.message} label=${row.label}
            own=${row.message?.author.id === accountId.value} tabbed=${row.key === tabId} />`)}
          ${unsent.map((item) => html`<${PendingMessage} key=${item.client_id} item=${item} />`)}
        </ol>
      </div>
      ${away && html`
        <button type="button" class=${below.value > 0 ? 'pill fresh' : 'pill'} onClick=${toEnd}>
          ${below.value > 0 ? tn('messages.new_below', below.value) : t('messages.to_latest')}<${Icon} name="down" />
        </button>`}
    </div>`;
}
