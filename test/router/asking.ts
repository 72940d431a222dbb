/*
 * A client that asks the router: calls below `wamp.`, one at a time, with the ids counted here.
 */
import { expect } from 'vitest';
import type { ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { expectError } from './open-router.ts';

export class Asker {
  readonly peer: ScriptedPeer;
  private request = 0;

  constructor(peer: ScriptedPeer) {
    this.peer = peer;
  }

  /** Any request: the id is filled in. */
  send(code: number, ...rest: unknown[]): number {
    this.request++;
    this.peer.send([code, this.request, ...rest]);
    return this.request;
  }

  call(procedure: string, args?: unknown[], kwargs?: object): number {
    return this.send(48, {}, procedure, ...(args || kwargs ? [args ?? []] : []), ...(kwargs ? [kwargs] : []));
  }

  /** The first positional result; it must be the next message that comes, and the only value. */
  async ask(procedure: string, args?: unknown[], kwargs?: object): Promise<unknown> {
    const id = this.call(procedure, args, kwargs);
    const [code, answered, , results, ...more] = await this.peer.next();
    expect([code, answered, more]).toEqual([50, id, []]);
    const [value, ...others] = (results as unknown[] | undefined) ?? [];
    expect(others).toEqual([]);
    return value;
  }

  async refused(uri: string, procedure: string, args?: unknown[], kwargs?: object): Promise<void> {
    await expectError(this.peer, 48, this.call(procedure, args, kwargs), uri);
  }

  /** Subscribes or registers; the id that comes back. */
  async claim(code: 32 | 64, uri: string, options: object = {}): Promise<number> {
    const request = this.send(code, options, uri);
    const [type, answered, id] = await this.peer.next();
    expect([type, answered]).toEqual([code + 1, request]);
    return id as number;
  }
}
