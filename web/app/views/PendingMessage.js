import { html } from '../html.js';
import { t } from '../i18n.js';
import { me } from '../state/session.js';
import { retry, discard, pause } from '../state/outbox.js';
import { timeOf } from '../time.js';
import { Avatar } from './Avatar.js';
import { Icon } from './Icon.js';
import { Quote } from './Quote.js';

/** @param {{ item: import('../types.js').Unsent, original: import('../types.js').Message|null|undefined, inThread?: boolean }} props */
export function PendingMessage({ item, original, inThread = false }) {
  const user = me.value?.user;
  return html`
    <li class="message" data-state=${item.state} data-own="true" data-id=${item.client_id} tabindex="-1">
      ${user && html`<${Avatar} person=${user} />`}
      <div class="message-meta">
        <span class="author" dir="auto">${user?.username}</span>
        <time datetime=${item.created_at}>${timeOf(item.created_at)}</time>
        ${item.state === 'sending' && html`
          <span class="sending">${pause.value > 0 ? html`<${Icon} name="clock" />` : html`<span class="spinner late" aria-hidden="true"></span>`}
            <span class="visually-hidden">${pause.value > 0 ? t('message.held_back') : t('message.sending')}</span></span>`}
      </div>
      ${item.reply_to && !inThread && html`<${Quote} roomId=${item.room_id} id=${item.reply_to} original=${original} />`}
      <div class="message-body plain" dir="auto">${item.text}</div>
      ${item.state === 'failed' && html`
        <div class="message-failed">
          <span class="failed-text"><${Icon} name="alert" /><span>${t('message.failed')} ${item.error}${' '}
            ${item.reference && html`<span class="reference">${t('notice.reference', { id: item.reference })}</span>`}</span></span>
          <button type="button" class="button quiet" onClick=${() => retry(item)}><${Icon} name="retry" />${t('action.retry')}</button>
          <button type="button" class="button quiet" onClick=${() => discard(item)}><${Icon} name="trash" />${t('action.delete')}</button>
        </div>`}
    </li>`;
}
