import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';
import { go, roomPath } from '../router.js';
import { blocked, openDirect } from '../state/people.js';
import { accountId } from '../state/session.js';
import { knowRooms } from '../state/stream.js';
import { useSubmit } from './use-submit.js';
import { Dialog } from './Dialog.js';
import { Notice } from './Notice.js';
import { PeoplePicker } from './PeoplePicker.js';

/** @typedef {import('../types.js').Person} Person */
/** A larger circle is a room. */
const OTHERS_MAX = 9;

/** @param {Person} person */
const isOffered = ({ id }) => id !== accountId.value && !blocked.value.has(id);

/** To one person, or to a few together. @param {{ onClose: () => void }} props */
export function NewMessageDialog({ onClose }) {
  const [people, setPeople] = useState(/** @type {Person[]} */ ([]));
  const { busy, problem, wait, submit } = useSubmit(async () => {
    const room = await openDirect(people.map(({ id }) => id));
    knowRooms();
    onClose();
    go(roomPath(room.id));
  });
  return html`
    <${Dialog} title=${t('dm.new')} onClose=${onClose} className="tall">
      <form class="stack" onSubmit=${submit}>
        <p class="field-hint">${t('dm.new_text')}</p>
        <${PeoplePicker} label=${t('dm.to')} chosen=${people} onChange=${setPeople} isOffered=${isOffered} max=${OTHERS_MAX} />
        <${Notice} problem=${problem} />
        <footer class="dialog-actions">
          <button type="button" class="button" onClick=${onClose}>${t('action.cancel')}</button>
          <button type="submit" class="button primary" disabled=${busy || wait > 0 || people.length === 0}>${wait > 0 ? tn('action.retry_in', wait) : t('dm.open')}</button>
        </footer>
      </form>
    <//>`;
}
