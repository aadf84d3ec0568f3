/** Who is calling: the owner's token, a signed-in browser, or a local program on the socket. */

import { randomBytes } from 'node:crypto';
import type { ApiSettings, SessionStore } from '../app/api-services.ts';
import type { Clock } from '../core/clock.ts';
import { toIso } from '../core/clock.ts';
import { ConflictError } from '../core/errors.ts';
import { sha256 } from '../core/ids.ts';
import { type ApiTokenFile, isSameToken } from '../security/api-token.ts';
import type { Exchange } from './exchange.ts';
import type { Principal } from './principal.ts';

export interface AuthenticatorParts {
  readonly clock: Clock;
  readonly settings: () => ApiSettings;
  readonly token: ApiTokenFile;
  readonly sessions: SessionStore;
}

const SESSION_COOKIE = /(?:^|;\s*)spacebot_session=([A-Za-z0-9_-]{43})(?:;|$)/;
const BEARER = /^Bearer +(\S+)$/i;

export class Authenticator {
  readonly #parts: AuthenticatorParts;
  #hashed = { token: '', hash: '' };

  constructor(parts: AuthenticatorParts) {
    this.#parts = parts;
  }

  /** `undefined` = unknown caller. A wrong `Authorization` header is not made good by a cookie. */
  identify(exchange: Exchange): Principal | undefined {
    if (exchange.connection.transport === 'socket') return { method: 'socket' };
    if (this.#parts.settings().auth === 'none') return { method: 'bearer', tokenHash: '' };
    const header = exchange.header('authorization');
    if (header !== undefined) {
      const given = BEARER.exec(header)?.[1];
      return given !== undefined && isSameToken(given, this.#token()) ? { method: 'bearer', tokenHash: this.#tokenHash() } : undefined;
    }
    const cookie = SESSION_COOKIE.exec(exchange.header('cookie') ?? '')?.[1];
    return cookie === undefined ? undefined : this.#findSession(sha256(cookie));
  }

  /** Whether what was good at the start of a long answer still is. */
  isAlive(principal: Principal): boolean {
    if (principal.method === 'socket' || this.#parts.settings().auth === 'none') return true;
    if (principal.method === 'bearer') return principal.tokenHash === this.#tokenHash();
    return this.#findSession(principal.sessionId) !== undefined;
  }

  isToken(given: string): boolean {
    return isSameToken(given, this.#token());
  }

  /** Makes a session; `setCookie` is the whole header value. */
  async signIn(isHttps: boolean): Promise<{ readonly setCookie: string; readonly expiresAt: string }> {
    const { clock, sessions, settings } = this.#parts;
    const cookie = randomBytes(32).toString('base64url');
    const maxAge = settings().sessionTtlSecs;
    const createdAt = clock.now();
    const expiresAt = createdAt + maxAge * 1000;
    await sessions.create({ id: sha256(cookie), tokenHash: this.#tokenHash(), createdAt, expiresAt });
    return { setCookie: cookieHeader(cookie, maxAge, isHttps), expiresAt: toIso(expiresAt) };
  }

  /** Ends the caller's own session; a token has none to end. */
  async signOut(principal: Principal, isHttps: boolean): Promise<{ readonly setCookie: string }> {
    if (principal.method === 'cookie') await this.#parts.sessions.delete(principal.sessionId);
    return { setCookie: cookieHeader('', 0, isHttps) };
  }

  /** Throws ConflictError `config_owned` where the configuration names the token. */
  async rotate(): Promise<string> {
    if (this.#parts.settings().authToken !== null) {
      throw new ConflictError('config_owned', 'The token is set by api.auth_token in the configuration; change it there.');
    }
    const token = this.#parts.token.rotate();
    await this.#parts.sessions.deleteAll();
    return token;
  }

  #findSession(sessionId: string): Principal | undefined {
    const session = this.#parts.sessions.find(sessionId);
    if (session === undefined || session.expiresAt <= this.#parts.clock.now() || session.tokenHash !== this.#tokenHash()) return undefined;
    return { method: 'cookie', sessionId, tokenHash: session.tokenHash, expiresAt: session.expiresAt };
  }

  #token(): string {
    return this.#parts.settings().authToken ?? this.#parts.token.load().token;
  }

  #tokenHash(): string {
    const token = this.#token();
    if (this.#hashed.token !== token) this.#hashed = { token, hash: sha256(token) };
    return this.#hashed.hash;
  }
}

function cookieHeader(value: string, maxAgeSecs: number, isHttps: boolean): string {
  return `spacebot_session=${value}; Path=/; Max-Age=${maxAgeSecs}; HttpOnly; SameSite=Strict${isHttps ? '; Secure' : ''}`;
}
