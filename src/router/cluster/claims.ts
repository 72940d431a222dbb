/*
 * The registrations of all nodes, as the registry has them: one entry for each (realm, match, procedure), with its callees in order. The first node that changes an entry has the procedure.
 */
import type { Id, Uri } from '../../base/words.ts';
import type { RandomIds } from '../../protocol/ids.ts';
import type { Match } from '../../protocol/uri.ts';
import { otherPolicy, taken } from '../dealer/registrar.ts';
import type { Claim, Refusal, Wish } from '../elsewhere/elsewhere.ts';
import type { NodeId } from '../elsewhere/engine.ts';
import type { Policy } from '../session/callee-options.ts';
import type { Cluster } from './cluster.ts';

type Callee = readonly [session: Id, node: NodeId, order: number];

interface Claimed {
  readonly id: Id;
  readonly invoke: Policy;
  readonly created: number;
  readonly callees: readonly Callee[];
}

export interface ClaimParts {
  readonly realm: Uri;
  /** What a node had that is not alive is free. */
  readonly cluster: Pick<Cluster, 'registry' | 'node' | 'nodes' | 'isAlive' | 'confirmed'>;
  readonly ids: RandomIds;
  now(): number;
}

/** Others have the procedure. */
interface Taken {
  readonly refusal: Refusal;
  readonly owners: ReadonlySet<NodeId>;
}

export class Claims {
  private readonly parts: ClaimParts;
  /** The last change of an entry that this node has begun: its changes come one after the other. */
  private readonly changes = new Map<string, Promise<unknown>>();

  constructor(parts: ClaimParts) {
    this.parts = parts;
  }

  /**
   * Takes a procedure for a session of this node, or a place among its callees. It is refused when an owner's node has answered that it is there. A node that does not answer may have been
   * killed just now: then this waits until it answers or is gone, so that its former callees get the procedure at their first attempt.
   */
  async take(wish: Wish): Promise<Claim | Refusal> {
    for (;;) {
      const found = await this.inTurn(this.key(wish.uri, wish.match), () => this.takeNow(wish));
      if (!('owners' in found)) return found;
      if ((await this.isThere(found.owners)) || wish.session.isGone) return found.refusal;
    }
  }

  /** Whether one of these nodes is there. False: all of them are gone. */
  private isThere(nodes: ReadonlySet<NodeId>): Promise<boolean> {
    const { cluster } = this.parts;
    const left = new Set(nodes);
    return new Promise((resolve) => {
      for (const node of nodes) {
        const answered = cluster.nodes.has(node) ? cluster.confirmed(new Set([node])) : undefined;
        if (!answered) return resolve(true); // it is this node, or one that cannot be asked
        void answered.then(() => {
          left.delete(node);
          if (cluster.isAlive(node)) resolve(true);
          else if (left.size === 0) resolve(false);
        });
      }
    });
  }

  private async takeNow({ session, uri, match, invoke, isForced }: Wish): Promise<Claim | Taken> {
    const { ids, cluster } = this.parts;
    const { node, registry } = cluster;
    const key = this.key(uri, match);
    for (;;) {
      const entry = await registry.get(key);
      const old = entry && this.read(entry.value);
      const callees = isForced || !old ? [] : old.callees.filter(([, of]) => of === node || cluster.isAlive(of));
      if (old && callees.length > 0) {
        const owners = new Set(callees.map(([, of]) => of));
        if (old.invoke === 'single') return { refusal: taken(uri), owners };
        if (old.invoke !== invoke) return { refusal: otherPolicy(uri, invoke), owners };
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
      if (revision !== undefined) return { id: next.id, order, created: next.created, revision, isNew, hasJoined: !known };
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
    const { registry } = this.parts.cluster;
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
