// The list as it is read: days, the divider, and who speaks on.

import { dayKey, dayName } from '../time.js';
import { t } from '../i18n.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {{ kind: 'day'|'divider'|'message', key: string, label: string, message: Message|null, grouped: boolean }} RowShape */

/** One author within this time is one paragraph. */
const GROUP_MS = 5 * 60_000;

/** @param {Message[]} messages @param {string|null} dividerId @returns {RowShape[]} */
export function rowsOf(messages, dividerId) {
  const rows = /** @type {RowShape[]} */ ([]);
  let before = /** @type {Message|null} */ (null);
  for (const message of messages) {
    const newDay = !before || dayKey(before.created_at) !== dayKey(message.created_at);
    if (newDay) rows.push(rule('day', `day-${message.id}`, dayName(message.created_at)));
    if (message.id === dividerId) rows.push(rule('divider', 'divider', t('messages.new')));
    const grouped = !newDay && message.id !== dividerId && !message.reply_to && before !== null && continues(before, message);
    rows.push({ kind: 'message', key: message.id, label: '', message, grouped });
    before = message;
  }
  return rows;
}

/** @param {'day'|'divider'} kind @param {string} key @param {string} label @returns {RowShape} */
const rule = (kind, key, label) => ({ kind, key, label, message: null, grouped: false });

/** @param {Message} before @param {Message} message */
const continues = (before, message) => before.author.id === message.author.id && !before.deleted_at
  && Date.parse(message.created_at) - Date.parse(before.created_at) < GROUP_MS;
