/*
 * What somebody at the inspector does in a realm: calls, publications, subscriptions, and the end of a session. It is done by connections in this process, one for each
 * identity, and every action is in the log.
 */
import { type Dict, named, type Uri } from '../../base/words.ts';
import { ApplicationError, type CallOptions, Connection, type InvocationDetails, Result, TimeoutError } from '../../index.ts';
import type { Router, RouterConfig } from '../../router/index.ts';
import { messageOf } from '../text/usage.ts';
import { OWN_ROLE } from './own-role.ts';
import {
  INSPECTOR,
  type InspectedRealm,
  type Kill,
  names,
  type Tried,
  type TriedEvent,
  type TryAs,
  type TryCall,
  type TryPublish,
  type TrySubscribe,
} from './words.ts';

const INVALID_ARGUMENT = 'wamp.error.invalid_argument';
/** An identity that is not used for so long leaves its realm. */
const IDLE_MS = 60_000;

export interface TryPlace {
  readonly router: Router;
  /** As they are now. */
  readonly realms: () => RouterConfig['realms'];
}

/** Connections to the realms, each as long as it is used. */
class Identities {
  private readonly router: Router;
  private readonly open = new Map<string, { readonly connection: Connection; users: number; timer: NodeJS.Timeout | undefined }>();

  constructor(router: Router) {
    this.router = router;
  }

  async use<T>({ realm, authrole = OWN_ROLE, authid = INSPECTOR }: TryAs, act: (connection: Connection) => Promise<T>): Promise<T> {
    const key = JSON.stringify([realm, authrole, authid]);
    const known = this.open.get(key) ?? { connection: this.connect(realm, authrole, authid), users: 0, timer: undefined };
    this.open.set(key, known);
    clearTimeout(known.timer);
    known.users++;
    try {
      await known.connection.open();
      return await act(known.connection);
    } finally {
      if (--known.users === 0)
        known.timer = setTimeout(() => {
          this.open.delete(key);
          void known.connection.close();
        }, IDLE_MS).unref();
    }
  }

  private connect(realm: string, authrole: string, authid: string): Connection {
    const connection = new Connection({ url: this.router.as({ authrole, authid }), realm });
    connection.on('error', () => {}); // the one that asks is told
    return connection;
  }

  async close(): Promise<void> {
    const all = [...this.open.values()];
    this.open.clear();
    for (const { timer } of all) clearTimeout(timer);
    await Promise.all(all.map(({ connection }) => connection.close()));
  }
}

/** @returns What ends it, once all procedures are registered. */
export async function offerTrying({ router, realms }: TryPlace, connection: Connection): Promise<{ close(): Promise<void> }> {
  const identities = new Identities(router);
  const note = ({ caller_authid: who }: InvocationDetails, text: string): void => {
    const name = who === undefined || who === INSPECTOR ? '' : `${named(String(who))} `;
    router.note({ level: 'warn', message: `inspector: ${name}${text}` });
  };
  const asking = <T extends TryAs>(given: unknown, ...needed: readonly (keyof T & string)[]): T =>
    checked<T>(given, ['realm', ...needed], realms());
  const as = ({ realm, authrole, authid }: TryAs): string =>
    `in ${named(realm)} as ${named(authid ?? INSPECTOR)} (${authrole === undefined ? 'all rights' : named(authrole)})`;

  const call = async ([given]: readonly unknown[], _: unknown, details: InvocationDetails): Promise<Tried> => {
    const asked = asking<TryCall>(given, 'uri');
    const { uri, args = [], kwargs = {}, timeoutMs } = asked;
    note(details, `calls ${named(uri)} ${as(asked)}`);
    const begun = performance.now();
    const afterMs = (): number => performance.now() - begun;
    const { signal } = details;
    const progress = (value: unknown): void => {
      if (details.receive_progress === true) details.sendProgress({ error: null, ...payloadOf(value), afterMs: afterMs() });
    };
    const options: CallOptions = { signal, ...(timeoutMs ? { timeoutMs } : {}), onProgress: progress };
    return identities.use(asked, async (own) => {
      try {
        const { args: got, kwargs: also } = await own.callResult(uri, args, kwargs, options);
        return { error: null, args: got, kwargs: also, afterMs: afterMs() };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        return { ...failure(error), afterMs: afterMs() };
      }
    });
  };

  const publish = async ([given]: readonly unknown[], _: unknown, details: InvocationDetails): Promise<Tried> => {
    const asked = asking<TryPublish>(given, 'uri');
    const { uri, args = [], kwargs = {}, retain = false } = asked;
    note(details, `publishes ${named(uri)} ${as(asked)}`);
    const begun = performance.now();
    return identities.use(asked, async (own) => {
      try {
        // The same page may have subscribed to it.
        await own.publish(uri, args, kwargs, { acknowledge: true, exclude_me: false, ...(retain ? { retain } : {}) });
        return { error: null, args: [], kwargs: {}, afterMs: performance.now() - begun };
      } catch (error) {
        return { ...failure(error), afterMs: performance.now() - begun };
      }
    });
  };

  const subscribe = ([given]: readonly unknown[], _: unknown, details: InvocationDetails): Promise<never> => {
    const asked = asking<TrySubscribe>(given, 'uri');
    const { uri, match = 'exact', retained = false } = asked;
    if (details.receive_progress !== true)
      throw new ApplicationError(INVALID_ARGUMENT, ['expected a call that asks for progressive results']);
    note(details, `subscribes to ${named(uri)} (${match}) ${as(asked)}`);
    const { signal } = details;
    return identities.use(asked, async (own) => {
      const handle = own.subscribe(
        uri,
        (args, kwargs, event) => {
          const news: TriedEvent = { topic: event.topic ?? uri, args, kwargs: { ...kwargs }, isRetained: event.retained === true };
          details.sendProgress(news);
        },
        { match, ...(retained ? { get_retained: true } : {}) },
      );
      try {
        await handle.ready;
        details.sendProgress(null);
        await new Promise((resolve) => (signal.aborted ? resolve(undefined) : signal.addEventListener('abort', resolve)));
        throw signal.reason;
      } finally {
        await handle.unsubscribe();
      }
    });
  };

  const kill = async ([given]: readonly unknown[], _: unknown, details: InvocationDetails): Promise<boolean> => {
    const { realm, session, reason = 'wamp.close.killed', message } = asking<Kill>(given, 'session');
    note(details, `ends session ${session} in ${named(realm)} (${named(reason)})`);
    return identities.use({ realm }, async (own) => {
      try {
        await own.call('wamp.session.kill', [session], { reason, ...(message === undefined ? {} : { message }) });
        return true;
      } catch (error) {
        if (error instanceof ApplicationError && error.uri === 'wamp.error.no_such_session') return false;
        throw error;
      }
    });
  };

  await Promise.all([
    connection.register(names.realms, () => realmsOf(realms())).ready,
    connection.register(names.kill, kill, { disclose_caller: true }).ready,
    connection.register(names.call, call, { disclose_caller: true }).ready,
    connection.register(names.publish, publish, { disclose_caller: true }).ready,
    connection.register(names.subscribe, subscribe, { disclose_caller: true }).ready,
  ]);
  return identities;
}

