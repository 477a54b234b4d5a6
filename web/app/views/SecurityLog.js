import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import * as api from '../api.js';
import { t } from '../i18n.js';
import { dateTimeOf, momentOf } from '../time.js';
import { deviceName } from './device-name.js';
import { useSubmit } from './use-submit.js';
import { Notice } from './Notice.js';

/** @typedef {import('../types.js').SecurityEvent} SecurityEvent */

const PAGE = 8;

/** @param {SecurityEvent} event */
function words({ kind, reason }) {
  switch (kind) {
    case 'login_success': return t('security.login_success');
    case 'login_failure': return reason === 'account_inactive' ? t('security.login_inactive') : t('security.login_failure');
    case 'logout_success': return t('security.logout_success');
    case 'tokens_revoked': return t('security.tokens_revoked');
    case 'credential_new_address': return t('security.new_network');
    case 'password_changed': return reason === 'reset_link' ? t('security.password_reset') : t('security.password_changed');
    case 'password_change_refused': return t('security.password_refused');
    case 'user_created': return t('security.user_created');
    default: return kind;
  }
}

const SERIOUS = ['login_failure', 'tokens_revoked', 'credential_new_address', 'password_changed', 'password_change_refused'];

/** What happened to one's own account, newest first. */
export function SecurityLog() {
  const [events, setEvents] = useState(/** @type {SecurityEvent[]} */ ([]));
  const [next, setNext] = useState(/** @type {string|null} */ (null));
  const more = useSubmit(async () => {
    const page = await api.request('GET', `/auth/events?limit=${PAGE}${next ? `&cursor=${encodeURIComponent(next)}` : ''}`, { background: !next });
    setEvents([...events, ...page.data]);
    setNext(page.next);
  });
  useEffect(() => { void more.submit(); }, []);
  return html`
    <section class="security-log" aria-labelledby="security-log">
      <h3 id="security-log">${t('security.title')}</h3>
      <${Notice} problem=${more.problem} onRetry=${more.submit} />
      <ul>
        ${events.map((event) => html`
          <li key=${event.id} data-serious=${SERIOUS.includes(event.kind) ? 'true' : undefined}>
            <p>${words(event)}</p>
            <p class="field-hint"><time datetime=${event.at} title=${momentOf(event.at)}>${dateTimeOf(event.at)}</time>
              ${' · '}<bdi>${deviceName(event.device)}</bdi>${event.ip && html`${' · '}<bdi dir="ltr">${event.ip}</bdi>`}</p>
          </li>`)}
      </ul>
      ${next && html`<button type="button" class="button quiet" disabled=${more.busy} onClick=${more.submit}>${t('security.more')}</button>`}
    </section>`;
}
