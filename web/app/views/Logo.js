import { html } from '../html.js';

/** A belfry: spire, gallery, and the bell in its arch. @param {{ size?: number }} props */
export const Logo = ({ size = 32 }) => html`
  <svg class="logo" viewBox="0 0 32 32" width=${size} height=${size} aria-hidden="true" focusable="false">
    <path class="logo-roof" d="M16 .8 21.8 12H10.2z" />
    <path class="logo-stone" d="M8.6 13h14.8v2H8.6z" />
    <path class="logo-stone" fill-rule="evenodd" d="M10.2 16h11.6l.9 11.4H9.3zM16 17.3a3.6 3.6 0 0 0-3.6 3.6v6.5h7.2v-6.5a3.6 3.6 0 0 0-3.6-3.6z" />
    <path class="logo-bell" d="M16 18.9c-1.35 0-2 1.1-2 2.6 0 1.4-.35 2.1-1.05 2.7h6.1c-.7-.6-1.05-1.3-1.05-2.7 0-1.5-.65-2.6-2-2.6zM15.1 24.8a.95.95 0 0 0 1.8 0z" />
    <path class="logo-stone" d="M7.2 28.4h17.6v2.2H7.2z" />
  </svg>`;
