/** The list is one tab stop: arrows walk, Enter goes into a message, Escape back out. @param {KeyboardEvent} event @param {(id: string) => void} setFocus */
export function walkMessages(event, setFocus) {
  const target = /** @type {HTMLElement} */ (event.target);
  const current = /** @type {HTMLElement|null} */ (target.closest('li.message'));
  if (!current || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === 'Escape') {
    event.preventDefault();
    if (target !== current) current.focus();
    else /** @type {HTMLElement|null} */ (document.querySelector('#composer textarea'))?.focus();
    return;
  }
  if (event.key === 'Enter' && target === current) {
    const inside = /** @type {HTMLElement|null} */ (current.querySelector('a[href], button'));
    if (inside) { event.preventDefault(); inside.focus(); }
    return;
  }
  const all = /** @type {HTMLElement[]} */ ([...(current.parentElement?.querySelectorAll('li.message') ?? [])]);
  const at = all.indexOf(current);
  const next = { ArrowUp: all[at - 1], ArrowDown: all[at + 1], Home: all[0], End: all.at(-1) }[event.key];
  if (!next) return;
  event.preventDefault();
  setFocus(next.dataset.id ?? '');
  next.focus();
}
