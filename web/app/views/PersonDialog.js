import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import { t, tx } from '../i18n.js';
import { go, roomPath } from '../router.js';
import { blocked, fetchPerson, openDirect, setBlocked } from '../state/people.js';
import { accountId, may } from '../state/session.js';
import { knowRooms } from '../state/stream.js';
import { dateOf } from '../time.js';
import { useSubmit } from './use-submit.js';
import { Avatar } from './Avatar.js';
import { Dialog } from './Dialog.js';
import { Icon } from './Icon.js';
import { Notice } from './Notice.js';

/** Somebody as others see them, and what one may do about them. @param {{ person: import('../types.js').Person, onClose: () => void }} props */
export function PersonDialog({ person, onClose }) {
  const [profile, setProfile] = useState(/** @type {import('../types.js').Profile|null} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const look = () => { setProblem(null); fetchPerson(person.id).then(setProfile).catch(setProblem); };
  useEffect(look, [person.id]);
  const isOneself = person.id === accountId.value;
  const isBlocked = blocked.value.has(person.id);
  return html`
    <${Dialog} title=${person.username} onClose=${onClose}>
      <p class="person-head"><${Avatar} person=${person} /><span>${isOneself ? t('person.oneself') : profile && tx('person.since', { date: dateOf(profile.created_at) })}</span></p>
      <${Notice} problem=${problem} onRetry=${look} />
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
  const { busy, problem, submit } = useSubmit(async () => {
    await setBlocked(person.id, !isBlocked);
    setAsked(false);
  });
  if (isBlocked) return html`<button type="button" class="button" disabled=${busy} onClick=${submit}>${t('person.unblock')}</button><${Notice} problem=${problem} />`;
  if (!asked) return html`<button type="button" class="button quiet" onClick=${() => setAsked(true)}><${Icon} name="block" />${t('person.block')}</button>`;
  return html`
    <p>${tx('person.block_text', { person: person.username })}</p>
    <button type="button" class="button" onClick=${() => setAsked(false)}>${t('action.cancel')}</button>
    <button type="button" class="button danger" disabled=${busy} onClick=${submit}>${t('person.block')}</button>
    <${Notice} problem=${problem} />`;
}
