// The real server for one story: a fresh data directory, a port of its own, SQLite or PostgreSQL.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Else what `cargo build` left. */
export const PROGRAM = process.env.BEFFROI_BIN || fileURLToPath(new URL('../../target/debug/beffroi', import.meta.url));
const START_DEADLINE_MS = 30_000;
export const PASSWORD = 'tram cheese violin 42';

/** Empty databases that whoever started us lent, one per story that wants one. */
const DATABASES = (process.env.BEFFROI_PG_URLS ?? '').split(',').filter(Boolean);

/** The engines a story is told on. @param {number} index of the story's own PostgreSQL database */
export function engines(index) {
  const postgres = DATABASES[index] ? [{ name: 'PostgreSQL', databaseUrl: DATABASES[index] }] : [];
  return [{ name: 'SQLite', databaseUrl: undefined }, ...postgres];
}

/** For stories in which more is said, or looked at, in a second than people do in a minute. */
const GENEROUS = Object.fromEntries(['GLOBAL_RPM', 'PER_USER_RPM', 'PER_IP_RPM', 'MESSAGES_RPM', 'LOGIN_PER_5MIN'].map((name) => [`RATE_LIMIT_${name}`, '60000']));

export class House {
  /** @param {{ databaseUrl?: string, command?: string, language?: string, isGenerous?: boolean, environment?: Record<string, string> }} [options] `isGenerous`: hardly limits anybody */
  static async open({ databaseUrl, command = 'serve', language = 'en', isGenerous = false, environment = {} } = {}) {
    const house = new House();
    // In memory where possible: `fsync` then costs nothing, and nobody needs to switch it off.
    house.folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'beffroi-e2e-'));
    house.command = command;
    house.environment = { PATH: process.env.PATH, LANG: language, ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}), ...(isGenerous ? GENEROUS : {}), ...environment };
    house.port = 0;
    await house.start();
    return house;
  }

  /** Starts, and after the first time at the same port. */
  async start() {
    const args = [this.command, '--data', join(this.folder, 'data'), '--listen', `127.0.0.1:${this.port}`];
    this.process = spawn(PROGRAM, args, { env: this.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.log = '';
    this.process.stderr.setEncoding('utf8').on('data', (text) => { this.log += text; });
    this.ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.said = [];
    await this.hearWhere();
    this.port = Number(new URL(this.origin).port);
  }

  /** Its lines say where it is open, and how to begin. */
  hearWhere() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the server did not say where it is\n${this.log}`)), START_DEADLINE_MS);
      this.process.once('exit', (code) => reject(new Error(`the server ended with ${code}\n${this.log}`)));
      createInterface({ input: this.process.stdout }).on('line', (line) => {
        this.said.push(line);
        const link = /http:\/\/[^\s;]+/.exec(line)?.[0];
        if (link?.includes('/setup#')) this.setupLink = link;
        else if (link) this.origin = link;
        if (this.hasSaidAll()) {
          clearTimeout(timer);
          resolve(undefined);
        }
      });
    });
  }

  /** A demonstration ends with its last person; a server that was founded in an earlier life prints no second line. */
  hasSaidAll() {
    return this.command === 'demo' ? this.said.some((line) => line.startsWith('david / ')) : Boolean(this.setupLink);
  }

  /** As a power cut would. */
  async kill() {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  /** As an administrator would. */
  async stop() {
    this.process.kill('SIGTERM');
    await this.ended;
  }

  async close() {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** One request as a program makes it. @param {string} method @param {string} path @param {unknown} [body] @param {string} [cookie] */
  async ask(method, path, body, cookie) {
    const headers = { 'sec-fetch-site': 'same-origin', ...(cookie ? { cookie } : {}), ...(body ? { 'content-type': 'application/json' } : {}) };
    const answer = await fetch(`${this.origin}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return { data: text ? JSON.parse(text).data : null, cookie: answer.headers.get('set-cookie')?.split(';')[0] };
  }

  /** Sets the house up without a browser. @param {string} name @param {{ serverName?: string, roomName?: string }} [names] */
  async foundedBy(name, { serverName = 'The Belfry', roomName = 'Town square' } = {}) {
    await this.ask('POST', '/setup', {
      token: new URL(this.setupLink).hash.slice(1), username: name, email: `${name}@example.org`, password: PASSWORD,
      server_name: serverName, room_name: roomName, language: 'en',
    });
    const founder = await this.signIn(name);
    this.room = (await founder.ask('GET', '/rooms')).data[0];
    this.founder = founder;
    return founder;
  }

  /** Somebody whom the founder invited to the first room. @param {string} name */
  async joinedBy(name) {
    const { data: invite } = await this.founder.ask('POST', '/invites', { room: this.room.id });
    await this.ask('POST', '/auth/register', { username: name, email: `${Buffer.from(name).toString('hex').slice(0, 40)}@example.org`, password: PASSWORD, invite: invite.code, language: 'en' });
    return this.signIn(name);
  }

  /** @param {string} name @param {string} [password] */
  async signIn(name, password = PASSWORD) {
    const { data, cookie } = await this.ask('POST', '/auth/login', { username: name, password, session: 'cookie' });
    return new Visitor(this, data.user, cookie);
  }
}

/** Somebody at work without a browser. */
export class Visitor {
  /** @param {House} house */
  constructor(house, user, cookie) {
    Object.assign(this, { house, user, cookie });
  }

  ask(method, path, body) {
    return this.house.ask(method, path, body, this.cookie);
  }

  /** @param {string} text @param {string} [room] */
  async says(text, room = this.house.room.id) {
    return (await this.ask('POST', `/rooms/${room}/messages`, { text, client_id: crypto.randomUUID() })).data;
  }

  /** @param {string} name @param {string} [topic] */
  async opensRoom(name, topic = '') {
    return (await this.ask('POST', '/rooms', { name, topic, policy: 'public' })).data;
  }
}
