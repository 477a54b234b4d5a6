import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import { go, roomPath, route } from '../router.js';
import { locate } from '../state/locate.js';
import { roomName } from '../state/room-name.js';
import { roomById, roomsLoaded, fetchRoom } from '../state/rooms.js';
import { knowRooms } from '../state/stream.js';
import { mustEnter } from '../state/room-rights.js';
import { openRoom } from '../state/reading.js';
import { timelineOf, loadedTimeline, loadLatest } from '../state/timeline.js';
import { isWide } from '../state/viewport.js';
import { focusOn } from '../focus.js';
import { EnterRoom } from './EnterRoom.js';
import { RoomHeader } from './RoomHeader.js';
import { MessageList } from './MessageList.js';
import { Composer } from './Composer.js';
import { RoomMissing } from './RoomMissing.js';
import { t } from '../i18n.js';

/** @param {{ id: string }} props */
export function RoomView({ id }) {
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const room = roomById(id);
  const look = () => { setProblem(null); fetchRoom(id).then(knowRooms).catch(setProblem); };
  useEffect(() => { if (!room && roomsLoaded.value) look(); }, [Boolean(room), roomsLoaded.value]);
  useEffect(() => {
    // Nobody tells a visitor what happens, so look again.
    const seen = loadedTimeline(id);
    if (seen && room?.role === null && !mustEnter(room)) void loadLatest(seen);
    // On a narrow screen the list is gone, and with it what had the focus.
    if (!isWide.value) focusOn('#room-header h1');
    return openRoom(id);
  }, []);
  const wanted = route.value.name === 'room' ? route.value.message : null;
  const timeline = room && !mustEnter(room) ? timelineOf(id) : null;
  const isReady = timeline?.state.value === 'ready';
  useEffect(() => {
    if (!wanted || !timeline || !isReady) return;
    void locate(timeline, wanted);
    // Once: whoever comes back here is not taken there again.
    go(roomPath(id), { replace: true });
  }, [wanted, isReady]);
  if (!room && problem) return html`<main class="room" id="room"><${RoomMissing} id=${id} problem=${problem} onRetry=${look} /></main>`;
  if (!room) return html`<main class="room" id="room" aria-busy="true" aria-label=${t('room.loading')}></main>`;
  return html`
    <main class="room" id="room" aria-label=${roomName(room)}>
      <${RoomHeader} room=${room} />
      ${!timeline ? html`<${EnterRoom} room=${room} />` : html`
        <${MessageList} key=${room.role === null ? 'visitor' : 'member'} room=${room} timeline=${timeline} />
        <${Composer} room=${room} />`}
    </main>`;
}
