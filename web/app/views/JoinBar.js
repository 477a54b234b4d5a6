import { html } from '../html.js';
import { t } from '../i18n.js';
import { joinRoom } from '../state/rooms.js';
import { loadLatest, loadedTimeline } from '../state/timeline.js';
import { knowRooms } from '../state/stream.js';
import { useSubmit } from './use-submit.js';
import { Notice } from './Notice.js';

/** Why one cannot write here, and the way out. @param {{ room: import('../types.js').Room }} props */
export function JoinBar({ room }) {
  const { busy, problem, submit } = useSubmit(async () => {
    await joinRoom(room.id);
    knowRooms();
    const timeline = loadedTimeline(room.id);
    if (timeline) await loadLatest(timeline);
  });
  return html`
    <div class="composer-closed" id="composer">
      <p>${t('composer.not_member')}</p>
      <button type="button" class="button primary" disabled=${busy} onClick=${submit}>${t('room.join')}</button>
      <${Notice} problem=${problem} />
    </div>`;
}
