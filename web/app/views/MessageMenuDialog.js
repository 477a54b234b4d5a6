import { html } from '../html.js';
import { useEffect, useRef } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { actionsOn } from './message-actions.js';
import { firstLine } from './first-line.js';
import { Dialog } from './Dialog.js';
import { Icon } from './Icon.js';

/** The toolbar's offers where nothing can hover. @param {{ message: import('../types.js').Message, onClose: () => void }} props */
export function MessageMenuDialog({ message, onClose }) {
  const chosen = useRef(/** @type {(() => unknown)|null} */ (null));
  /** @param {import('./message-actions.js').Action} action */
  const run = ({ run: act }) => {
    chosen.current = act;
    onClose();
  };
  // Once this dialog is gone: it gives the focus back, and what was chosen takes it.
  useEffect(() => () => { if (chosen.current) queueMicrotask(chosen.current); }, []);
  return html`
    <${Dialog} title=${t('message.actions')} className="sheet" onClose=${onClose}>
      <p class="dialog-topic sheet-topic"><bdi>${message.author.username}</bdi>${' '}<span dir="auto">${firstLine(message.tree)}</span></p>
      <div class="sheet-items">
        ${actionsOn(message).map((action) => html`
          <button type="button" key=${action.name} class=${action.name === 'delete' ? 'menu-item danger-text' : 'menu-item'} onClick=${() => run(action)}>
            <${Icon} name=${action.icon} />${action.label}</button>`)}
      </div>
    <//>`;
}
