import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { actionsOn, focusMessage } from './message-actions.js';
import { Icon } from './Icon.js';

const DONE_MS = 2000;

/** Beside the message that is pointed at or holds the focus. @param {{ message: import('../types.js').Message }} props */
export function MessageToolbar({ message }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), DONE_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  /** @param {import('./message-actions.js').Action} action */
  const run = async ({ name, run: act }) => {
    focusMessage(message.id);
    const done = await act();
    if (name === 'copy') setCopied(done === true);
  };
  return html`
    <div class="message-toolbar" role="toolbar" aria-label=${t('message.actions')}>
      ${actionsOn(message).map((action) => html`
        <button type="button" key=${action.name} class="icon-button" tabindex="-1" aria-label=${action.label} title=${action.label} onClick=${() => void run(action)}>
          <${Icon} name=${copied && action.name === 'copy' ? 'check' : action.icon} />
        </button>`)}
    </div>`;
}
