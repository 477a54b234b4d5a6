import { html } from '../html.js';
import { t, tn } from '../i18n.js';
import { passwordRules } from '../state/server.js';

/** A hint while typing; the server decides. @param {{ account: import('./AccountFields.js').NewAccount }} props */
export function PasswordStrength({ account }) {
  if (!account.password) return null;
  const missing = passwordRules().chars_min - [...account.password].length;
  const level = missing > 0 ? 0 : strengthOf(account);
  const words = [t('strength.weak'), t('strength.fair'), t('strength.good'), t('strength.strong')];
  return html`
    <div class="strength" data-level=${level}>
      <span class="strength-bar" aria-hidden="true"><i></i><i></i><i></i><i></i></span>
      <span>${missing > 0 ? tn('strength.missing', missing) : words[level]}</span>
    </div>`;
}

/** Length and variety count; repeats and one's own name do not. @param {import('./AccountFields.js').NewAccount} account */
function strengthOf({ password, username, email }) {
  const lower = password.toLowerCase();
  const own = [username, email.split('@')[0]].filter((word) => word.length >= 3);
  if (own.some((word) => lower.includes(word.toLowerCase()))) return 0;
  const different = new Set(lower).size;
  if (different < 6 || /(.{1,4})\1{2,}/u.test(lower) || /(?:0123|1234|abcd|qwert|azert)/u.test(lower)) return 0;
  const words = lower.split(/[^\p{L}]+/u).filter((word) => word.length >= 3).length;
  const points = [...password].length + words * 2 + different / 2;
  return points >= 42 ? 3 : points >= 32 ? 2 : 1;
}
