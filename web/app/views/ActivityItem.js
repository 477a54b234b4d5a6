import { html } from '../html.js';
import { t, tx } from '../i18n.js';
import { messagePath } from '../router.js';
import { agoOf, momentOf } from '../time.js';
import { isDirect, roomName } from '../state/room-name.js';
import { roomById } from '../state/rooms.js';
import { accountId } from '../state/session.js';
import { Avatar } from './Avatar.js';
import { firstLine } from './first-line.js';

/** Who said what, and where. @param {{ message: import('../types.js').Message, unread: boolean }} props */
export const ActivityItem = ({ message, unread }) => html`
  <a class="activity-item" href=${messagePath(message.room_id, message.id)} data-unread=${unread ? 'true' : undefined}>
    <${Avatar} person=${message.author} />
    <span class="activity-text">
      <span class="activity-head"><span class="activity-who">${what(message)}</span>
        <time datetime=${message.created_at} title=${momentOf(message.created_at)}>${agoOf(message.created_at)}</time></span>
      <span class="activity-line" dir="auto">${firstLine(message.tree)}</span>
    </span>
    ${unread && html`<span class="activity-new"><span class="visually-hidden">${t('activity.new')}</span></span>`}
  </a>`;

/** @param {import('../types.js').Message} message */
function what(message) {
  const room = roomById(message.room_id);
  const isAnswer = message.reply_to_author === accountId.value;
  const person = message.author.username;
  if (!room || isDirect(room)) return isAnswer ? tx('activity.answered', { person }) : tx('activity.in_thread', { person });
  const place = { person, room: roomName(room) };
  return isAnswer ? tx('activity.answered_in', place) : tx('activity.in_thread_in', place);
}
