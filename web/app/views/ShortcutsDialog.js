import { html } from '../html.js';
import { t } from '../i18n.js';
import { singleKeys, useSingleKeys } from '../state/shortcuts.js';
import { Dialog } from './Dialog.js';

/** @param {{ onClose: () => void }} props */
export function ShortcutsDialog({ onClose }) {
  const single = /** @type {const} */ ([['n', t('shortcuts.next_unread')], ['?', t('shortcuts.help')], ['/', t('shortcuts.switcher')]]);
  const rows = [
    [['Ctrl', 'K'], null, t('shortcuts.switcher')],
    [['Alt', '↑'], ['Alt', '↓'], t('shortcuts.rooms')],
    [['Alt', t('key.shift'), '↑'], ['Alt', t('key.shift'), '↓'], t('shortcuts.unread')],
    [['F6'], [t('key.shift'), 'F6'], t('shortcuts.regions')],
    [['↑'], ['↓'], t('shortcuts.messages')],
    [[t('key.enter')], null, t('shortcuts.into')],
    [[t('key.escape')], null, t('shortcuts.escape')],
    [[t('key.enter')], null, t('shortcuts.send')],
    [[t('key.shift'), t('key.enter')], null, t('shortcuts.newline')],
    [['↑'], null, t('shortcuts.edit_last')],
    [['Ctrl', '/'], null, t('shortcuts.help')],
  ];
  return html`
    <${Dialog} title=${t('shortcuts.title')} onClose=${onClose}>
      <p>${t('help.text')}</p>
      <dl class="shortcuts">
        ${rows.map(([first, second, text]) => html`
          <div key=${text}><dt>${keys(first)}${second && html`<span class="or"> / </span>${keys(second)}`}</dt><dd>${text}</dd></div>`)}
      </dl>
      <h3>${t('shortcuts.single')}</h3>
      <label class="check"><input type="checkbox" checked=${singleKeys.value} onChange=${(/** @type {any} */ event) => useSingleKeys(event.currentTarget.checked)} />${t('shortcuts.single_switch')}</label>
      <dl class="shortcuts" data-off=${singleKeys.value ? undefined : 'true'}>
        ${single.map(([key, text]) => html`<div key=${key}><dt>${keys([key])}</dt><dd>${text}</dd></div>`)}
      </dl>
    <//>`;
}

/** @param {any} names */
const keys = (names) => names.map((/** @type {string} */ name, /** @type {number} */ i) => html`${i > 0 && '+'}<kbd>${name}</kbd>`);
