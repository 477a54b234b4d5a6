import { html } from '../html.js';
import { t, tn } from '../i18n.js';
import { passwordRules } from '../state/server.js';
import { PasswordField } from './PasswordField.js';
import { PasswordStrength } from './PasswordStrength.js';

/** @param {{ value: string, onInput: (value: string) => void, error: string|null, username?: string, email?: string, autofocus?: boolean }} props */
export const NewPasswordField = ({ value, onInput, error, username = '', email = '', autofocus = false }) => html`
  <${PasswordField} label=${t('reset.new_password')} value=${value} onInput=${onInput} autocomplete="new-password" autofocus=${autofocus}
    minLength=${passwordRules().chars_min} hint=${tn('account.password_hint', passwordRules().chars_min)} error=${error} />
  <${PasswordStrength} account=${{ password: value, username, email }} />`;
