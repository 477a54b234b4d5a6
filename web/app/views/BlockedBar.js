import { html } from '../html.js';
import { t, tx } from '../i18n.js';
import { setBlocked } from '../state/people.js';
import { useSubmit } from './use-submit.js';
import { Notice } from './Notice.js';

/** Why one cannot write to somebody whom one blocked, and the way out. @param {{ person: import('../types.js').Person }} props */
export function BlockedBar({ person }) {
  const { busy, problem, submit } = useSubmit(() => setBlocked(person.id, false));
  return html`
    <div class="composer-closed" id="composer">
      <p>${tx('composer.blocked', { person: person.username })}</p>
      <button type="button" class="button" disabled=${busy} onClick=${submit}>${t('person.unblock')}</button>
      <${Notice} problem=${problem} />
    </div>`;
}
