// The line between one person and the server: a TCP proxy that a story cuts and mends. A browser's own "offline"
// switch leaves open sockets alone; this does not.

import { connect, createServer } from 'node:net';

export class Line {
  /** @param {number} port of the server */
  static async to(port) {
    const line = new Line();
    line.target = port;
    line.state = 'whole';
    line.pairs = new Set();
    line.server = createServer((near) => line.join(near));
    await new Promise((resolve) => line.server.listen(0, '127.0.0.1', () => resolve(undefined)));
    line.origin = `http://127.0.0.1:${line.server.address().port}`;
    return line;
  }

  join(near) {
    near.on('error', () => {});
    if (this.state === 'cut') { near.resetAndDestroy(); return; }
    const far = connect(this.target, '127.0.0.1');
    const pair = { near, far };
    this.pairs.add(pair);
    far.on('error', () => {});
    const end = () => { this.pairs.delete(pair); near.destroy(); far.destroy(); };
    near.on('close', end);
    far.on('close', end);
    near.on('data', (bytes) => far.write(bytes));
    far.on('data', (bytes) => { if (this.state !== 'deaf') near.write(bytes); });
    if (this.state === 'held') this.pause(pair);
  }

  pause({ near, far }) {
    near.pause();
    far.pause();
  }

  /** Everything is torn down, and nothing can be begun. */
  cut() {
    this.state = 'cut';
    for (const { near, far } of this.pairs) { near.resetAndDestroy(); far.destroy(); }
    this.pairs.clear();
  }

  /** Requests arrive, answers do not. */
  loseAnswers() {
    this.state = 'deaf';
  }

  /** Nothing moves, in either direction. */
  hold() {
    this.state = 'held';
    for (const pair of this.pairs) this.pause(pair);
  }

  mend() {
    const wasHeld = this.state === 'held';
    this.state = 'whole';
    if (wasHeld) for (const { near, far } of this.pairs) { near.resume(); far.resume(); }
  }

  async close() {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
