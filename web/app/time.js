import { computed } from '../vendor/signals.js';
import { clockOffsetMs } from './api.js';
import { language, t } from './i18n.js';

/** The browser knows the region (24 h or not), the reader chose the language. */
const locale = computed(() => navigator.languages.find((tag) => tag.split('-')[0] === language.value) ?? language.value);

const formats = computed(() => ({
  time: new Intl.DateTimeFormat(locale.value, { timeStyle: 'short' }),
  day: new Intl.DateTimeFormat(locale.value, { weekday: 'long', day: 'numeric', month: 'long' }),
  dayYear: new Intl.DateTimeFormat(locale.value, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
  full: new Intl.DateTimeFormat(locale.value, { dateStyle: 'full', timeStyle: 'short' }),
  ago: new Intl.RelativeTimeFormat(locale.value, { numeric: 'auto' }),
  date: new Intl.DateTimeFormat(locale.value, { dateStyle: 'long' }),
  short: new Intl.DateTimeFormat(locale.value, { day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' }),
}));

/** @param {string} at */
export const timeOf = (at) => formats.value.time.format(new Date(at));
/** @param {string} at */
export const momentOf = (at) => formats.value.full.format(new Date(at));
/** @param {string} at */
export const dateTimeOf = (at) => formats.value.short.format(new Date(at));

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const SPANS = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000]];

/** How long ago, by the server's clock. @param {string} at */
export function agoOf(at) {
  const since = Math.max(0, Date.now() + clockOffsetMs - Date.parse(at));
  const [unit, length] = SPANS.find(([, span]) => since >= span) ?? ['second', Infinity];
  return formats.value.ago.format(-Math.floor(since / length), unit);
}

/** @param {string} at */
export const dateOf = (at) => formats.value.date.format(new Date(at));

/** A day as a key: two times of one local day give the same. @param {string} at */
export const dayKey = (at) => new Date(at).toDateString();

/** @param {string} at */
export function dayName(at) {
  const date = new Date(at);
  const now = new Date();
  if (dayKey(at) === now.toDateString()) return t('day.today');
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (dayKey(at) === yesterday.toDateString()) return t('day.yesterday');
  return (date.getFullYear() === now.getFullYear() ? formats.value.day : formats.value.dayYear).format(date);
}
