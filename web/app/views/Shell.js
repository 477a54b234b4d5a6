import { html } from '../html.js';
import { useEffect, useRef } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { go, route, roomPath } from '../router.js';
import { server } from '../state/server.js';
import { joinedRooms, roomById, roomsLoaded } from '../state/rooms.js';
import { accountId, ended } from '../state/session.js';
import { isWide } from '../state/viewport.js';
import { mustEnter } from '../state/room-rights.js';
import { focusMessage } from './message-actions.js';
import { focusOn } from '../focus.js';
import * as local from '../state/local.js';
import { AccountNotices } from './AccountNotices.js';
import { ActivityView } from './ActivityView.js';
import { Sidebar } from './Sidebar.js';
import { RoomView } from './RoomView.js';
import { ConnectionBanner } from './ConnectionBanner.js';
import { Dialogs } from './Dialogs.js';
import { SessionEnded } from './SessionEnded.js';
import { SessionWarning } from './SessionWarning.js';
import { ThreadPanel } from './ThreadPanel.js';
import { Welcome } from './Welcome.js';

export function Shell() {
  const open = route.value.name === 'room' ? route.value.id : null;
  const isActivity = route.value.name === 'activity';
  const left = useRef(/** @type {string|null} */ (null));
  const path = open ? roomPath(open) : isActivity ? '/activity' : null;
  useEffect(() => {
    if (!path && left.current && !isWide.value) focusOn(`a[href="${left.current}"]`);
    left.current = path;
  }, [path]);
  const room = open ? roomById(open) : undefined;
  const known = Boolean(room);
  const threadId = route.value.name === 'room' && room && !mustEnter(room) ? route.value.thread : null;
  useThreadFocus(threadId);
  useEffect(() => { if (open && known) local.write(accountId.value, 'room', open); }, [open, known]);
  // With both panes in sight an empty one would be a riddle: show the room last read.
  useEffect(() => {
    if (path || !isWide.value || !roomsLoaded.value) return;
    const last = local.read(accountId.value, 'room');
    const room = joinedRooms.value.find(({ id }) => id === last) ?? joinedRooms.value[0];
    if (room) go(roomPath(room.id), { replace: true });
  }, [path, isWide.value, roomsLoaded.value, joinedRooms.value]);
  return html`
    <div class="shell" data-pane=${threadId ? 'thread' : path ? 'room' : 'rooms'} data-ended=${ended.value ? 'true' : undefined}>
      <a class="skip-link" href="#room" onClick=${skip}>${t('skip_link')}</a>
      ${(server.value?.demo_accounts.length ?? 0) > 0 && html`<p class="demo-strip">${t('demo.strip')}</p>`}
      <${ConnectionBanner} />
      <${AccountNotices} />
      <div class="panes">
        <${Sidebar} open=${open} />
        ${open ? html`<${RoomView} key=${open} id=${open} />` : isActivity ? html`<${ActivityView} />` : html`<${Welcome} />`}
        ${room && threadId && html`<${ThreadPanel} key=${threadId} room=${room} rootId=${threadId} />`}
      </div>
      <${Dialogs} />
      ${ended.value && html`<${SessionEnded} code=${ended.value} />`}
      <${SessionWarning} />
    </div>`;
}

/** Whoever closes a thread is back at the message it began with. @param {string|null} threadId */
function useThreadFocus(threadId) {
  const left = useRef(/** @type {string|null} */ (null));
  useEffect(() => {
    if (!threadId && left.current) focusMessage(left.current);
    left.current = threadId;
  }, [threadId]);
}

/** Best first: one selector of them all would take whichever comes first in the page. */
const SKIP_TO = ['#composer textarea', '#composer button', '#messages [tabindex="0"]', '#activity a', '.room-list a'];

/** @param {Event} event */
function skip(event) {
  event.preventDefault();
  const target = SKIP_TO.map((selector) => document.querySelector(selector)).find((found) => found?.checkVisibility());
  if (target instanceof HTMLElement) target.focus();
}
