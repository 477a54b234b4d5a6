// The list as it is read: days, the divider, and who speaks on.

import { dayKey, dayName } from '../time.js';
import { t } from '../i18n.js';
import { isolated } from '../state/room-name.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {import('../types.js').News} News */
/** @typedef {{ kind: 'day'|'divider'|'news'|'message', key: string, label: string, message: Message|null, grouped: boolean }} RowShape */

/** One author within this time is one paragraph. */
const GROUP_MS = 5 * 60_000;

/** @param {Message[]} messages @param {string|null} dividerId @param {News[]} news in their order @returns {RowShape[]} */
export function rowsOf(messages, dividerId, news) {
  const rows = /** @type {RowShape[]} */ ([]);
  let told = 0;
  const tellUntil = (/** @type {number} */ seq) => {
    for (; told < news.length && news[told].seq < seq; told++) {
      rows.push(rule('news', `news-${news[told].seq}`, newsText(news[told])));
      before = null;
    }
  };
  let before = /** @type {Message|null} */ (null);
  let day = '';
  for (const message of messages) {
    const newDay = day !== dayKey(message.created_at);
    day = dayKey(message.created_at);
    tellUntil(message.seq);
    if (newDay) rows.push(rule('day', `day-${message.id}`, dayName(message.created_at)));
    if (message.id === dividerId) rows.push(rule('divider', 'divider', t('messages.new')));
    const grouped = !newDay && message.id !== dividerId && !message.reply_to && before !== null && continues(before, message);
    rows.push({ kind: 'message', key: message.id, label: '', message, grouped });
    before = message;
  }
  tellUntil(Infinity);
  return rows;
}

/** @param {News} news */
function newsText({ user, role, by, by_right: byRight }) {
  const names = { person: isolated(user.username), by: isolated(by?.username ?? '') };
  if (byRight) return t('news.entered_by_right', names);
  if (role === null) return by ? t('news.removed', names) : t('news.left', names);
  if (!by) return t('news.joined', names);
  return role === 'member' ? t('news.member', names) : role === 'moderator' ? t('news.moderator', names) : t('news.owner', names);
}

/** @param {'day'|'divider'|'news'} kind @param {string} key @param {string} label @returns {RowShape} */
const rule = (kind, key, label) => ({ kind, key, label, message: null, grouped: false });

/** @param {Message} before @param {Message} message */
const continues = (before, message) => before.author.id === message.author.id && !before.deleted_at
  && Date.parse(message.created_at) - Date.parse(before.created_at) < GROUP_MS;
