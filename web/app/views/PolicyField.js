import { html } from '../html.js';
import { useId } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';

/** Who finds a room, reads in it and brings others in. @param {{ value: string, onChange: (policy: string) => void }} props */
export function PolicyField({ value, onChange }) {
  const id = useId();
  const policies = [
    ['public', t('policy.public'), t('create_room.public')],
    ['private', t('policy.private'), t('policy.private_text')],
    ['restricted', t('policy.restricted'), t('policy.restricted_text')],
  ];
  return html`
    <fieldset class="policies">
      <legend>${t('policy.label')}</legend>
      ${policies.map(([name, label, text]) => html`
        <label key=${name} class="policy">
          <input type="radio" name=${id} value=${name} checked=${value === name} aria-describedby=${`${id}-${name}`} onChange=${() => onChange(name)} />
          <span><strong>${label}</strong><span class="field-hint" id=${`${id}-${name}`}>${text}</span></span>
        </label>`)}
    </fieldset>`;
}
