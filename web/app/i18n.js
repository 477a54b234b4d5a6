import { signal, computed } from '../vendor/signals.js';
import { html } from './html.js';

/** Languages with a catalogue here; the server may offer fewer. */
export const LANGUAGES = /** @type {const} */ ({ en: 'English', fr: 'Français' });
const FALLBACK = 'en';
const STORED = 'beffroi.language';

/** @type {Record<string, Record<string, string>>} */
const catalogues = {};

export const language = signal(FALLBACK);
const plural = computed(() => new Intl.PluralRules(language.value));
const number = computed(() => new Intl.NumberFormat(language.value));

/** Account, then what was chosen here, then the browser, then the server. @param {(string|null|undefined)[]} wishes */
export function preferredLanguage(...wishes) {
  const known = wishes.map((wish) => wish?.toLowerCase().split('-')[0]).find((code) => code && code in LANGUAGES);
  return known ?? FALLBACK;
}

export const storedLanguage = () => readStored(STORED);

/** @param {string} code */
export async function useLanguage(code) {
  await Promise.all([load(code), load(FALLBACK)]);
  document.documentElement.lang = code;
  language.value = code;
}

/** Kept on this device too, so that the sign-in page speaks it next time. @param {string} code */
export async function chooseLanguage(code) {
  keepLanguage(code);
  await useLanguage(code);
}

/** @param {string} code */
export function keepLanguage(code) {
  try { localStorage.setItem(STORED, code); } catch { /* storage is off: for this visit only */ }
}

/** @param {string} code */
async function load(code) {
  if (catalogues[code]) return;
  const answer = await fetch(new URL(`../i18n/${code}.json`, import.meta.url));
  catalogues[code] = await answer.json();
}

/** @param {string} key */
function find(key) {
  return catalogues[language.value]?.[key] ?? catalogues[FALLBACK]?.[key];
}

/** @param {string} key */
export const has = (key) => find(key) !== undefined;

/** @typedef {Record<string, string|number>} Values */

/** @param {string} key @param {Values} [values] */
export function t(key, values = {}) {
  return (find(key) ?? key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? shown(values[name]) : whole));
}

/** @param {string|number} value */
const shown = (value) => (typeof value === 'number' ? number.value.format(value) : value);

/** Chooses `key.one`, `key.other`… for `count`. @param {string} key @param {number} count @param {Values} [values] */
export function tn(key, count, values = {}) {
  const exact = `${key}.${plural.value.select(count)}`;
  return t(has(exact) ? exact : `${key}.other`, { count, ...values });
}

/**
 * A sentence with elements in it. Plain strings go into `<bdi>`, so that a name written right to left cannot
 * turn the rest of the sentence around.
 * @param {string} key @param {Record<string, any>} values
 */
export function tx(key, values) {
  return (find(key) ?? key).split(/(\{\w+\})/).map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (!name || !(name in values)) return part;
    const value = values[name];
    return typeof value === 'object' ? value : html`<bdi>${shown(value)}</bdi>`;
  });
}

/** @param {string} key */
function readStored(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}
