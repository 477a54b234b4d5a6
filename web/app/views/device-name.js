import { deviceOf } from '../device.js';
import { t } from '../i18n.js';

/** @param {string|null} agent */
export function deviceName(agent) {
  const { program, system } = deviceOf(agent);
  if (program && system) return t('sessions.device', { program, system });
  return program ?? system ?? t('sessions.unknown_device');
}
