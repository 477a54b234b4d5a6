import { html } from '../html.js';
import { useEffect, useState } from '../../vendor/preact-hooks.js';
import { tn } from '../i18n.js';
import { pause, sendingTotal } from '../state/outbox.js';
import { Icon } from './Icon.js';

/** A shorter wait is over before anybody has read how long it is. */
const COUNT_FROM_S = 5;

/** Messages wait because the server asked for patience; nothing is wrong and nothing is to be done. */
export function HeldBack() {
  const until = pause.value;
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (until === 0) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [until]);
  if (until === 0 || sendingTotal.value === 0) return null;
  const seconds = Math.ceil((until - now) / 1000);
  return html`
    <p class="held-back"><${Icon} name="clock" /><span>${tn('composer.held_back', sendingTotal.value)}${seconds >= COUNT_FROM_S && html` <span>${tn('composer.held_back_for', seconds)}</span>`}</span></p>`;
}
