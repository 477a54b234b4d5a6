// How well a few typed letters fit a name: they stand in it in their order, best at the beginnings of words.

const START = 8;
const WORD = 6;
const NEIGHBOUR = 4;
const HIT = 1;

/** Without case and accents: “café” is found by “cafe”. @param {string} text */
export const fold = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** The higher the better; null where the letters are not in it. @param {string} typed @param {string} name */
export function fit(typed, name) {
  const wanted = [...fold(typed)].filter((letter) => letter.trim() !== '');
  const letters = [...fold(name)];
  if (wanted.length === 0) return 0;
  let best = /** @type {number|null} */ (null);
  // A first letter further on may fit better: “fair” in “affairs and fairs”.
  for (let start = letters.indexOf(wanted[0]); start >= 0; start = letters.indexOf(wanted[0], start + 1)) {
    const found = fitFrom(wanted, letters, start);
    if (found === null) break;
    best = Math.max(best ?? -Infinity, found);
  }
  return best === null ? null : best - letters.length / 100;
}

/** @param {string[]} wanted @param {string[]} letters @param {number} start */
function fitFrom(wanted, letters, start) {
  let sum = 0;
  let before = -1;
  let at = start;
  for (const letter of wanted) {
    at = letters.indexOf(letter, at);
    if (at < 0) return null;
    sum += HIT + (at === 0 ? START : isWordStart(letters, at) ? WORD : 0) + (at === before + 1 && before >= 0 ? NEIGHBOUR : 0);
    before = at;
    at += 1;
  }
  return sum;
}

/** @param {string[]} letters @param {number} at */
const isWordStart = (letters, at) => !/[\p{L}\p{N}]/u.test(letters[at - 1]);
