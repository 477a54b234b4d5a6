import { html } from '../html.js';
import { t } from '../i18n.js';
import { joinRoom } from '../state/rooms.js';
import { knowRooms } from '../state/stream.js';
import { useSubmit } from './use-submit.js';
import { Icon } from './Icon.js';
import { Notice } from './Notice.js';

/** Whoever manages rooms gets into a closed one by this act alone, and by no accident. @param {{ room: import('../types.js').Room }} props */
export function EnterRoom({ room }) {
  const { busy, problem, submit } = useSubmit(async () => { await joinRoom(room.id); knowRooms(); });
  return html`
    <div class="page-state">
      <${Icon} name="lock" />
      <h2>${room.policy === 'private' ? t('enter.private') : t('enter.restricted')}</h2>
      <p>${t('enter.text')}</p>
      ${!room.archived && html`<button type="button" class="button primary" disabled=${busy} onClick=${submit}>${t('enter.submit')}</button>`}
      <${Notice} problem=${problem} />
    </div>`;
}
