/*
 * The request ids of one session, as its router accepts them. Any id is accepted that is not in use (as Crossbar.io and nexus do: clients draw
 * them at random, or leave gaps); with `strictRequestIds` only the next one is (WAMP "IDs": 1, 2, 3 …). The dealer knows the running
 * calls; this file knows which progressive calls may still get inputs.
 */
import { ProtocolError } from '../../base/errors.ts';
import type { Id } from '../../base/words.ts';
import { nextId } from '../../protocol/ids.ts';
import type { Call } from '../../protocol/messages.ts';
import type { SettledLimits } from './limits.ts';

/** The kind of a CALL: a new call, a further input, or a new progressive call beyond `limits.maxProgressiveCalls`. */
export type CallKind = 'new' | 'further' | 'too many';

export class RequestIds {
  private readonly running: { has(request: Id): boolean };
  private readonly isStrict: boolean;
  /** How many progressive calls without their last input are remembered; the same number of refused ones is, too. */
  private readonly maxOpen: number;
  /** Strict: the last one. */
  private last: Id = 0;
  /** Progressive calls whose last CALL has not come, oldest first. They may be over, if the caller does not know it yet. */
  private open: Set<Id> | undefined;
  /** Progressive calls that were refused because too many were open, oldest first: their further inputs may be on the way. */
  private refused: Set<Id> | undefined;
  /** Strict: calls up to here may be refused ones as well; there were too many to remember. */
  private forgotten: Id = 0;

  constructor(
    running: { has(request: Id): boolean },
    { limits, strictRequestIds }: { readonly limits: SettledLimits; readonly strictRequestIds: boolean },
  ) {
    this.running = running;
    this.isStrict = strictRequestIds;
    this.maxOpen = limits.maxProgressiveCalls;
  }

  /** @throws {@link ProtocolError} */
  take(request: Id): void {
    if (this.isStrict) {
      const expected = nextId(this.last);
      if (request !== expected)
        throw new ProtocolError(`expected request id ${expected}, the next of this session, got ${request}`);
      this.last = request;
    } else if (this.running.has(request)) {
      throw new ProtocolError(`got request id ${request}, which is still in use by a call`);
    }
  }

  /**
   * The same for a CALL. WAMP "Progressive Call Invocations": further inputs have the id of the first, until one comes without `progress`,
   * whether or not the call is over by then.
   *
   * @throws {@link ProtocolError}
   */
  takeCall({ request, options }: Call): CallKind {
    const hasMore = options.progress === true;
    for (const known of [this.open, this.refused]) {
      if (!known?.has(request)) continue;
      if (!hasMore) known.delete(request);
      return 'further';
    }
    if (request <= this.forgotten) return 'further';
    this.take(request);
    return hasMore ? this.expectMore(request) : 'new';
  }

  private expectMore(request: Id): CallKind {
    this.open ??= new Set();
    if (this.open.size < this.maxOpen || this.forgetOne(this.open, (id) => !this.running.has(id))) {
      this.open.add(request);
      return 'new';
    }
    this.refused ??= new Set();
    if (this.refused.size >= this.maxOpen) this.forgetOne(this.refused, () => true);
    this.refused.add(request);
    return 'too many';
  }

  /** Forgets the oldest one that may be forgotten. @returns Whether there was one. */
  private forgetOne(ids: Set<Id>, may: (id: Id) => boolean): boolean {
    for (const id of ids) {
      if (!may(id)) continue;
      ids.delete(id);
      if (this.isStrict) this.forgotten = Math.max(this.forgotten, id);
      return true;
    }
    return false;
  }
}
