import { html } from '../html.js';
import { t, tx } from '../i18n.js';
import { Icon } from './Icon.js';
import { firstLine } from './first-line.js';

/** Whom and what the message being written answers. @param {{ original: import('../types.js').Message|null|undefined, onCancel: () => void }} props */
export function ReplyBar({ original, onCancel }) {
  const gone = original === null || Boolean(original?.deleted_at);
  return html`
    <div class="reply-bar">
      <${Icon} name="reply" />
      <p id="reply-bar">
        ${gone ? html`<em>${t('reply.gone')}</em>`
          : original ? html`<strong>${tx('reply.to', { author: original.author.username })}</strong>${' '}<span class="quote-line" dir="auto">${firstLine(original.tree)}</span>`
          : t('quote.unknown')}
      </p>
      <button type="button" class="icon-button" aria-label=${t('reply.cancel')} title=${t('reply.cancel')} onClick=${onCancel}><${Icon} name="close" /></button>
    </div>`;
}
