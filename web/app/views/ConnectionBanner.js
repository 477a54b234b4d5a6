import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';
import { connection, retryNow } from '../socket.js';
import { unsentTotal } from '../state/outbox.js';
import { ended } from '../state/session.js';
import { Icon } from './Icon.js';

/** Says how it stands with the line, and nothing while all is well. */
export function ConnectionBanner() {
  const { state, retryAt, caught } = connection.value;
  const [now, setNow] = useState(Date.now());
  const lost = state === 'offline' || state === 'restarting';
  useEffect(() => {
    if (!lost) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [lost, retryAt]);
  if (ended.value || state === 'online' || state === 'connecting') return null;
  if (state === 'catching_up') {
    return html`<section class="banner calm late-banner" aria-label=${t('connection.label')}><span class="spinner" aria-hidden="true"></span><p>${caught > 0 ? tn('connection.caught', caught) : t('connection.catching_up')}</p></section>`;
  }
  if (state === 'forbidden') {
    return html`
      <section class="banner alert" aria-label=${t('connection.label')}>
        <${Icon} name="alert" /><p>${t('connection.forbidden')}</p>
        <button type="button" class="button quiet" onClick=${retryNow}>${t('connection.look_again')}</button>
      </section>`;
  }
  const seconds = Math.max(0, Math.ceil((retryAt - now) / 1000));
  return html`
    <section class=${state === 'restarting' ? 'banner calm' : 'banner alert'} aria-label=${t('connection.label')}>
      <${Icon} name=${state === 'restarting' ? 'retry' : 'offline'} />
      <p>
        ${state === 'restarting' ? t('connection.restarting') : t('connection.offline')}${' '}
        <span>${seconds > 0 ? tn('connection.retry_in', seconds) : t('connection.retrying')}</span>
        ${unsentTotal.value > 0 && html` <span>${tn('connection.kept', unsentTotal.value)}</span>`}
      </p>
      <button type="button" class="button quiet" onClick=${retryNow}>${t('connection.retry_now')}</button>
    </section>`;
}
