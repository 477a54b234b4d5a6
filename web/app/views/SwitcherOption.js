import { html } from '../html.js';
import { Icon } from './Icon.js';
import { UnreadBadge } from './UnreadBadge.js';

/** @param {{ id: string, choice: import('./choices.js').Choice, selected: boolean, onChoose: () => void }} props */
export const SwitcherOption = ({ id, choice, selected, onChoose }) => html`
  <li id=${id} role="option" class="switcher-option" aria-selected=${selected ? 'true' : 'false'} onMouseDown=${keepFocus} onClick=${onChoose}>
    <${Icon} name=${choice.icon} /><span class="switcher-label" dir="auto">${choice.label}</span>
    ${choice.detail && html`<span class="switcher-detail">${choice.detail}</span>`}
    <${UnreadBadge} unread=${choice.unread} mentions=${choice.mentions} />
  </li>`;

/** @param {Event} event */
const keepFocus = (event) => event.preventDefault();