function realmsOf(realms: RouterConfig['realms']): readonly InspectedRealm[] {
  return Object.entries(realms).map(([name, realm]) => ({
    name,
    authroles: realm === 'open' ? [] : Object.keys(realm.authroles).filter((authrole) => authrole !== OWN_ROLE),
  }));
}

const KINDS: { readonly [name: string]: (value: unknown) => string | undefined } = {
  realm: text,
  uri: text,
  authrole: text,
  authid: text,
  reason: text,
  message: text,
  session: (value) => (Number.isInteger(value) ? undefined : 'the id of a session'),
  args: (value) => (Array.isArray(value) ? undefined : 'a list'),
  kwargs: (value) => (isDict(value) ? undefined : 'an object'),
  timeoutMs: (value) => (typeof value === 'number' && value >= 0 ? undefined : 'a number of milliseconds'),
  retain: flag,
  retained: flag,
  match: (value) => (['exact', 'prefix', 'wildcard'].includes(String(value)) ? undefined : 'exact, prefix or wildcard'),
};

/** @throws ApplicationError that says what was expected and what came. */
function checked<T extends TryAs>(given: unknown, needed: readonly string[], realms: RouterConfig['realms']): T {
  const refuse = (expected: string, got: unknown): never => {
    throw new ApplicationError(INVALID_ARGUMENT, [
      `expected ${expected}, got ${got === undefined ? 'nothing' : JSON.stringify(got)}`,
    ]);
  };
  if (!isDict(given)) return refuse('an object as the first argument', given);
  for (const name of needed) if (given[name] === undefined) refuse(`${name}`, undefined);
  for (const [name, value] of Object.entries(given)) {
    const check = KINDS[name];
    if (!check) refuse(`one of ${Object.keys(KINDS).join(', ')}`, name);
    const expected = value === undefined || value === null ? undefined : check?.(value);
    if (expected !== undefined) refuse(`${name} to be ${expected}`, value);
  }
  const { realm: name, authrole } = given;
  const realm = Object.hasOwn(realms, String(name)) ? realms[String(name)] : undefined;
  if (realm === undefined) return refuse(`realm to be one of ${Object.keys(realms).join(', ')}`, name);
  if (authrole !== undefined && realm !== 'open' && !Object.hasOwn(realm.authroles, String(authrole)))
    refuse(`authrole to be one of ${Object.keys(realm.authroles).join(', ')}`, authrole);
  return given as never;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? undefined : 'a text';
}

function flag(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'true or false';
}

function isDict(value: unknown): value is Dict {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function payloadOf(value: unknown): Pick<Tried, 'args' | 'kwargs'> {
  if (value instanceof Result) return { args: value.args, kwargs: value.kwargs };
  return { args: value === undefined ? [] : [value], kwargs: {} };
}

function failure(error: unknown): Omit<Tried, 'afterMs'> {
  const uri: Uri =
    error instanceof ApplicationError
      ? error.uri
      : error instanceof TimeoutError
        ? 'wamp.error.timeout'
        : 'wamp.error.runtime_error';
  const args = error instanceof ApplicationError ? error.args : [messageOf(error)];
  return { error: uri, args, kwargs: error instanceof ApplicationError ? error.kwargs : {} };
}
