import { html } from '../html.js';
import { useState } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { Field } from './Field.js';
import { Icon } from './Icon.js';

/** @param {{ label: string, value: string, onInput: (value: string) => void, autocomplete: string, hint?: string, error?: string|null, autofocus?: boolean }} props */
export function PasswordField({ label, value, onInput, ...rest }) {
  const [shown, setShown] = useState(false);
  const [capsLock, setCapsLock] = useState(false);
  const watch = (/** @type {any} */ event) => { if (event.getModifierState) setCapsLock(event.getModifierState('CapsLock')); };
  return html`
    <div class="password" onKeyDown=${watch} onKeyUp=${watch}>
      <${Field} label=${label} value=${value} onInput=${onInput} type=${shown ? 'text' : 'password'} name="password"
        autocapitalize="none" autocorrect="off" spellcheck=${false} required=${true} ...${rest}>
        <button type="button" class="icon-button field-action" aria-pressed=${shown ? 'true' : 'false'} aria-label=${t('password.show')}
          title=${t('password.show')} onClick=${() => setShown(!shown)}>
          <${Icon} name=${shown ? 'eye-off' : 'eye'} />
        </button>
      <//>
      <p class="field-hint caps-lock" role="status">${capsLock && html`<${Icon} name="alert" />${t('password.caps_lock')}`}</p>
    </div>`;
}
