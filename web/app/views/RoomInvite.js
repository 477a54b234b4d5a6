import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import * as api from '../api.js';
import { t } from '../i18n.js';
import { inviteUrl } from '../invite-url.js';
import { useSubmit } from './use-submit.js';
import { CopyField } from './CopyField.js';
import { Icon } from './Icon.js';
import { Notice } from './Notice.js';

/** A link that leads into this room. @param {{ room: import('../types.js').Room }} props */
export function RoomInvite({ room }) {
  const [made, setMade] = useState(/** @type {import('../types.js').Invite|null} */ (null));
  const { busy, problem, submit } = useSubmit(async () => { setMade(await api.post('/invites', { room: room.id })); });
  return html`
    <section class="room-invite">
      ${made
        ? html`<div class="invite-made"><${CopyField} label=${t('invites.link')} value=${inviteUrl(made.url)} /><p class="field-hint">${t('invites.rules')}</p></div>`
        : html`<button type="button" class="button quiet" disabled=${busy} onClick=${submit}><${Icon} name="link" />${t('room.invite')}</button>`}
      <${Notice} problem=${problem} />
    </section>`;
}
