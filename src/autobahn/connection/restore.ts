/*
 * `upgrades.restore`: subscriptions and registrations are made on the native connection, and so come back after a reconnect. The objects that the
 * program holds then belong to the new session. What `onopen` asks for again replaces what came back, so nothing is there twice.
 */
import type { DurableRegistration, DurableSubscription, Connection as NativeConnection } from '../../index.ts';
import type { RegisterEndpoint, SubscribeHandler } from '../api/verbs.ts';
import type { Any } from '../base/any.ts';
import type { OptionsTaken } from '../native/login.ts';
import { Registration, Subscription } from '../session/claims.ts';
import type { Session } from '../session/session.ts';

type Claim = Subscription | Registration;

interface Entry {
  readonly uri: string;
  readonly match: string;
  handle: DurableSubscription | DurableRegistration | undefined;
  /** The object for the current session. */
  claim: Claim | undefined;
  /** The endpoint, as the client takes it. */
  run: ((args: Any, kwargs: Any, details: Any) => Any) | undefined;
  make: (id: number) => Claim;
  /** It came back, and nobody has asked for it again. */
  isOld: boolean;
  waiting: ((claim: Any) => void)[];
}

export class Restore {
  private readonly native: NativeConnection;
  private entries: readonly Entry[] = [];
  private session: Session | null = null;

  constructor(native: NativeConnection) {
    this.native = native;
  }

  /** A session has begun. All were asked for again; none is active yet. */
  joined(session: Session | null): void {
    this.session = session;
    for (const entry of this.entries) entry.isOld = true;
  }

  subscribe(session: Session, uri: string, topic: string, handler: SubscribeHandler, options: OptionsTaken): Promise<Subscription> {
    const make = (id: number): Subscription => new Subscription(topic, handler, options, session, id);
    const old = this.take(uri, options, make, Subscription, handler);
    if (old) return this.again(old);
    return this.first(this.entry(uri, options, make), (entry) =>
      this.native.subscribe(
        uri,
        session._handlerOf((id) => this.claimOf(entry, id) as Subscription),
        options,
      ),
    );
  }

  register(
    session: Session,
    uri: string,
    procedure: string,
    endpoint: RegisterEndpoint,
    options: OptionsTaken,
  ): Promise<Registration> {
    const make = (id: number): Registration => new Registration(procedure, endpoint, options, session, id);
    const old = this.take(uri, options, make, Registration, endpoint);
    const entry = old ?? this.entry(uri, options, make);
    const current = (): RegisterEndpoint => (entry.claim && 'endpoint' in entry.claim ? entry.claim.endpoint : endpoint);
    entry.run = session._endpointOf(current, options?.match, procedure);
    if (old) return this.again(old);
    return this.first(entry, () =>
      this.native.register(uri, (args: Any[], kwargs: Any, details: Any) => entry.run?.(args, kwargs, details), options),
    );
  }

  holds(claim: Claim): boolean {
    return this.entries.some((each) => each.claim === claim);
  }

  release(claim: Claim): Promise<void> {
    const entry = this.entries.find((each) => each.claim === claim);
    if (!entry?.handle) return Promise.resolve();
    this.entries = this.entries.filter((each) => each !== entry);
    return 'topic' in entry.handle ? entry.handle.unsubscribe() : entry.handle.unregister();
  }

  private entry(uri: string, options: Any, make: Entry['make']): Entry {
    const match = options?.match ?? 'exact';
    return { uri, match, handle: undefined, claim: undefined, run: undefined, make, isOld: false, waiting: [] };
  }

  /** The one that came back and is replaced by this: the one with the same handler, else the oldest. */
  private take(
    uri: string,
    options: Any,
    make: Entry['make'],
    kind: new (...args: Any[]) => Claim,
    handler: unknown,
  ): Entry | undefined {
    const match = options?.match ?? 'exact';
    const alike = this.entries.filter(
      (each) => each.isOld && each.uri === uri && each.match === match && each.claim instanceof kind,
    );
    const found = alike.find(({ claim }) => claim && 'handler' in claim && claim.handler === handler) ?? alike[0];
    if (!found) return undefined;
    found.isOld = false;
    found.make = make;
    const { claim, handle } = found;
    if (claim) this.drop(claim);
    found.claim = undefined;
    if (claim && handle?.state === 'active') this.claimOf(found, claim.id);
    return found;
  }

  private drop(claim: Claim): void {
    claim.active = false;
    const { session, id } = claim;
    if (claim instanceof Registration) {
      if (session._registrations[id] === claim) delete session._registrations[id];
      return;
    }
    const alike = session._subscriptions[id];
    if (alike?.includes(claim)) alike.splice(alike.indexOf(claim), 1);
  }

  private again(entry: Entry): Promise<Any> {
    if (entry.claim) return Promise.resolve(entry.claim);
    return new Promise((resolve) => {
      entry.waiting.push(resolve);
    });
  }

  private first(entry: Entry, ask: (entry: Entry) => DurableSubscription | DurableRegistration): Promise<Any> {
    this.entries = [...this.entries, entry];
    const handle = ask(entry);
    entry.handle = handle;
    handle.on('state', (state) => {
      if (state === 'active') this.active(entry, handle);
      else if (state === 'closed') this.entries = this.entries.filter((each) => each !== entry);
    });
    const ready: Promise<unknown> = handle.ready;
    return ready.then(() => this.again(entry));
  }

  /** Runs inside the handling of SUBSCRIBED or REGISTERED. */
  private active(entry: Entry, handle: DurableSubscription | DurableRegistration): void {
    const { session } = this.native;
    const mine = 'topic' in handle ? session?.subscriptions : session?.registrations;
    const found = mine?.filter((each) => ('topic' in each ? each.topic : each.procedure) === entry.uri);
    const claim = this.claimOf(entry, found?.[found.length - 1]?.id ?? 0);
    for (const resolve of entry.waiting.splice(0)) resolve(claim);
  }

  private claimOf(entry: Entry, id: number): Claim {
    const { session } = this;
    if (entry.claim && (entry.claim.session === session || !session)) return entry.claim;
    const claim = entry.claim ?? entry.make(id);
    entry.claim = claim;
    if (session) {
      claim.session = session;
      claim.id = id;
      claim.active = true;
      if (claim instanceof Subscription) session._subscribed(claim);
      else session._registered(claim);
    }
    return claim;
  }
}
