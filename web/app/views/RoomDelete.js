import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import { t, tx } from '../i18n.js';
import { go } from '../router.js';
import { deleteRoom } from '../state/rooms.js';
import { useSubmit } from './use-submit.js';
import { Field } from './Field.js';
import { Icon } from './Icon.js';
import { Notice } from './Notice.js';

/** What cannot be taken back is confirmed by writing the name. @param {{ room: import('../types.js').Room, onDeleted: () => void }} props */
export function RoomDelete({ room, onDeleted }) {
  const [asked, setAsked] = useState(false);
  const [typed, setTyped] = useState('');
  const { busy, problem, submit } = useSubmit(async () => {
    await deleteRoom(room.id);
    onDeleted();
    go('/', { replace: true });
  });
  if (!asked) return html`<button type="button" class="button quiet danger-text" onClick=${() => setAsked(true)}><${Icon} name="trash" />${t('room.delete')}</button>`;
  return html`
    <form class="room-act" onSubmit=${submit}><p>${tx('room.delete_text', { room: room.name })}</p>
      <${Field} label=${t('room.delete_name')} value=${typed} onInput=${setTyped} autofocus=${true} autocomplete="off" />
      <${Notice} problem=${problem} />
      <div class="dialog-actions">
        <button type="button" class="button" onClick=${() => setAsked(false)}>${t('action.cancel')}</button>
        <button type="submit" class="button danger" disabled=${busy || typed.trim() !== room.name.trim()}>${t('room.delete')}</button>
      </div></form>`;
}
