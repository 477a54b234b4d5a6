import { Component, h } from '../../vendor/preact.js';

/** Draws again only when a property changed: a long list must not pay for every new line. @param {(props: any) => any} view */
export function memo(view) {
  return class extends Component {
    /** @param {any} next */
    shouldComponentUpdate(next) {
      const now = /** @type {any} */ (this.props);
      return Object.keys(next).some((name) => next[name] !== now[name]);
    }

    /** @param {any} props */
    render(props) {
      return h(view, props);
    }
  };
}
