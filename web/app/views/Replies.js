import { html } from '../html.js';
import { tn } from '../i18n.js';
import { go, threadPath } from '../router.js';
import { Icon } from './Icon.js';

/** How many answered, and the way to them. @param {{ message: import('../types.js').Message }} props */
export const Replies = ({ message }) => html`
  <button type="button" class="replies" tabindex="-1" onClick=${() => go(threadPath(message.room_id, message.id))}>
    <${Icon} name="bubble" />${tn('thread.replies', message.reply_count)}</button>`;
