import { html } from '../html.js';
import { useEffect, useId, useRef, useState } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { may } from '../state/session.js';
import { choicesFor } from './choices.js';
import { Dialog } from './Dialog.js';
import { Notice } from './Notice.js';
import { SwitcherOption } from './SwitcherOption.js';
import { usePeople } from './use-people.js';
import { useSubmit } from './use-submit.js';

/** Longer than any name. */
const TYPED_MAX = 80;

/** Straight to a room or an action: the field keeps the focus, the arrows walk the list. @param {{ onClose: () => void }} props */
export function SwitcherDialog({ onClose }) {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef(/** @type {HTMLUListElement|null} */ (null));
  const id = useId();
  const { people } = usePeople(typed, typed.trim() !== '' && may('send_dm'));
  const opening = useSubmit(async () => { await chosen.current?.run(); onClose(); });
  const chosen = useRef(/** @type {import('./choices.js').Choice|null} */ (null));
  const choices = choicesFor(typed, people ?? []);
  const active = Math.min(at, choices.length - 1);
  useEffect(() => { list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }); }, [active, typed]);

  /** A place that must first be opened may fail to; else it takes the focus once this dialog has given it back. @param {import('./choices.js').Choice} choice */
  const choose = (choice) => {
    if (choice.isSlow) {
      chosen.current = choice;
      void opening.submit();
      return;
    }
    onClose();
    choice.run();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || choices.length === 0) return;
    const next = { ArrowDown: (active + 1) % choices.length, ArrowUp: (active - 1 + choices.length) % choices.length }[event.key];
    if (next !== undefined) setAt(next);
    else if (event.key === 'Enter') choose(choices[active]);
    else return;
    event.preventDefault();
  };
  return html`
    <${Dialog} title=${t('switcher.title')} onClose=${onClose} className="switcher">
      <div class="field">
        <input type="text" class="switcher-field" dir="auto" role="combobox" aria-label=${t('switcher.field')} placeholder=${t('switcher.field')} autofocus=${true}
          autocomplete="off" spellcheck=${false} maxLength=${TYPED_MAX} aria-expanded="true" aria-controls=${id} aria-autocomplete="list"
          aria-activedescendant=${choices.length > 0 ? `${id}-${active}` : undefined} value=${typed}
          onInput=${(/** @type {any} */ event) => { setTyped(event.currentTarget.value); setAt(0); }} onKeyDown=${onKeyDown} />
      </div>
      <ul class="switcher-list" role="listbox" id=${id} ref=${list} aria-label=${t('switcher.list')}>
        ${choices.map((choice, i) => html`<${SwitcherOption} key=${choice.key} id=${`${id}-${i}`} choice=${choice} selected=${i === active} onChoose=${() => choose(choice)} />`)}
      </ul>
      <p class="switcher-none" role="status">${choices.length === 0 ? t('switcher.none') : ''}</p>
      <${Notice} problem=${opening.problem} />
    <//>`;
}
