import { html } from '../html.js';
import * as api from '../api.js';
import { t } from '../i18n.js';
import { agoOf, dateTimeOf, momentOf } from '../time.js';
import { deviceName } from './device-name.js';
import { useSubmit } from './use-submit.js';
import { Icon } from './Icon.js';
import { Notice } from './Notice.js';

/** @param {{ session: import('../types.js').OwnSession, onEnded: (id: string) => void }} props */
export function SessionItem({ session, onEnded }) {
  const { id, current, network, created_at: created, last_seen_at: seen } = session;
  const { busy, problem, submit } = useSubmit(async () => { await api.del(`/auth/sessions/${encodeURIComponent(id)}`); onEnded(id); });
  const device = deviceName(session.device);
  return html`
    <li class="session-item">
      <${Icon} name="device" />
      <div>
        <p class="session-device"><bdi>${device}</bdi>${current && html`<span class="tag">${t('sessions.this_device')}</span>`}${session.is_new_network && html`<span class="tag warn">${t('sessions.new_network')}</span>`}</p>
        <p class="field-hint">
          ${current ? t('sessions.active_now') : html`<time datetime=${seen} title=${momentOf(seen)}>${t('sessions.last_seen', { ago: agoOf(seen) })}</time>`}
          ${network && html`${' · '}${t('sessions.network')} <bdi dir="ltr">${network}</bdi>`}
        </p>
        <p class="field-hint">${t('sessions.since', { at: dateTimeOf(created) })}</p>
      </div>
      ${!current && html`<button type="button" class="button quiet danger-text" disabled=${busy} aria-label=${t('sessions.end_one', { device })} onClick=${submit}>${t('sessions.end')}</button>`}
      <${Notice} problem=${problem} />
    </li>`;
}
