import { html } from '../html.js';

/** Colours live in the style sheet as `.avatar-0` … `.avatar-9`. */
const COLOURS = 10;

/** @param {{ person: import('../types.js').Person }} props */
export const Avatar = ({ person }) => html`<span class=${`avatar avatar-${colourOf(person.id)}`} aria-hidden="true">${initialsOf(person.username)}</span>`;

/** @param {string} id */
function colourOf(id) {
  let sum = 0;
  for (let i = 0; i < id.length; i++) sum = (sum * 31 + id.charCodeAt(i)) >>> 0;
  return sum % COLOURS;
}

/** First letters of the first two words. @param {string} name */
function initialsOf(name) {
  const words = name.split(/[\s._-]+/u).filter(Boolean);
  return words.slice(0, 2).map((word) => firstLetter(word)).join('').toUpperCase() || '?';
}

const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** One visible letter, without the piles of marks a hostile name may carry. @param {string} word */
const firstLetter = (word) => (letters.segment(word)[Symbol.iterator]().next().value?.segment ?? '').slice(0, 2);
