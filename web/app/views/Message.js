import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { momentOf, timeOf } from '../time.js';
import { openMessageDialog } from '../state/dialogs.js';
import { isTouch } from '../state/viewport.js';
import { Author } from './Author.js';
import { Avatar } from './Avatar.js';
import { BlockedMessage } from './BlockedMessage.js';
import { EditField } from './EditField.js';
import { Icon } from './Icon.js';
import { MessageToolbar } from './MessageToolbar.js';
import { Quote } from './Quote.js';
import { Replies } from './Replies.js';
import { Tombstone } from './Tombstone.js';
import { Tree } from './Tree.js';
import { focusMessage } from './message-actions.js';

/** @typedef {import('../types.js').Message} Shape */

/** @param {{ message: Shape, original: Shape|null|undefined, grouped: boolean, own: boolean, blocked: boolean, tabbed: boolean, editing: boolean, marked: boolean, spot?: import('../state/messages.js').Spot }} props */
export function Message({ message, original, grouped, own, blocked, tabbed, editing, marked, spot = 'list' }) {
  const [hovered, setHovered] = useState(false);
  const [focused, setFocused] = useState(false);
  const [unfolded, setUnfolded] = useState(false);
  const folded = blocked && !unfolded && !message.deleted_at;
  const unfold = () => { focusMessage(message.id); setUnfolded(true); };
  // After a click the pointer says which message is meant; only a walk by keyboard keeps the toolbar.
  const onFocusIn = (/** @type {any} */ event) => setFocused(event.target.matches(':focus-visible'));
  const onFocusOut = (/** @type {any} */ event) => { if (!event.currentTarget.contains(event.relatedTarget)) setFocused(false); };
  const offers = !message.deleted_at && !editing && !folded;
  return html`
    <li class="message" data-id=${message.id} data-state="sent" data-grouped=${grouped ? 'true' : undefined} data-own=${own ? 'true' : undefined}
      data-marked=${marked ? 'true' : undefined} tabindex=${tabbed ? 0 : -1}
      onMouseEnter=${() => setHovered(true)} onMouseLeave=${() => setHovered(false)} onFocusIn=${onFocusIn} onFocusOut=${onFocusOut}>
      ${!grouped && html`<${Avatar} person=${message.author} />`}
      <div class=${grouped ? 'message-meta visually-hidden' : 'message-meta'}>
        <${Author} person=${message.author} messageId=${grouped ? null : message.id} />
        ${message.author.bot && html`<span class="tag">${t('message.bot')}</span>`}
        <time datetime=${message.created_at} title=${momentOf(message.created_at)}>${timeOf(message.created_at)}</time>
      </div>
      ${grouped && html`<time class="message-time" aria-hidden="true" datetime=${message.created_at} title=${momentOf(message.created_at)}>${timeOf(message.created_at)}</time>`}
      ${message.reply_to && spot === 'list' && !message.deleted_at && !folded && html`<${Quote} roomId=${message.room_id} id=${message.reply_to} original=${original} />`}
      ${editing ? html`<${EditField} message=${message} />`
        : message.deleted_at ? html`<${Tombstone} message=${message} own=${own} />`
        : folded ? html`<${BlockedMessage} onShow=${unfold} />`
        : html`<div class="message-body" dir="auto"><${Tree} nodes=${message.tree} />${message.edited_at && html`<${Edited} message=${message} />`}</div>`}
      ${spot === 'list' && message.reply_count > 0 && html`<${Replies} message=${message} />`}
      ${offers && isTouch.value && html`
        <button type="button" class="icon-button message-more" tabindex="-1" aria-label=${t('message.more')} onClick=${() => offer(message)}><${Icon} name="more" /></button>`}
      ${offers && !isTouch.value && (hovered || focused) && html`<${MessageToolbar} message=${message} />`}
    </li>`;
}

/** @param {{ message: Shape }} props */
const Edited = ({ message }) => html`
  <button type="button" class="edited" tabindex="-1" title=${momentOf(message.edited_at ?? '')} onClick=${() => openMessageDialog('message-history', message)}>
    ${t('message.edited')}<span class="visually-hidden"> ${t('message.show_history')}</span></button>`;

/** @param {Shape} message */
function offer(message) {
  focusMessage(message.id);
  openMessageDialog('message-menu', message);
}
