/*
 * The inspector: a page about a router, served on a port of this machine, with a router of its own behind it. So its realm has nothing but the inspector's procedures, and no
 * client of the inspected router can be in it.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Connection } from '../../index.ts';
import { type Listener, type ListenOptions, listen, type RouterFile } from '../../node/index.ts';
import { type RealmConfig, Router, type RouterConfig, type RouterHooks, type User, type UserQuery } from '../../router/index.ts';
import { offerInspection } from './inspecting.ts';
import { OWN_ROLE } from './own-role.ts';
import { offerTrying } from './trying.ts';
import { INSPECT_REALM, INSPECTOR } from './words.ts';

/** A browser that has logged in comes back for so long. */
const LOGIN_MS = 12 * 3_600_000;
/** A token that was not used is void after this time. */
const TOKEN_MS = 3_600_000;
/** Of tokens that wait to be used, the newest. */
const MAX_TOKENS = 20;

/** Takes a port, or nothing; 0 takes a free one. Returns an address of the inspector, for one login. */
export const OPEN = 'autostrada.inspect.open';

/** Opens it when it is asked for the first time. */
export class LazyInspector {
  private readonly parts: InspectorParts;
  private opened: Promise<Inspector> | undefined;

  constructor(parts: InspectorParts) {
    this.parts = parts;
  }

  /**
   * @param port - 0 takes a free one. It counts only the first time.
   * @returns A new address of the page, for one login.
   * @throws Node's error if the port is taken.
   */
  async url(port = 0): Promise<string> {
    this.opened ??= openInspector(this.parts, port);
    try {
      return (await this.opened).newUrl();
    } catch (error) {
      this.opened = undefined;
      throw error;
    }
  }

  /** `autostrada inspect` asks for it. For the local control only, where no login is needed. */
  async offer(connection: Connection): Promise<void> {
    await connection.register(OPEN, ([port]: readonly unknown[]) => this.url(typeof port === 'number' ? port : 0)).ready;
  }

  async close(): Promise<void> {
    await (await this.opened?.catch(() => undefined))?.close();
  }
}

export interface InspectorParts {
  readonly router: Router;
  /** Those of the router, as they are now. */
  readonly realms: () => RouterConfig['realms'];
}

interface Inspector {
  /** The page's address with a token, for one login: the browser that opens it first is let in, for 12 hours. The token is void after an hour. */
  newUrl(): string;
  close(): Promise<void>;
}

/** @param port - On this machine. */
async function openInspector(parts: InspectorParts, port: number): Promise<Inspector> {
  const tokens = new Tokens();
  const findUser = ({ authid }: UserQuery): User | undefined =>
    authid === INSPECTOR
      ? {
          authrole: INSPECTOR,
          ticket: (given) => tokens.spend(given) && { authid: INSPECTOR, authrole: INSPECTOR },
        }
      : undefined;
  const permissions = [{ uri: 'autostrada.', match: 'prefix', allow: ['call'] }] as const;
  const opened = await open(parts, {
    realm: () => ({ authroles: { [INSPECTOR]: { permissions } } }),
    hooks: { findUser },
    listen: {
      port,
      web: { folder: pageFile('') },
      // Cookies know no ports: each inspector of this machine has a name of its own.
      cookies: { name: `autostrada-inspector-${port || randomBytes(6).toString('hex')}`, maxAgeMs: LOGIN_MS },
    },
  });
  return { newUrl: () => `${opened.url}#token=${tokens.make()}`, close: opened.close };
}

export interface UsersInspector {
  readonly url: string;
  /** The realm of `control` is another one now. */
  changed(): void;
  close(): Promise<void>;
}

/**
 * The inspector for users of the realm of `control`.
 *
 * @throws Node's error if the port is taken.
 */
export function openForUsers(
  parts: InspectorParts,
  { realm, inspector }: Pick<Required<ControlConfig>, 'realm'> & { readonly inspector: NonNullable<ControlConfig['inspector']> },
): Promise<UsersInspector> {
  return open(parts, {
    realm: () => {
      const found = parts.realms()[realm];
      // Nobody comes in without a login, and no procedure of that realm is here.
      return found === undefined || found === 'open' ? { authroles: {} } : { authroles: found.authroles, users: found.users };
    },
    hooks: {},
    listen: {
      ...inspector,
      web: {
        folder: pageFile('login'),
        also: { '/inspector.js': pageFile('inspector.js'), '/inspector.css': pageFile('inspector.css') },
      },
      cookies: { name: `autostrada-inspector-${inspector.port}`, maxAgeMs: LOGIN_MS },
    },
  });
}

type ControlConfig = NonNullable<RouterFile['control']>;

interface Access {
  /** The users that may come in, as they are now. */
  readonly realm: () => RealmConfig;
  readonly hooks: RouterHooks;
  readonly listen: Omit<ListenOptions, 'web'> & { readonly web: Exclude<ListenOptions['web'], string | undefined> };
}

async function open({ router, realms }: InspectorParts, { realm, hooks, listen: options }: Access): Promise<UsersInspector> {
  const config = (): RouterConfig => {
    const { authroles, ...more } = realm();
    return { realms: { [INSPECT_REALM]: { ...more, authroles: { ...authroles, [OWN_ROLE]: { permissions: 'all' } } } } };
  };
  const own = new Router(config(), { ...hooks, log: (entry) => router.note({ ...entry, message: `inspector: ${entry.message}` }) });
  const connection = new Connection({ url: own.as({ authrole: OWN_ROLE, authid: OWN_ROLE }), realm: INSPECT_REALM });
  connection.on('error', () => {}); // `open` rejects, and nothing else can go wrong in this process
  let listener: Listener | undefined;
  const closing: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    await connection.close();
    await Promise.all(closing.map((each) => each.close()));
    await listener?.close();
    await own.close();
  };
  try {
    await connection.open();
    await offerInspection(router, connection);
    closing.push(await offerTrying({ router, realms }, connection));
    listener = await listen(own, { ...options, protocols: ['websocket'], web: { ...options.web, headers: HEADERS } });
  } catch (error) {
    await close();
    throw error;
  }
  const url = listener.url.replace(/^ws/, 'http').replace(/\/ws$/, '/');
  return { url, close, changed: () => void own.reload(config()) };
}

/** A file of the page, or a folder. */
function pageFile(name: string): string {
  return fileURLToPath(new URL(`../../inspector/${name}`, import.meta.url));
}

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** What lets somebody in once. */
class Tokens {
  private readonly waiting = new Map<string, number>();

  make(): string {
    const token = randomBytes(24).toString('base64url');
    this.waiting.set(hashOf(token), Date.now() + TOKEN_MS);
    const [oldest] = this.waiting.keys();
    if (this.waiting.size > MAX_TOKENS && oldest !== undefined) this.waiting.delete(oldest);
    return token;
  }

  spend(token: string): boolean {
    const given = Buffer.from(hashOf(token));
    for (const [hash, until] of this.waiting) {
      if (!timingSafeEqual(given, Buffer.from(hash))) continue;
      this.waiting.delete(hash);
      return Date.now() < until;
    }
    return false;
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
