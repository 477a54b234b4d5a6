import { html } from '../html.js';
import { memo } from './memo.js';
import { Message } from './Message.js';

/** One line of the list. @type {any} */
export const Row = memo((/** @type {any} */ { kind, label, message, ...shown }) => {
  if (kind === 'day') return html`<li class="divider-day"><span>${label}</span></li>`;
  if (kind === 'divider') return html`<li class="divider-new"><span>${label}</span></li>`;
  if (kind === 'news') return html`<li class="news"><span dir="auto">${label}</span></li>`;
  return html`<${Message} message=${message} ...${shown} />`;
});
