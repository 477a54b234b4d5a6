import { html } from '../html.js';
import { useLayoutEffect, useRef, useState, useEffect } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';
import { loadLatest, loadNewer, loadOlder } from '../state/timeline.js';
import { unsentOf } from '../state/outbox.js';
import { below, jump, reading, mark } from '../state/reading.js';
import { editKey, editing, isOwn } from '../state/messages.js';
import { fetchNews } from '../state/news.js';
import { fetchOriginal, originalOf } from '../state/originals.js';
import { arrive, found, giveUp, locate, notFound } from '../state/locate.js';
import { blocked } from '../state/people.js';
import { isDirect } from '../state/room-name.js';
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
/** Older and newer messages are fetched before the edge is reached. */
const EDGE_PX = 600;
/** How long a message that was jumped to stays marked. */
const MARK_MS = 2500;

/** @param {{ room: import('../types.js').Room, timeline: import('../state/timeline.js').Timeline }} props */
export function MessageList({ room, timeline }) {
  const scroller = useRef(/** @type {HTMLDivElement|null} */ (null));
  const content = useRef(/** @type {HTMLOListElement|null} */ (null));
  const place = useRef({ stick: true, placed: false, firstId: '', height: 0, top: 0, unsent: 0 });
  const jumped = useRef(jump.value);
  const [away, setAway] = useState(false);
  const [markedId, setMarkedId] = useState(/** @type {string|null} */ (null));
  const [focusId, setFocusId] = useState(/** @type {string|null} */ (null));
  const messages = timeline.messages.value;
  const unsent = unsentOf(room.id);
  const wanted = found.value?.roomId === room.id ? found.value : null;
  const ready = timeline.state.value === 'ready';

  const toEnd = () => {
    const box = scroller.current;
    if (!box) return;
    box.scrollTop = box.scrollHeight;
    place.current.stick = true;
    setAway(false);
    reading(room.id, true);
  };

  const toNewest = async () => {
    giveUp();
    if (timeline.hasNewer.value) await loadLatest(timeline);
    // What could not be loaded leaves the list where it is.
    if (!timeline.hasNewer.value) toEnd();
  };

  const onScroll = () => {
    const box = scroller.current;
    if (!box || !place.current.placed) return;
    const left = box.scrollHeight - box.scrollTop - box.clientHeight;
    const stick = left <= STICK_PX && !timeline.hasNewer.value;
    place.current.stick = stick;
    place.current.top = box.scrollTop;
    setAway(!stick);
    reading(room.id, stick);
    if (left < EDGE_PX) void loadNewer(timeline);
    if (box.scrollTop < EDGE_PX && !timeline.olderProblem.value) void loadOlder(timeline);
  };

  useLayoutEffect(() => {
    const box = scroller.current;
    const now = place.current;
    if (!box || !ready) return;
    // The window has moved into the past: its end is not the newest.
    if (timeline.hasNewer.value) now.stick = false;
    const firstId = messages[0]?.id ?? '';
    const target = wanted ? messageElement(box, wanted.id) : null;
    if (target) {
      now.placed = true;
      now.stick = false;
      target.scrollIntoView({ block: 'center' });
      target.focus({ preventScroll: true });
      setMarkedId(target.dataset.id ?? null);
      setFocusId(target.dataset.id ?? null);
      arrive();
      onScroll();
    } else if (!now.placed) {
      now.placed = true;
      const divider = box.querySelector('.divider-new');
      // A third down: what was already read stays in sight as context.
      if (divider instanceof HTMLElement) box.scrollTop = divider.offsetTop - box.clientHeight / 3;
      else box.scrollTop = box.scrollHeight;
      onScroll();
    } else if (unsent.length > now.unsent) {
      void toNewest();
    } else if (now.stick) {
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
    void toNewest().then(() => mark(room.id));
  }, [jump.value]);

  useEffect(() => {
    for (const { reply_to: id, deleted_at: deletedAt } of messages) if (id && !deletedAt) fetchOriginal(timeline, id);
  }, [messages]);

  useEffect(() => {
    if (!markedId) return undefined;
    const timer = setTimeout(() => setMarkedId(null), MARK_MS);
    return () => clearTimeout(timer);
  }, [markedId]);

  useEffect(() => { if (ready) void fetchNews(timeline); }, [ready, messages[0]?.id]);

  useEffect(() => giveUp, []);

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
  const rows = rowsOf(messages, timeline.dividerId.value, newsWithin(room, timeline));
  const byId = new Map(messages.map((message) => [message.id, message]));
  const tabId = rows.some((row) => row.key === focusId) ? focusId : messages.at(-1)?.id;
  const lost = notFound.value?.roomId === room.id ? notFound.value : null;
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Escape' && event.target instanceof HTMLLIElement) jump.value += 1;
    walkMessages(event, setFocusId);
  };
  return html`
    <div class="timeline-frame">
      <div class="timeline" ref=${scroller} onScroll=${onScroll}>
        <div class="timeline-top">
          ${timeline.loadingOlder.value && html`<span class="spinner" role="status"><span class="visually-hidden">${t('messages.loading_older')}</span></span>`}
          <${Notice} problem=${timeline.olderProblem.value} onRetry=${() => void loadOlder(timeline)} />
          ${!timeline.hasOlder.value && messages.length > 0 && html`<p class="beginning">${isDirect(room) ? t('dm.beginning') : t('messages.beginning')}</p>`}
        </div>
        ${messages.length === 0 && unsent.length === 0 && html`<${EmptyRoom} room=${room} />`}
        <ol class="messages" id="messages" ref=${content} aria-label=${t('messages.label')} onKeyDown=${onKeyDown}>
          ${rows.map((row) => html`<${Row} key=${row.key} kind=${row.kind} grouped=${row.grouped} message=${row.message} label=${row.label}
            original=${row.message?.reply_to ? byId.get(row.message.reply_to) ?? timeline.originals.value.get(row.message.reply_to) : undefined}
            own=${row.message !== null && isOwn(row.message)} blocked=${row.message !== null && blocked.value.has(row.message.author.id)} tabbed=${row.key === tabId} editing=${editing.value.has(editKey(row.key, 'list'))} marked=${row.key === markedId} />`)}
          ${!timeline.hasNewer.value && unsent.map((item) => html`
            <${PendingMessage} key=${item.client_id} item=${item} original=${item.reply_to ? originalOf(timeline, item.reply_to) : undefined} />`)}
        </ol>
      </div>
      ${lost && html`<div class="timeline-notice"><${Notice} problem=${lost.problem} onRetry=${() => void locate(timeline, lost.id)} /></div>`}
      ${(away || timeline.hasNewer.value) && html`
        <button type="button" class=${below.value > 0 ? 'pill fresh' : 'pill'} onClick=${() => void toNewest()}>
          ${below.value > 0 ? tn('messages.new_below', below.value) : t('messages.to_latest')}<${Icon} name="down" />
        </button>`}
    </div>`;
}

/** @param {HTMLElement} box @param {string} id @returns {HTMLElement|null} */
const messageElement = (box, id) => box.querySelector(`li.message[data-id="${CSS.escape(id)}"]`);

/**
 * Within the window only: what lies before or after it is not loaded. Into a conversation all came together; one may leave it.
 * @param {import('../types.js').Room} room @param {import('../state/timeline.js').Timeline} timeline
 */
function newsWithin(room, timeline) {
  const messages = timeline.messages.value;
  const from = timeline.hasOlder.value ? messages[0]?.seq ?? 0 : 0;
  const until = timeline.hasNewer.value ? messages.at(-1)?.seq ?? 0 : Infinity;
  return timeline.news.value.filter(({ seq, role }) => seq >= from && seq <= until && (!isDirect(room) || role === null));
}
