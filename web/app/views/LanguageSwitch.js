import { html } from '../html.js';
import { LANGUAGES, language, t } from '../i18n.js';
import { changeLanguage } from '../state/session.js';

export function LanguageSwitch() {
  return html`
    <div class="language-switch" role="group" aria-label=${t('language.label')}>
      ${Object.entries(LANGUAGES).map(([code, name]) => html`
        <button type="button" key=${code} lang=${code} aria-pressed=${language.value === code ? 'true' : 'false'}
          onClick=${() => void changeLanguage(code).catch(() => {})}>${name}</button>`)}
    </div>`;
}
