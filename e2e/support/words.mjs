// What stands on the page, from the page's own catalogues: a better wording must not break a story.

import { readFileSync } from 'node:fs';

const read = (language) => JSON.parse(readFileSync(new URL(`../../web/i18n/${language}.json`, import.meta.url), 'utf8'));
const CATALOGUES = { en: read('en'), fr: read('fr') };

/** @param {string} language @param {string} key @param {Record<string, string|number>} [values] */
export function words(language, key, values = {}) {
  const text = CATALOGUES[language][key];
  if (text === undefined) throw new Error(`no words for ${key} in ${language}`);
  const shown = (value) => (typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : value);
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? shown(values[name]) : whole));
}

/** @param {string} language @param {string} key @param {number} count @param {Record<string, string|number>} [values] */
export const plural = (language, key, count, values = {}) =>
  words(language, `${key}.${new Intl.PluralRules(language).select(count)}`, { count, ...values });
