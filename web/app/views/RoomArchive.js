import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { changeSettings } from '../state/rooms.js';
import { useSubmit } from './use-submit.js';
import { Ask } from './Ask.js';
import { Icon } from './Icon.js';
import { Notice } from './Notice.js';

/** Nothing is lost by it, and it can be taken back. @param {{ room: import('../types.js').Room }} props */
export function RoomArchive({ room }) {
  const [asked, setAsked] = useState(false);
  const deed = useSubmit(async () => { await changeSettings(room.id, { archived: !room.archived }); setAsked(false); });
  if (room.archived) {
    return html`<button type="button" class="button quiet" disabled=${deed.busy} onClick=${deed.submit}><${Icon} name="archive" />${t('room.unarchive')}</button><${Notice} problem=${deed.problem} />`;
  }
  if (!asked) return html`<button type="button" class="button quiet" onClick=${() => setAsked(true)}><${Icon} name="archive" />${t('room.archive')}</button>`;
  return html`<${Ask} text=${t('room.archive_text')} label=${t('room.archive')} deed=${deed} onCancel=${() => setAsked(false)} calm=${true} />`;
}
