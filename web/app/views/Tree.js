import { h } from '../../vendor/preact.js';
import { html } from '../html.js';
import { t } from '../i18n.js';

/** @typedef {import('../types.js').Node} Node */

const MARKS = /** @type {Record<string, string>} */ ({ b: 'strong', i: 'em', u: 'u', s: 's' });
/** Deeper than any honest text; keeps a hostile tree from exhausting the stack. */
const DEPTH_MAX = 40;

/** Message text: the server's safe tree, node by node, never markup. @param {{ nodes: Node[] }} props */
export const Tree = ({ nodes }) => draw(nodes, 0);

/** @param {Node[]|undefined} nodes @param {number} depth @returns {any} */
const draw = (nodes, depth) => (Array.isArray(nodes) && depth < DEPTH_MAX ? nodes.map((node) => drawNode(node, depth + 1)) : null);

/** @param {Node} node @param {number} depth */
function drawNode(node, depth) {
  switch (node.t) {
    case 'text': return node.text;
    case 'br': return html`<br />`;
    case 'b': case 'i': case 'u': case 's': return h(MARKS[node.t], null, draw(node.c, depth));
    case 'code': return html`<code>${node.text}</code>`;
    case 'link': return drawLink(node, depth);
    case 'p': return html`<p dir="auto">${draw(node.c, depth)}</p>`;
    case 'quote': return html`<blockquote>${draw(node.c, depth)}</blockquote>`;
    case 'heading': return html`<p class=${`heading heading-${node.level === 1 || node.level === 2 ? node.level : 3}`} dir="auto">${draw(node.c, depth)}</p>`;
    case 'rule': return html`<hr />`;
    case 'codeblock': return drawCode(node);
    case 'list': return drawList(node, depth);
    default: return node.text ?? draw(node.c, depth);
  }
}

/** Wide code scrolls, so it must be reachable by keyboard. @param {Node} node */
const drawCode = ({ lang, text }) => html`
  <pre dir="ltr" role="group" tabindex="0" aria-label=${t('message.code')}>${lang && html`<span class="code-language">${lang}</span>`}<code>${text}</code></pre>`;

/** @param {Node} node @param {number} depth */
function drawList(node, depth) {
  const items = (node.items ?? []).map((item) => html`<li>${draw(item, depth)}</li>`);
  return node.ordered ? html`<ol start=${node.start ?? 1}>${items}</ol>` : html`<ul>${items}</ul>`;
}

/** @param {Node} node @param {number} depth */
function drawLink(node, depth) {
  const href = safeHref(node.href);
  if (!href) return draw(node.c, depth);
  return html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow" tabindex="-1" title=${href}>${draw(node.c, depth)}</a>`;
}

/** The server only sends these schemes; a second lock costs nothing. @param {string|undefined} href */
function safeHref(href) {
  try {
    const url = new URL(href ?? '');
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}
