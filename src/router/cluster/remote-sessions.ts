/*
 * Sessions that stand for others. A callee of another node is a session here, whose messages go to its node. The callers of another node are here a session for each
 * callee that they call.
 */
import { ProtocolError } from '../../base/errors.ts';
import type { Id } from '../../base/words.ts';
import { PASSTHRU } from '../../protocol/features.ts';
import { Code, type FromRouter, type Payload } from '../../protocol/messages.ts';
import type { NodeId } from '../elsewhere/engine.ts';
import { type InsideParts, insideSession, routerItself } from '../session/inside-session.ts';
import type { LiveSession } from '../session/session.ts';
import type { FromCallee, Member, RemoteCallee, ToCallee } from './frames.ts';

/** What is sent to such a session. */
export type Forward = (
  node: NodeId,
  saying: readonly ['to callee', Id, ToCallee] | readonly ['from callee', Id, FromCallee],
  payload: Payload,
) => void;

export class RemoteSessions {
  private readonly base: Pick<InsideParts, 'settings' | 'tally'>;
  private readonly realm: string;
  private readonly forward: Forward;
  private readonly callees = new Map<Id, { readonly node: NodeId; readonly session: LiveSession }>();
  private readonly callersByNode = new Map<NodeId, Map<string, LiveSession>>();
  private readonly askers = new Map<NodeId, LiveSession>();

  constructor(realm: string, base: Pick<InsideParts, 'settings' | 'tally'>, forward: Forward) {
    this.realm = realm;
    this.base = base;
    this.forward = forward;
  }

  /** A callee of another node. */
  callee(node: NodeId, { id, authid, authrole, features }: RemoteCallee): LiveSession {
    const known = this.callees.get(id);
    if (known) return known.session;
    const session = insideSession({
      ...this.base,
      isRemote: true,
      who: { ...routerItself(id, this.realm), authid, authrole },
      // Its own node decides whether the client gets to know of a revocation.
      hello: { roles: { callee: { features: { ...features, registration_revocation: true } } } },
      take: (message) => this.toCallee(node, id, message),
    });
    this.callees.set(id, { node, session });
    return session;
  }

  /** Undefined: there is none, or no longer. */
  knownCallee(id: Id): LiveSession | undefined {
    return this.callees.get(id)?.session;
  }

  forgetCallee(id: Id): LiveSession | undefined {
    const known = this.callees.get(id);
    this.callees.delete(id);
    return known?.session;
  }

  /** The callees of a node. */
  calleesOf(node: NodeId): readonly Id[] {
    return [...this.callees].flatMap(([id, known]) => (known.node === node ? [id] : []));
  }

  /** The callers of another node that call this callee of this node: those that take answers in Payload Passthru Mode, or the others. */
  callers(node: NodeId, callee: Id, takesPassthru: boolean): LiveSession {
    let own = this.callersByNode.get(node);
    if (!own) {
      own = new Map();
      this.callersByNode.set(node, own);
    }
    const key = `${callee} ${takesPassthru}`;
    const known = own.get(key);
    if (known) return known;
    const features = {
      progressive_call_results: true,
      call_canceling: true,
      progressive_call_invocations: true,
      [PASSTHRU]: takesPassthru,
    };
    const session = insideSession({
      ...this.base,
      isRemote: true,
      who: routerItself(callee, this.realm),
      hello: { roles: { caller: { features } } },
      take: (message) => this.fromCallee(node, callee, message),
    });
    own.set(key, session);
    return session;
  }

  /** The one with this call. */
  callerOf(node: NodeId, callee: Id, request: Id): LiveSession | undefined {
    return [true, false].map((takes) => this.callers(node, callee, takes)).find(({ calls }) => calls.get(request) !== undefined);
  }

  /** All that stand for callers of a node. */
  callersOf(node: NodeId): Iterable<LiveSession> {
    return this.callersByNode.get(node)?.values() ?? [];
  }

  *allCallers(): Iterable<LiveSession> {
    for (const own of this.callersByNode.values()) yield* own.values();
  }

  /** A callee of this node is gone. */
  forgetCallersOf(callee: Id): void {
    for (const own of this.callersByNode.values()) for (const takes of [true, false]) own.delete(`${callee} ${takes}`);
  }

  /** The session that asks on behalf of a node. */
  asker(node: NodeId): LiveSession {
    const known = this.askers.get(node);
    if (known) return known;
    const session = insideSession({
      ...this.base,
      isRemote: true,
      who: routerItself(0, this.realm),
      hello: { roles: {} },
      take: () => {},
    });
    this.askers.set(node, session);
    return session;
  }

  /** A session that is gone, for its testaments. */
  publisher({ id, authid, authrole }: Member, trustlevel: number | undefined): LiveSession {
    const who = { ...routerItself(id, this.realm), authid, authrole, trustlevel };
    const session = insideSession({ ...this.base, isRemote: true, who, hello: { roles: { publisher: {} } }, take: () => {} });
    session.leave();
    return session;
  }

  forgetNode(node: NodeId): void {
    this.callersByNode.delete(node);
    this.askers.delete(node);
  }

  private toCallee(node: NodeId, callee: Id, message: FromRouter): void {
    switch (message.type) {
      case Code.INVOCATION: {
        const { args, kwargs, carried, ...rest } = message;
        return this.forward(node, ['to callee', callee, rest], { args, kwargs, carried });
      }
      case Code.INTERRUPT:
      case Code.UNREGISTERED:
        return this.forward(node, ['to callee', callee, message], {});
      default:
        throw unexpected(message);
    }
  }

  private fromCallee(node: NodeId, callee: Id, message: FromRouter): void {
    if (message.type !== Code.RESULT && message.type !== Code.ERROR) throw unexpected(message);
    const { args, kwargs, carried, ...rest } = message;
    this.forward(node, ['from callee', callee, rest], { args, kwargs, carried });
  }
}

function unexpected({ type }: FromRouter): ProtocolError {
  return new ProtocolError(`a message of type ${type} is for no session of another node`);
}
