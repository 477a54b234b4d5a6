/** @typedef {import('../types.js').Node} Node */

const CHARS_MAX = 160;

/** The first line of a message as plain words, for where there is no room for more. @param {Node[]} tree */
export function firstLine(tree) {
  for (const block of tree) {
    const line = wordsOf(block).split('\n').find((part) => part.trim() !== '');
    if (line) return [...line.trim()].slice(0, CHARS_MAX).join('');
  }
  return '';
}

/** @param {Node} node @returns {string} */
const wordsOf = (node) => {
  if (node.t === 'br') return '\n';
  const inside = [...(node.c ?? []), ...(node.items ?? []).flat()].map(wordsOf).join('');
  return (node.text ?? '') + (node.t === 'p' ? `${inside}\n` : inside);
};
