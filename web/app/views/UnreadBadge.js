import { html } from '../html.js';
import { tn } from '../i18n.js';

/** How much waits: a number to see, a sentence to hear. @param {{ unread: number, mentions: number }} props */
export const UnreadBadge = ({ unread, mentions }) => unread > 0 && html`
  <span class=${mentions > 0 ? 'badge mention' : 'badge'}>
    <span aria-hidden="true">${mentions > 0 ? `@${shown(mentions)}` : shown(unread)}</span>
    <span class="visually-hidden">${mentions > 0 ? tn('rooms.mentions', mentions) : tn('rooms.unread', unread)}</span>
  </span>`;

/** @param {number} count */
const shown = (count) => (count > 99 ? '99+' : String(count));
