import { html } from '../html.js';
import { t } from '../i18n.js';

/** What somebody wrote whom one blocked, folded away. @param {{ onShow: () => void }} props */
export const BlockedMessage = ({ onShow }) => html`
  <p class="message-body tombstone">${t('message.blocked')}${' '}
    <button type="button" class="edited" tabindex="-1" onClick=${onShow}>${t('message.blocked_show')}</button></p>`;
