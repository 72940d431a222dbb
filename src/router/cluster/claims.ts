/*
 * The registrations of all nodes, as the registry has them: one entry for each (realm, match, procedure), with its callees in order. The first node that changes an entry has the procedure.
 */
import type { Id, Uri } from '../../base/words.ts';
import type { RandomIds } from '../../protocol/ids.ts';
import type { Match } from '../../protocol/uri.ts';
import { otherPolicy, taken } from '../dealer/registrar.ts';
import type { Claim, Refusal, Wish } from '../elsewhere/elsewhere.ts';
import type { NodeId, Registry } from '../elsewhere/engine.ts';
import type { Policy } from '../session/callee-options.ts';

type Callee = readonly [session: Id, node: NodeId, order: number];

interface Claimed {
  readonly id: Id;
  readonly invoke: Policy;
  readonly created: number;
  readonly callees: readonly Callee[];
}

export interface ClaimParts {
  readonly realm: Uri;
  registry(): Registry;
  node(): NodeId;
  readonly ids: RandomIds;
  now(): number;
  /** Whether a node is there. What a node had that is not is free. */
  isAlive(node: NodeId): boolean;
}

export class Claims {
  private readonly parts: ClaimParts;
  /** The last change of an entry that this node has begun: its changes come one after the other. */
  private readonly changes = new Map<string, Promise<unknown>>();

  constructor(parts: ClaimParts) {
    this.parts = parts;
  }

  /** Takes a procedure for a session of this node, or a place among its callees. */
  take(wish: Wish): Promise<Claim | Refusal> {
    return this.inTurn(this.key(wish.uri, wish.match), () => this.takeNow(wish));
  }

  private async takeNow({ session, uri, match, invoke, isForced }: Wish): Promise<Claim | Refusal> {
    const { ids } = this.parts;
    const [node, registry] = [this.parts.node(), this.parts.registry()];
    const key = this.key(uri, match);
    for (;;) {
      const entry = await registry.get(key);
      const old = entry && this.read(entry.value);
      const callees = isForced || !old ? [] : old.callees.filter(([, of]) => of === node || this.parts.isAlive(of));
      if (old && callees.length > 0) {
        if (old.invoke === 'single') return taken(uri);
        if (old.invoke !== invoke) return otherPolicy(uri, invoke);
      }
      const isNew = callees.length === 0;
      const known = callees.find(([id]) => id === session.id);
      const order = known?.[2] ?? (old?.callees.at(-1)?.[2] ?? 0) + 1;
      const next: Claimed = {
        id: isNew || !old ? ids.next() : old.id,
        invoke,
        created: isNew || !old ? this.parts.now() : old.created,
        callees: known ? callees : [...callees, [session.id, node, order]],
      };
      const revision = await registry.set(key, JSON.stringify(next), entry?.revision ?? 0);
      if (revision !== undefined) return { id: next.id, order, created: next.created, isNew, hasJoined: !known };
    }
  }

  /** Gives it back. */
  release(session: Id, uri: Uri, match: Match, id: Id): Promise<void> {
    return this.inTurn(this.key(uri, match), () => this.without(uri, match, id, (callee) => callee[0] === session));
  }

  /** Removes what a node had that is gone. */
  sweep(node: NodeId, uri: Uri, match: Match, id: Id): Promise<void> {
    return this.inTurn(this.key(uri, match), () => this.without(uri, match, id, (callee) => callee[1] === node));
  }

  private inTurn<T>(key: string, change: () => Promise<T>): Promise<T> {
    const before = this.changes.get(key) ?? Promise.resolve();
    const next = before.then(change, change);
    this.changes.set(key, next);
    const done = (): void => {
      if (this.changes.get(key) === next) this.changes.delete(key);
    };
    next.then(done, done);
    return next;
  }

  private async without(uri: Uri, match: Match, id: Id, isGone: (callee: Callee) => boolean): Promise<void> {
    const registry = this.parts.registry();
    const key = this.key(uri, match);
    for (;;) {
      const entry = await registry.get(key);
      const old = entry && this.read(entry.value);
      if (!old || old.id !== id || !old.callees.some(isGone)) return;
      const callees = old.callees.filter((callee) => !isGone(callee));
      const next = callees.length === 0 ? undefined : JSON.stringify({ ...old, callees });
      if ((await registry.set(key, next, entry.revision)) !== undefined) return;
    }
  }

  private key(uri: Uri, match: Match): string {
    return `${this.parts.realm} ${match} ${uri}`;
  }

  private read(value: string): Claimed {
    return JSON.parse(value);
  }
}
