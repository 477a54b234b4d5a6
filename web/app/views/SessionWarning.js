import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import { t, tn } from '../i18n.js';
import { warning, staySignedIn, acknowledgeEnd } from '../state/idle.js';
import { announceNow } from '../state/announce.js';
import { useSubmit } from './use-submit.js';
import { Dialog } from './Dialog.js';
import { Notice } from './Notice.js';

export const SessionWarning = () => (warning.value ? html`<${Countdown} ...${warning.value} />` : null);

/** @param {{ kind: 'idle'|'absolute', at: number }} props */
function Countdown({ kind, at }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    announceNow(t('warning.title'));
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const answer = async () => { if (kind === 'idle') await staySignedIn(); else acknowledgeEnd(); };
  const { busy, problem, submit } = useSubmit(answer);
  const seconds = Math.max(0, Math.round((at - now) / 1000));
  return html`
    <${Dialog} title=${t('warning.title')} onClose=${submit}>
      <p>${kind === 'idle' ? t('warning.idle') : t('warning.absolute')}</p>
      <p class="countdown">${seconds >= 60 ? tn('warning.minutes', Math.ceil(seconds / 60)) : tn('warning.seconds', seconds)}</p>
      <${Notice} problem=${problem} />
      <footer class="dialog-actions">
        <button type="button" class="button primary" autofocus disabled=${busy} onClick=${submit}>${kind === 'idle' ? t('warning.stay') : t('warning.understood')}</button>
      </footer>
    <//>`;
}
