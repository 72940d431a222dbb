import { expect } from 'vitest';
import { Code } from '../fixtures/messages.ts';
import type { List, ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { expectError } from './open-router.ts';

export const GET_EVENTS = 'wamp.subscription.get_events';

export interface Stored {
  readonly timestamp: string;
  readonly publication: number;
  readonly details: unknown;
  readonly args: readonly unknown[];
}

/** What tells the events apart. */
export const firsts = (events: readonly Stored[]): unknown[] => events.map(({ args }) => args[0]);

/** A client played by hand that counts its requests, and asks. */
export class Asker {
  readonly peer: ScriptedPeer;
  private request = 0;
  constructor(peer: ScriptedPeer) {
    this.peer = peer;
  }

  send(code: number, ...rest: List): number {
    this.request++;
    this.peer.send([code, this.request, ...rest]);
    return this.request;
  }

  async publish(uri: string, args: List, options: object = {}): Promise<number> {
    this.send(16, { acknowledge: true, ...options }, uri, args);
    const [code, , publication] = await this.peer.next();
    expect(code).toBe(Code.PUBLISHED);
    return publication as number;
  }

  async subscribe(uri: string, options: object = {}): Promise<unknown> {
    this.send(32, options, uri);
    const [code, , id] = await this.peer.next();
    expect(code).toBe(Code.SUBSCRIBED);
    return id;
  }

  async call(procedure: string, args: List, kwargs?: object): Promise<{ args: List; kwargs: unknown }> {
    const request = this.send(48, {}, procedure, args, ...(kwargs ? [kwargs] : []));
    const [code, answered, , results, keywords] = await this.peer.next();
    expect([code, answered]).toEqual([50, request]);
    return { args: (results as List | undefined) ?? [], kwargs: keywords };
  }

  async refused(uri: string, procedure: string, args: List, kwargs?: object): Promise<void> {
    const request = this.send(48, {}, procedure, args, ...(kwargs ? [kwargs] : []));
    await expectError(this.peer, 48, request, uri);
  }

  async events(subscription: unknown, kwargs?: object): Promise<Stored[]> {
    return (await this.call(GET_EVENTS, [subscription], kwargs)).args as Stored[];
  }
}
