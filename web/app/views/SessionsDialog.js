import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import * as api from '../api.js';
import { t } from '../i18n.js';
import { signOutEverywhere } from '../state/session.js';
import { useSubmit } from './use-submit.js';
import { Dialog } from './Dialog.js';
import { Notice } from './Notice.js';
import { SecurityLog } from './SecurityLog.js';
import { SessionItem } from './SessionItem.js';

/** @typedef {import('../types.js').OwnSession} OwnSession */

/** Where somebody is signed in, and the way to end it. @param {{ onClose: () => void }} props */
export function SessionsDialog({ onClose }) {
  const [sessions, setSessions] = useState(/** @type {OwnSession[]|null} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [asking, setAsking] = useState(/** @type {'others'|'all'|null} */ (null));
  const look = () => { setProblem(null); api.getAll('/auth/sessions').then(setSessions).catch(setProblem); };
  useEffect(look, []);
  const ended = (/** @type {string} */ id) => setSessions((sessions ?? []).filter((session) => session.id !== id));
  const end = useSubmit(async () => {
    if (asking === 'all') return signOutEverywhere();
    await api.del('/auth/sessions');
    setSessions((sessions ?? []).filter((session) => session.current));
    return setAsking(null);
  });
  const here = sessions?.filter((session) => session.current) ?? [];
  const others = sessions?.filter((session) => !session.current) ?? [];
  return html`
    <${Dialog} title=${t('sessions.title')} onClose=${onClose} className="tall">
      <p class="dialog-topic">${t('sessions.text')}</p>
      <${Notice} problem=${problem} onRetry=${look} />
      <ul class="session-list" aria-label=${t('sessions.title')}>
        ${[...here, ...others].map((session) => html`<${SessionItem} key=${session.id} session=${session} onEnded=${ended} />`)}
      </ul>
      ${sessions && others.length === 0 && html`<p class="field-hint" role="status">${t('sessions.only_here')}</p>`}
      ${sessions && html`
        <footer class="dialog-actions spread">
          ${asking
            ? html`<p>${asking === 'all' ? t('sessions.confirm_all') : t('sessions.confirm_others')}</p>
                <button type="button" class="button" onClick=${() => setAsking(null)}>${t('action.cancel')}</button>
                <button type="button" class="button danger" disabled=${end.busy} onClick=${end.submit}>${asking === 'all' ? t('sessions.end_all') : t('sessions.end_others')}</button>`
            : html`
                ${others.length > 0 && html`<button type="button" class="button" onClick=${() => setAsking('others')}>${t('sessions.end_others')}</button>`}
                <button type="button" class="button quiet danger-text" onClick=${() => setAsking('all')}>${t('sessions.end_all')}</button>`}
        </footer>
        <${Notice} problem=${end.problem} />`}
      <${SecurityLog} />
    <//>`;
}
