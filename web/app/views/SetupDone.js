import { inviteUrl } from '../invite-url.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { roomPath } from '../router.js';
import { CopyField } from './CopyField.js';

/** @param {{ invite: import('../types.js').Invite|null, roomId: string|null }} props */
export const SetupDone = ({ invite, roomId }) => html`
  <div class="stack">
    <h1>${t('setup.done_title')}</h1>
    <p>${t('setup.done_text')}</p>
    ${invite
      ? html`<${CopyField} label=${t('invites.link')} value=${inviteUrl(invite.url)} /><p class="field-hint">${t('invites.rules')}</p>`
      : html`<p class="field-hint">${t('setup.no_invite')}</p>`}
    <footer class="step-actions"><span></span><a class="button primary" href=${roomId ? roomPath(roomId) : '/'}>${t('setup.enter')}</a></footer>
  </div>`;
