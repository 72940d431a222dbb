/*
 * The two kinds of durable handles: what is asked for at a join, and how it is given back.
 */
import type { WampError } from '../../errors.ts';
import type { Off, Uri } from '../../words.ts';
import type { DurableSubscribeOptions } from '../api/durable-options.ts';
import type { RegisterOptions, SubscribeOptions } from '../api/options.ts';
import type { Registration, Subscription } from '../api/session-api.ts';
import type { AnyHandler } from '../core/callbacks.ts';
import type { Settle } from '../core/requests.ts';
import { protect } from '../invocations/concurrency.ts';
import type { AnyEndpoint } from '../invocations/invocations.ts';
import { checkRegistration } from '../roles/callee.ts';
import { checkSubscription } from '../roles/subscriber.ts';
import type { SessionCore } from '../session/session.ts';
import { Durable, type HandleState, type Owner } from './durable.ts';
import { Ghosts } from './ghosts.ts';
import { Recoverer } from './recoverer.ts';

export class DurableSubscriptionHandle extends Durable<Subscription> {
  private readonly handler: AnyHandler;
  private readonly options: SubscribeOptions | undefined;
  private readonly recoverer: Recoverer | undefined;

  constructor(
    owner: Owner,
    topic: Uri,
    handler: AnyHandler,
    options: DurableSubscribeOptions<readonly unknown[], object> | undefined,
  ) {
    super(owner, 'subscription', topic);
    const { recoverWith, ...wire } = options ?? {};
    this.handler = handler;
    this.options = Object(options) === options ? wire : options;
    if (recoverWith !== undefined)
      this.recoverer = new Recoverer(recoverWith, (error) => owner.report(error, { where: 'recovery', uri: topic }));
  }

  get topic(): Uri {
    return this.uri;
  }

  unsubscribe(): Promise<void> {
    return this.end();
  }

  override detach(error: WampError): void {
    super.detach(error);
    this.recoverer?.lost(error);
  }

  protected check(): void {
    checkSubscription(this.uri, this.handler, this.options);
    void this.recoverer?.gate;
  }

  protected ask(session: SessionCore, settle: Settle<Subscription>): Off {
    const { recoverer } = this;
    const resolve = (active: Subscription): void => {
      settle.resolve(active);
      if (this.state === 'active') recoverer?.subscribed(session, active);
    };
    session.subscriber.subscribe({ ...settle, resolve }, this.uri, this.handler, this.options, recoverer?.gate);
    return () => {};
  }

  protected release(active: Subscription): Promise<void> {
    return active.unsubscribe();
  }

  protected override move(state: HandleState): void {
    if (state === 'closed') this.recoverer?.close();
    super.move(state);
  }
}

export class DurableRegistrationHandle extends Durable<Registration> {
  private readonly endpoint: AnyEndpoint;
  private readonly options: RegisterOptions | undefined;
  /** One for all sessions. Made late: what is wrong with the options refuses the handle. */
  private within: ReturnType<typeof protect> | undefined;
  /** Where it was asked for. */
  private session: SessionCore | undefined;
  private readonly ghosts: Ghosts;

  constructor(owner: Owner, procedure: Uri, endpoint: AnyEndpoint, options: RegisterOptions | undefined) {
    super(owner, 'registration', procedure);
    this.endpoint = endpoint;
    this.options = options;
    this.ghosts = new Ghosts(owner.environment, procedure, options?.match);
    this.on('state', (state) => {
      if (state === 'active' || state === 'closed') this.ghosts.clear();
    });
  }

  get procedure(): Uri {
    return this.uri;
  }

  unregister(): Promise<void> {
    return this.end();
  }

  override detach(error: WampError): void {
    super.detach(error);
    if (this.session) this.ghosts.add(this.session.id);
    this.session = undefined;
  }

  protected check(): void {
    checkRegistration(this.uri, ...this.protect());
  }

  private protect(): ReturnType<typeof protect> {
    this.within ??= protect(this.uri, this.endpoint, this.options);
    return this.within;
  }

  protected ask(session: SessionCore, settle: Settle<Registration>): Off {
    this.session = session;
    const [endpoint, options] = this.protect();
    // Crossbar.io: takes it from our ghost, and from nobody else.
    return session.callee.register(
      settle,
      this.uri,
      endpoint,
      this.ghosts.isCertain ? { ...options, force_reregister: true } : options,
    );
  }

  protected release(active: Registration): Promise<void> {
    return active.unregister();
  }

  protected override mayPass(error: unknown, session: SessionCore): boolean {
    const isWanted = (): boolean => this.session === session && this.state !== 'closed';
    const mayPass = this.ghosts.mayBe(
      error,
      session,
      isWanted,
      () => this.attach(session),
      () => this.refuse(error),
    );
    if (mayPass) this.why = error as WampError;
    return mayPass;
  }
}
