import { html } from '../html.js';

/** A belfry: roof, gallery, arch. @param {{ size?: number }} props */
export const Logo = ({ size = 32 }) => html`
  <svg class="logo" viewBox="0 0 32 32" width=${size} height=${size} aria-hidden="true" focusable="false">
    <path class="logo-roof" d="M16 1.5 8.2 10.6h15.6z" />
    <path class="logo-stone" d="M7.4 12h17.2v2.3H7.4zM8.8 15.4h14.4V28h-3.6v-6a3.6 3.6 0 0 0-7.2 0v6H8.8zM6.6 28.4h18.8v2.1H6.6z" />
    <path class="logo-bell" d="M16 19.6c-1.6 0-2.3 1.3-2.3 2.9 0 1.4-.4 2-.9 2.6h6.4c-.5-.6-.9-1.2-.9-2.6 0-1.6-.7-2.9-2.3-2.9zM15.1 25.6a.95.95 0 0 0 1.8 0z" />
  </svg>`;
