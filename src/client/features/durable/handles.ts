/*
 * The two kinds of durable handles: what is asked for in each session, and how it is given back.
 */
import type { Off, Uri } from '../../../base/words.ts';
import type { RegisterOptions, SubscribeOptions } from '../../api/options.ts';
import type { Registration, Subscription } from '../../api/session-api.ts';
import type { AnyEndpoint, AnyHandler } from '../../kernel/callbacks.ts';
import type { KernelSession } from '../../kernel/kernel.ts';
import type { Settle } from '../../kernel/settle.ts';
import { Durable, type Owner } from './durable.ts';

export class DurableSubscriptionHandle extends Durable<Subscription, SubscribeOptions> {
  private readonly handler: AnyHandler;

  constructor(owner: Owner, topic: Uri, handler: AnyHandler, options: SubscribeOptions | undefined) {
    super(owner, 'subscription', topic, options);
    this.handler = handler;
  }

  get topic(): Uri {
    return this.uri;
  }

  unsubscribe(): Promise<void> {
    return this.end();
  }

  protected check(): void {
    this.kernel.fit.subscribe(this.uri, this.handler, this.options);
  }

  protected ask({ subscriber }: KernelSession, settle: Settle<Subscription>): Off {
    const [makeGate] = this.parts.flatMap((part) => part.makeGate ?? []);
    subscriber.subscribe(settle, this.uri, this.handler, this.options, makeGate);
    return () => {};
  }

  protected release(active: Subscription): Promise<void> {
    return active.unsubscribe();
  }
}

export class DurableRegistrationHandle extends Durable<Registration, RegisterOptions> {
  private endpoint: AnyEndpoint;

  constructor(owner: Owner, procedure: Uri, endpoint: AnyEndpoint, options: RegisterOptions | undefined) {
    super(owner, 'registration', procedure, options);
    this.endpoint = endpoint;
  }

  get procedure(): Uri {
    return this.uri;
  }

  unregister(): Promise<void> {
    return this.end();
  }

  protected check(): void {
    const { kernel, uri, endpoint, options } = this;
    // Once: what features put around it is one for all sessions.
    [this.endpoint, this.options] = kernel.endpoint?.(uri, endpoint, options) ?? [endpoint, options];
    kernel.fit.register(uri, this.endpoint, this.options);
  }

  protected ask({ callee }: KernelSession, settle: Settle<Registration>, more: object): Off {
    return callee.register(settle, this.uri, this.endpoint, { ...this.options, ...more });
  }

  protected release(active: Registration): Promise<void> {
    return active.unregister();
  }
}
