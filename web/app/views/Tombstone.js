import { html } from '../html.js';
import { t, tx } from '../i18n.js';

/** Who removed it is told once, by the event; a message read later only knows that it is gone. @param {{ message: import('../types.js').Message, own: boolean }} props */
export function Tombstone({ message, own }) {
  return html`<p class="message-body tombstone">${words(message, own)}${message.reason && html`${' '}<span>${tx('message.deleted_reason', { reason: message.reason })}</span>`}</p>`;
}

/** @param {import('../types.js').Message} message @param {boolean} own */
function words({ by_author: byAuthor }, own) {
  if (byAuthor === undefined) return t('message.deleted');
  if (!byAuthor) return t('message.deleted_by_moderator');
  return own ? t('message.deleted_by_you') : t('message.deleted_by_author');
}
