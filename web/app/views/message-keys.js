/** The list is one tab stop: arrows walk, Enter goes into a message, Escape back out. @param {KeyboardEvent} event @param {(id: string) => void} setFocus */
export function walkMessages(event, setFocus) {
  const target = /** @type {HTMLElement} */ (event.target);
  const current = /** @type {HTMLElement|null} */ (target.closest('li.message'));
  if (!current || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === 'Escape') {
    event.preventDefault();
    if (target !== current) current.focus();
    else /** @type {HTMLElement|null} */ (document.querySelector(current.closest('#thread') ? '#thread textarea' : '#composer textarea'))?.focus();
    return;
  }
  if (event.key === 'Enter' && target === current) {
    const inside = insideOf(current)[0];
    if (inside) { event.preventDefault(); inside.focus(); }
    return;
  }
  if (event.key === 'Tab' && target !== current) {
    const parts = insideOf(current);
    const next = parts[parts.indexOf(target) + (event.shiftKey ? -1 : 1)];
    if (next) { event.preventDefault(); next.focus(); }
    return;
  }
  if (target !== current) {
    walkToolbar(event, target);
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

/** @param {KeyboardEvent} event @param {HTMLElement} target */
function walkToolbar(event, target) {
  const buttons = [...(target.closest('[role="toolbar"]')?.querySelectorAll('button') ?? [])];
  const at = buttons.findIndex((button) => button === target);
  const next = { ArrowLeft: buttons[at - 1], ArrowRight: buttons[at + 1], Home: buttons[0], End: buttons.at(-1) }[event.key];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** @param {HTMLElement} message @returns {HTMLElement[]} */
const insideOf = (message) => [...message.querySelectorAll('a[href], button:not(:disabled), pre, textarea')].filter((part) => part instanceof HTMLElement)
  // One goes in for what was said; who said it comes last.
  .sort((a, b) => Number(a.matches('.author')) - Number(b.matches('.author')));
