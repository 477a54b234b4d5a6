import { html } from '../html.js';
import { t } from '../i18n.js';
import { Door } from './Door.js';

/** Without mail a person helps a person: whom to ask, and for what. @param {{ onBack: () => void }} props */
export const ForgotPassword = ({ onBack }) => html`
  <${Door}>
    <h1>${t('forgot.title')}</h1>
    <p>${t('forgot.text')}</p>
    <p>${t('forgot.command')}</p>
    <p><code>beffroi user reset-link</code></p>
    <p class="aside"><button type="button" class="link" onClick=${onBack}>${t('forgot.back')}</button></p>
  <//>`;
