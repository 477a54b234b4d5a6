import { html } from '../html.js';
import { t, tn } from '../i18n.js';
import { route } from '../router.js';
import { newActivity } from '../state/activity.js';
import { Icon } from './Icon.js';

const SHOWN_MAX = 99;

/** The way to what others said to oneself, and how much of it is new. */
export function ActivityLink() {
  const count = newActivity.value;
  return html`
    <a class="room-link activity-link" href="/activity" aria-current=${route.value.name === 'activity' ? 'page' : undefined} data-unread=${count > 0 ? 'true' : undefined}>
      <${Icon} name="bell" /><span class="room-name">${t('activity.title')}</span>
      ${count > 0 && html`<span class="badge mention"><span aria-hidden="true">${count > SHOWN_MAX ? `${SHOWN_MAX}+` : count}</span>
        <span class="visually-hidden">${tn('activity.count', count)}</span></span>`}
    </a>`;
}
