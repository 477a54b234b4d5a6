import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { go } from '../router.js';
import { isDirect } from '../state/room-name.js';
import { leaveRoom } from '../state/rooms.js';
import { useSubmit } from './use-submit.js';
import { Ask } from './Ask.js';
import { Icon } from './Icon.js';

/** Its only owner hands the room over first. @param {{ room: import('../types.js').Room, members: import('../types.js').Member[]|null, onLeft: () => void }} props */
export function LeaveRoom({ room, members, onLeft }) {
  const [asked, setAsked] = useState(false);
  const deed = useSubmit(async () => { await leaveRoom(room.id); onLeft(); go('/', { replace: true }); });
  const leave = isDirect(room) ? t('dm.leave') : t('room.leave');
  const isLastOwner = room.role === 'owner' && members?.filter(({ role }) => role === 'owner').length === 1;
  if (!asked) return html`<button type="button" class="button quiet" onClick=${() => setAsked(true)}><${Icon} name="leave" />${leave}</button>`;
  if (isLastOwner) {
    return html`
      <div class="room-act"><p>${members.length > 1 ? t('room.last_owner') : t('room.only_you')}</p>
        <div class="dialog-actions"><button type="button" class="button" onClick=${() => setAsked(false)}>${t('action.back')}</button></div></div>`;
  }
  return html`<${Ask} text=${leaveText(room)} label=${leave} deed=${deed} onCancel=${() => setAsked(false)} />`;
}

/** @param {import('../types.js').Room} room */
function leaveText(room) {
  if (isDirect(room)) return t('dm.leave_confirm');
  return room.policy === 'public' ? t('room.leave_confirm') : t('room.leave_private');
}
