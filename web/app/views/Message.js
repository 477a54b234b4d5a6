import { html } from '../html.js';
import { t } from '../i18n.js';
import { momentOf, timeOf } from '../time.js';
import { Avatar } from './Avatar.js';
import { Tree } from './Tree.js';

/** @param {{ message: import('../types.js').Message, grouped: boolean, own: boolean, tabbed: boolean }} props */
export function Message({ message, grouped, own, tabbed }) {
  return html`
    <li class="message" data-id=${message.id} data-state="sent" data-grouped=${grouped ? 'true' : undefined} data-own=${own ? 'true' : undefined}
      tabindex=${tabbed ? 0 : -1}>
      ${!grouped && html`<${Avatar} person=${message.author} />`}
      <div class=${grouped ? 'message-meta visually-hidden' : 'message-meta'}>
        <span class="author" dir="auto">${message.author.username}</span>
        ${message.author.bot && html`<span class="tag">${t('message.bot')}</span>`}
        <time datetime=${message.created_at} title=${momentOf(message.created_at)}>${timeOf(message.created_at)}</time>
      </div>
      ${grouped && html`<time class="message-time" aria-hidden="true" datetime=${message.created_at} title=${momentOf(message.created_at)}>${timeOf(message.created_at)}</time>`}
      ${message.deleted_at
        ? html`<p class="message-body tombstone">${t('message.deleted')}</p>`
        : html`<div class="message-body" dir="auto"><${Tree} nodes=${message.tree} />${message.edited_at
            && html`<span class="edited" title=${momentOf(message.edited_at)}> ${t('message.edited')}</span>`}</div>`}
    </li>`;
}
