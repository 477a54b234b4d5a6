import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { announce } from '../state/announce.js';
import { seat } from '../state/members.js';
import { useSubmit } from './use-submit.js';
import { Icon } from './Icon.js';
import { Notice } from './Notice.js';
import { PeoplePicker } from './PeoplePicker.js';

/** @typedef {import('../types.js').Person} Person */
/** Added one by one, so not too many at once. */
const AT_ONCE_MAX = 10;

/** @param {{ room: import('../types.js').Room, members: import('../types.js').Member[] }} props */
export function AddPeople({ room, members }) {
  const [open, setOpen] = useState(false);
  const [people, setPeople] = useState(/** @type {Person[]} */ ([]));
  const { busy, problem, submit } = useSubmit(async () => {
    for (const [at, person] of people.entries()) {
      // Whoever is in is in, also when the next one cannot be added.
      await seat(room.id, person.id, 'member').catch((failure) => { setPeople(people.slice(at)); throw failure; });
    }
    announce(t('members.added'));
    setPeople([]);
    setOpen(false);
  });
  if (!open) return html`<button type="button" class="button quiet" onClick=${() => setOpen(true)}><${Icon} name="plus" />${t('members.add')}</button>`;
  return html`
    <form class="stack" onSubmit=${submit}>
      <${PeoplePicker} label=${t('members.add')} chosen=${people} onChange=${setPeople} max=${AT_ONCE_MAX}
        isOffered=${(/** @type {Person} */ { id }) => !members.some(({ user }) => user.id === id)} />
      <${Notice} problem=${problem} />
      <div class="dialog-actions">
        <button type="button" class="button" onClick=${() => setOpen(false)}>${t('action.cancel')}</button>
        <button type="submit" class="button primary" disabled=${busy || people.length === 0}>${t('members.add_submit')}</button>
      </div>
    </form>`;
}
