import { html } from '../html.js';
import { Problem } from '../api.js';
import { t } from '../i18n.js';
import { problemText } from '../problem-text.js';
import { Icon } from './Icon.js';

/**
 * A failure in place: what happened, what was kept, what to do, and the reference that stands in the server's log.
 * @param {{ problem: unknown, text?: string|null, kept?: string, onRetry?: () => void }} props
 */
export function Notice({ problem, text, kept, onRetry }) {
  if (!problem || text === null) return null;
  const reference = problem instanceof Problem ? problem.requestId : null;
  return html`
    <div class="notice" role="alert">
      <${Icon} name="alert" />
      <div>
        <p>${text ?? problemText(problem)}${kept && html` <span>${kept}</span>`}</p>
        ${reference && html`<p class="reference">${t('notice.reference', { id: reference })}</p>`}
      </div>
      ${onRetry && html`<button type="button" class="button quiet" onClick=${onRetry}><${Icon} name="retry" />${t('action.retry')}</button>`}
    </div>`;
}
