import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import { t, tx } from '../i18n.js';
import { go, roomPath } from '../router.js';
import { blocked, fetchPerson, openDirect, setBlocked } from '../state/people.js';
import { openDialog } from '../state/dialogs.js';
import { roomById } from '../state/rooms.js';
import { accountId, may } from '../state/session.js';
import { knowRooms } from '../state/stream.js';
import { dateOf } from '../time.js';
import { useSubmit } from './use-submit.js';
import { Ask } from './Ask.js';
import { Avatar } from './Avatar.js';
import { Dialog } from './Dialog.js';
import { Icon } from './Icon.js';
import { Notice } from './Notice.js';
import { PlaceInRoom } from './PlaceInRoom.js';

/** Somebody as others see them, and what one may do about them. @param {{ person: import('../types.js').Person, place: import('../state/dialogs.js').Place|null, onClose: () => void }} props */
export function PersonDialog({ person, place, onClose }) {
  const [profile, setProfile] = useState(/** @type {import('../types.js').Profile|null} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const look = () => { setProblem(null); fetchPerson(person.id).then(setProfile).catch(setProblem); };
  useEffect(look, [person.id]);
  const room = place && roomById(place.roomId);
  // Whoever came from a list of members goes back to it.
  const close = room ? () => openDialog('room') : onClose;
  const isOneself = person.id === accountId.value;
  const isBlocked = blocked.value.has(person.id);
  return html`
    <${Dialog} title=${person.username} onClose=${close}>
      <p class="person-head"><${Avatar} person=${person} /><span>${isOneself ? t('person.oneself') : profile && tx('person.since', { date: dateOf(profile.created_at) })}</span></p>
      <${Notice} problem=${problem} onRetry=${look} />
      ${room && html`<${PlaceInRoom} room=${room} person=${person} role=${place.role} onDone=${close} />`}
      ${!isOneself && html`
        ${isBlocked && html`<p>${t('person.blocked')}</p>`}
        <footer class="dialog-actions spread">
          ${may('send_dm') && !isBlocked && html`<${WriteButton} person=${person} onClose=${onClose} />`}
          ${may('block_users') && html`<${BlockButton} person=${person} isBlocked=${isBlocked} />`}
        </footer>`}
    <//>`;
}

/** @param {{ person: import('../types.js').Person, onClose: () => void }} props */
function WriteButton({ person, onClose }) {
  const { busy, problem, submit } = useSubmit(async () => {
    const room = await openDirect([person.id]);
    knowRooms();
    onClose();
    go(roomPath(room.id));
  });
  return html`
    <button type="button" class="button primary" disabled=${busy} onClick=${submit}><${Icon} name="bubble" />${t('person.write')}</button>
    <${Notice} problem=${problem} />`;
}

/** Asks first: the other cannot write any more. @param {{ person: import('../types.js').Person, isBlocked: boolean }} props */
function BlockButton({ person, isBlocked }) {
  const [asked, setAsked] = useState(false);
  const deed = useSubmit(async () => {
    await setBlocked(person.id, !isBlocked);
    setAsked(false);
  });
  if (isBlocked) return html`<button type="button" class="button" disabled=${deed.busy} onClick=${deed.submit}>${t('person.unblock')}</button><${Notice} problem=${deed.problem} />`;
  if (!asked) return html`<button type="button" class="button quiet" onClick=${() => setAsked(true)}><${Icon} name="block" />${t('person.block')}</button>`;
  return html`<${Ask} text=${tx('person.block_text', { person: person.username })} label=${t('person.block')} deed=${deed} onCancel=${() => setAsked(false)} />`;
}
