import { has, t } from './i18n.js';
import { Problem } from './api.js';

/** The sentence for a failure: our translation of its code, else what the server said. @param {unknown} problem */
export function problemText(problem) {
  if (!(problem instanceof Problem)) return t('error.client.unexpected');
  const key = `error.${problem.code}`;
  return has(key) ? t(key) : problem.detail || t('error.client.unexpected');
}

/** @param {unknown} problem @param {string} field */
export function fieldText(problem, field) {
  if (!(problem instanceof Problem)) return null;
  const found = problem.errors.find((error) => error.field === field);
  if (!found) return null;
  return found.detail || (has(`field.${found.code}`) ? t(`field.${found.code}`) : t('error.validation'));
}

/** Errors of fields that the form does not show must not vanish. @param {unknown} problem @param {string[]} fields shown ones */
export function restText(problem, fields) {
  if (!(problem instanceof Problem) || problem.errors.length === 0) return problemText(problem);
  const rest = problem.errors.filter((error) => !fields.includes(error.field));
  return rest.length ? rest.map((error) => `${error.field}: ${error.detail || error.code}`).join('\n') : null;
}
