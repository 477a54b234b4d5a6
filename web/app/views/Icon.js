import { html } from '../html.js';

/** Drawn for a 20 × 20 grid, with strokes of the text's colour. */
const PATHS = {
  alert: 'M10 3 2.5 16.5h15zM10 8v4M10 14.4v.1',
  archive: 'M3 4h14v3.5H3zM4.5 7.5V16h11V7.5M8 10.5h4',
  back: 'M12 4 6 10l6 6',
  bell: 'M10 3a4.5 4.5 0 0 0-4.5 4.5C5.5 11.5 4 13 4 13h12s-1.5-1.5-1.5-5.5A4.5 4.5 0 0 0 10 3zM8.3 15.5a1.8 1.8 0 0 0 3.4 0',
  block: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM5 5l10 10',
  bubble: 'M3.5 4.5h13v9H10l-3.5 3v-3h-3z',
  check: 'm4 10.5 4 4 8-9',
  clock: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM10 6v4.2l2.6 1.8',
  close: 'm5 5 10 10M15 5 5 15',
  compass: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM12.8 7.2l-1.5 4.1-4.1 1.5 1.5-4.1z',
  copy: 'M7.5 7.5h9v9h-9zM4.5 12.5h-1v-9h9v1',
  device: 'M4 4.5h12v8.5H4zM2.5 16h15',
  down: 'M10 4v12M5 11l5 5 5-5',
  eye: 'M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10zM10 7.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z',
  'eye-off': 'M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10zM4 16.5l12-13',
  help: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM8 8a2 2 0 1 1 3 1.7c-.7.4-1 .8-1 1.6M10 13.7v.1',
  leave: 'M8 3.5H4.5v13H8M8 10h9M13.5 6.5 17 10l-3.5 3.5',
  link: 'M8.5 11.5a3 3 0 0 0 4.3 0l3-3a3 3 0 1 0-4.3-4.3l-.8.8M11.5 8.5a3 3 0 0 0-4.3 0l-3 3a3 3 0 1 0 4.3 4.3l.8-.8',
  lock: 'M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  more: 'M4.5 9.6v.8M10 9.6v.8M15.5 9.6v.8',
  offline: 'M3 7.5a10 10 0 0 1 14 0M5.5 10.5a6.2 6.2 0 0 1 9 0M10 14.6v.1M3.5 3l13 14',
  pencil: 'M3.5 16.5l.8-3.6L13.4 3.8l2.8 2.8-9.1 9.1zM11.6 5.6l2.8 2.8',
  people: 'M7.5 4a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM2.5 16.5c0-2.8 2.2-4.6 5-4.6s5 1.8 5 4.6M13 4.4a2.7 2.7 0 0 1 0 5M14.5 12.3c1.8.6 3 2.1 3 4.2',
  person: 'M10 3.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM4 16.5c0-3 2.7-5 6-5s6 2 6 5',
  plus: 'M10 4v12M4 10h12',
  reply: 'M8.5 4.5 3.5 9.5l5 5M3.5 9.5h8c3.2 0 5 2 5 5v1',
  retry: 'M16 10a6 6 0 1 1-1.8-4.3M16 3v3.4h-3.4',
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4',
  send: 'M3 10 17 3.5 12.5 17 10 11.2zM10 11.2 17 3.5',
  trash: 'M3.5 5.5h13M8 5.5v-2h4v2M5.5 5.5l.8 11h7.4l.8-11',
};

/** @typedef {keyof typeof PATHS} IconName */

/** Decoration beside words, or inside a button that has a name. @param {{ name: IconName }} props */
export const Icon = ({ name }) => html`
  <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
