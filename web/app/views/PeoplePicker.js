import { html } from '../html.js';
import { useEffect, useId, useRef, useState } from '../../vendor/preact-hooks.js';
import { t } from '../i18n.js';
import { server } from '../state/server.js';
import { announce } from '../state/announce.js';
import { Icon } from './Icon.js';
import { Notice } from './Notice.js';
import { PersonOption } from './PersonOption.js';
import { usePeople } from './use-people.js';

/** @typedef {import('../types.js').Person} Person */

/**
 * People chosen by name: a field that keeps the focus, the found ones below it, the chosen ones as chips.
 * @param {{ label: string, chosen: Person[], onChange: (people: Person[]) => void, isOffered: (person: Person) => boolean, max: number }} props
 */
export function PeoplePicker({ label, chosen, onChange, isOffered, max }) {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const field = useRef(/** @type {HTMLInputElement|null} */ (null));
  const list = useRef(/** @type {HTMLUListElement|null} */ (null));
  const { people, problem } = usePeople(typed);
  const isFull = chosen.length >= max;
  const found = isFull ? [] : (people ?? []).filter((person) => isOffered(person) && !chosen.some((one) => one.id === person.id));
  const active = Math.min(at, found.length - 1);
  // The attribute alone works when a dialog opens, not later in it.
  useEffect(() => field.current?.focus(), []);
  useEffect(() => { list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }); }, [active, typed]);

  const add = (/** @type {Person} */ person) => {
    onChange([...chosen, person]);
    announce(t('people.added', { person: person.username }));
    setTyped('');
    setAt(0);
  };
  const remove = (/** @type {Person} */ person) => {
    onChange(chosen.filter((one) => one.id !== person.id));
    announce(t('people.removed', { person: person.username }));
    field.current?.focus();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const last = chosen.at(-1);
    if (event.isComposing) return;
    if (event.key === 'Backspace' && typed === '' && last) remove(last);
    else if (event.key === 'Enter' && found.length > 0 && typed.trim() !== '') add(found[active]);
    else if (event.key === 'ArrowDown' && found.length > 0) setAt((active + 1) % found.length);
    else if (event.key === 'ArrowUp' && found.length > 0) setAt((active - 1 + found.length) % found.length);
    else return;
    event.preventDefault();
  };
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      ${chosen.length > 0 && html`
        <ul class="chips" aria-label=${t('people.chosen')}>
          ${chosen.map((person) => html`
            <li key=${person.id} class="chip"><bdi>${person.username}</bdi>
              <button type="button" aria-label=${t('people.remove', { person: person.username })} onClick=${() => remove(person)}><${Icon} name="close" /></button></li>`)}
        </ul>`}
      <input id=${id} ref=${field} type="text" dir="auto" role="combobox" autofocus=${true} autocomplete="off" spellcheck=${false} placeholder=${t('people.placeholder')}
        maxLength=${server.value?.limits.username_chars_max} aria-expanded=${found.length > 0 ? 'true' : 'false'} aria-controls=${`${id}-list`} aria-autocomplete="list"
        aria-activedescendant=${found.length > 0 ? `${id}-${active}` : undefined} value=${typed} disabled=${isFull}
        onInput=${(/** @type {any} */ event) => { setTyped(event.currentTarget.value); setAt(0); }} onKeyDown=${onKeyDown} />
    </div>
    <ul class="people-list" role="listbox" id=${`${id}-list`} ref=${list} aria-label=${t('people.found')}>
      ${found.map((person, i) => html`<${PersonOption} key=${person.id} id=${`${id}-${i}`} person=${person} selected=${i === active} onChoose=${() => add(person)} />`)}
    </ul>
    <p class="field-hint" role="status">${isFull ? t('people.full') : people && found.length === 0 ? t('people.none') : ''}</p>
    <${Notice} problem=${problem} />`;
}
