import { html } from '../html.js';
import { t, tn } from '../i18n.js';
import { limits, passwordRules } from '../state/server.js';
import { Field } from './Field.js';
import { PasswordField } from './PasswordField.js';
import { PasswordStrength } from './PasswordStrength.js';

/** @typedef {{ username: string, email: string, password: string }} NewAccount */

/** @param {{ account: NewAccount, onChange: (account: NewAccount) => void, errorOf: (field: string) => string|null, autofocus?: boolean }} props */
export function AccountFields({ account, onChange, errorOf, autofocus = true }) {
  const set = (/** @type {keyof NewAccount} */ field) => (/** @type {string} */ value) => onChange({ ...account, [field]: value });
  return html`
    <${Field} label=${t('account.username')} value=${account.username} onInput=${set('username')} name="username" autocomplete="username"
      autocapitalize="none" spellcheck=${false} required=${true} autofocus=${autofocus} minLength=${limits().username_chars_min} maxLength=${limits().username_chars_max}
      hint=${t('account.username_hint')} error=${errorOf('username')} />
    <${Field} label=${t('account.email')} type="email" value=${account.email} onInput=${set('email')} name="email" autocomplete="email"
      required=${true} hint=${t('account.email_hint')} error=${errorOf('email')} />
    <${PasswordField} label=${t('account.password')} value=${account.password} onInput=${set('password')} autocomplete="new-password"
      minLength=${passwordRules().chars_min} hint=${tn('account.password_hint', passwordRules().chars_min)} error=${errorOf('password')} />
    <${PasswordStrength} account=${account} />`;
}
