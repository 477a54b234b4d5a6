import { html } from '../html.js';
import { t } from '../i18n.js';

/** @param {{ step: number }} props */
export function SetupProgress({ step }) {
  const names = [t('setup.step_language'), t('setup.step_name'), t('setup.step_account'), t('setup.step_room'), t('setup.step_invite')];
  return html`
    <div class="progress">
      <p class="progress-text">${t('setup.progress', { step: step + 1, steps: names.length })}</p>
      <ol aria-label=${t('setup.steps')}>
        ${names.map((name, i) => html`<li key=${i} data-done=${i < step ? 'true' : undefined} aria-current=${i === step ? 'step' : undefined}><span>${name}</span></li>`)}
      </ol>
    </div>`;
}
