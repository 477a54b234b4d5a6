import { html } from '../html.js';
import { t } from '../i18n.js';

/** Shows only after a moment (by the style sheet), so that a fast answer does not flicker. */
export const MessagesLoading = () => html`
  <div class="timeline-state skeleton" role="status"><span class="visually-hidden">${t('messages.loading')}</span>
    ${[1, 2, 3, 4].map((line) => html`<div key=${line} class="skeleton-line" aria-hidden="true"><i></i><b></b></div>`)}
  </div>`;
