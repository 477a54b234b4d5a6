import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import { t, tx } from '../i18n.js';
import { handOver, putOut, seat } from '../state/members.js';
import { mayAppoint, mayRemove } from '../state/room-rights.js';
import { accountId } from '../state/session.js';
import { useSubmit } from './use-submit.js';
import { Ask } from './Ask.js';
import { Icon } from './Icon.js';
import { Notice } from './Notice.js';

/** @typedef {'hand-over'|'remove'} Question */

/**
 * Somebody's place in a room, and changing it.
 * @param {{ room: import('../types.js').Room, person: import('../types.js').Person, role: string, onDone: () => void }} props
 */
export function PlaceInRoom({ room, person, role, onDone }) {
  const [wanted, setWanted] = useState(role);
  const [asked, setAsked] = useState(/** @type {Question|null} */ (null));
  const appoint = useSubmit(async () => { await seat(room.id, person.id, wanted); onDone(); });
  const remove = useSubmit(async () => { await putOut(room.id, person.id); onDone(); });
  const give = useSubmit(async () => { await handOver(room.id, person.id, accountId.value); onDone(); });
  const isOneself = person.id === accountId.value;
  const removable = !isOneself && mayRemove(room, role);
  if (!mayAppoint(room) && !removable) return null;
  return html`
    <section class="place">
      <h3>${tx('place.title', { room: room.name })}</h3>
      ${mayAppoint(room) && html`
        <form class="invite-new" onSubmit=${appoint.submit}>
          <label class="field"><span>${t('place.role')}</span>
            <select value=${wanted} onChange=${(/** @type {any} */ event) => setWanted(event.currentTarget.value)}>
              <option value="member">${t('role.member')}</option><option value="moderator">${t('role.moderator')}</option><option value="owner">${t('role.owner')}</option>
            </select></label>
          <button type="submit" class="button" disabled=${appoint.busy || wanted === role}>${t('action.save')}</button>
        </form>
        <${Notice} problem=${appoint.problem} />`}
      ${asked === 'hand-over' && html`<${Ask} text=${tx('place.hand_over_text', { person: person.username })} label=${t('place.hand_over')} deed=${give} onCancel=${() => setAsked(null)} />`}
      ${asked === 'remove' && html`<${Ask} text=${tx('place.remove_text', { person: person.username })} label=${t('place.remove')} deed=${remove} onCancel=${() => setAsked(null)} />`}
      ${asked === null && html`
        <div class="place-acts">
          ${mayAppoint(room) && !isOneself && html`<button type="button" class="button quiet" onClick=${() => setAsked('hand-over')}><${Icon} name="person" />${t('place.hand_over')}</button>`}
          ${removable && html`<button type="button" class="button quiet danger-text" onClick=${() => setAsked('remove')}><${Icon} name="leave" />${t('place.remove')}</button>`}
        </div>`}
    </section>`;
}
