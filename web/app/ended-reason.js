import { t } from './i18n.js';

/** Why a session is over. @param {string} code */
export function endedReason(code) {
  switch (code) {
    case 'auth.session_idle': return t('ended.idle');
    case 'auth.session_absolute': return t('ended.absolute');
    case 'auth.session_revoked': return t('ended.revoked');
    case 'auth.session_displaced': return t('ended.displaced');
    case 'auth.password_changed': return t('ended.password_changed');
    case 'auth.account_disabled': return t('ended.disabled');
    default: return t('ended.unknown');
  }
}
