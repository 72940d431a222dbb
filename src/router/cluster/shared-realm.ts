/*
 * A realm that several nodes share: what this node tells the others. incoming.ts has what it does with what they tell. Broker and dealer stay synchronous machines; what
 * has to wait for other nodes waits by `session.hold`.
 *
 * - A session belongs to one node. Its subscriptions are there; others know only that the node wants the events.
 * - Every node knows all registrations. The registry decides who has one (claims.ts), and REGISTERED is sent when all nodes know it.
 * - A call is routed by the caller's node, which has all of its state: time limits, canceling, re-routing. To it, a callee of another node is a session whose messages
 *   go to that node (remote-sessions.ts).
 */
import { messageOf, SerializationError } from '../../base/errors.ts';
import type { Id, Uri } from '../../base/words.ts';
import type { RandomIds } from '../../protocol/ids.ts';
import type { Call, Payload } from '../../protocol/messages.ts';
import type { Match } from '../../protocol/uri.ts';
import type { Carried } from '../../serializer/formats/carried.ts';
import type { Formats } from '../../serializer/formats/formats.ts';
import { taken } from '../dealer/registrar.ts';
import type { Claim, Elsewhere, LastWill, Outcome, Publication, Refusal, Wish } from '../elsewhere/elsewhere.ts';
import type { NodeId } from '../elsewhere/engine.ts';
import type { Tally } from '../limits/out-queue.ts';
import { testamentsOf } from '../meta-procedures/testaments.ts';
import type { InsideSettings } from '../session/inside-session.ts';
import type { LiveSession } from '../session/session.ts';
import { Claims } from './claims.ts';
import type { Cluster, SharedPart } from './cluster.ts';
import type { ClusterRealm } from './cluster-realm.ts';
import { carriedOf, type Member, type RemoteRegistration, type Saying } from './frames.ts';
import { Incoming, type IncomingHost, type Pending, pendingKey, type RemoteMember } from './incoming.ts';
import { InterestOfOthers } from './interest.ts';
import { type InterestHost, OwnInterest } from './own-interest.ts';
import { Questions } from './questions.ts';
import { RemoteSessions } from './remote-sessions.ts';

export interface SharedRealmParts {
  readonly cluster: Cluster;
  readonly realm: ClusterRealm;
  readonly settings: InsideSettings;
  readonly formats: Formats;
  readonly ids: RandomIds;
  readonly tally: Tally;
}

export class SharedRealm implements Elsewhere, SharedPart, IncomingHost, InterestHost {
  readonly realm: ClusterRealm;
  readonly formats: Formats;
  readonly remote: RemoteSessions;
  readonly interest: InterestOfOthers = new InterestOfOthers();
  readonly claims: Claims;
  readonly ids: RandomIds;
  /** The sessions of the other nodes. */
  readonly members: Map<NodeId, Map<Id, RemoteMember>> = new Map();
  /** Registrations of this node whose callee has not got REGISTERED yet. Calls of them wait. */
  readonly pending: Map<string, Pending> = new Map();
  readonly questions: Questions;
  /** What is being given back to the registry. */
  private readonly giving = new Set<Promise<unknown>>();
  private readonly cluster: Cluster;
  private readonly settings: InsideSettings;
  private readonly incoming: Incoming;
  private readonly ownInterest: OwnInterest = new OwnInterest(this);
  /** What sessions of this node have registered, by id of the registration; also those that the dealer does not have yet. */
  private readonly own = new Map<LiveSession, Map<Id, RemoteRegistration>>();

  constructor({ cluster, realm, settings, formats, ids, tally }: SharedRealmParts) {
    this.cluster = cluster;
    this.realm = realm;
    this.settings = settings;
    this.formats = formats;
    this.ids = ids;
    this.claims = new Claims({
      realm: realm.name,
      cluster,
      ids,
      now: () => settings.clock.now(),
    });
    this.remote = new RemoteSessions(realm.name, { settings, tally }, (node, saying, payload) =>
      this.tell(node, saying, carriedOf(payload, formats)),
    );
    this.questions = new Questions(cluster, settings.clock);
    this.incoming = new Incoming(this);
    realm.share(this);
  }

  tell(node: NodeId, saying: Saying, carried?: Carried): void {
    this.cluster.send(node, [this.realm.name, saying], carried);
  }

  tellAll(saying: Saying, carried?: Carried): void {
    this.cluster.sendAll(this.cluster.nodes, [this.realm.name, saying], carried);
  }

  /** All that a node has to know, which has just come. */
  greet(node: NodeId): void {
    for (const session of this.realm.sessions) {
      this.tell(node, ['joined', memberOf(session)]);
      for (const { scope, publish, permit } of testamentsOf(session))
        this.tell(node, willOf(session, { scope, publish, disclose: permit.disclose }), carriedOf(publish, this.formats));
    }
    for (const saying of this.ownInterest.sayings()) this.tell(node, saying);
    for (const [session, registrations] of this.own)
      for (const registration of registrations.values()) this.tell(node, ['registered', calleeOf(session), registration]);
  }

  receive(from: NodeId, saying: Saying, carried: Carried | undefined): void {
    this.incoming.take(from, saying, carried);
  }

  lost(node: NodeId, isGone: boolean): (() => void) | undefined {
    return this.incoming.lost(node, isGone);
  }

  /** How many calls of other nodes wait until a registration is complete. */
  get waitingCalls(): number {
    return this.incoming.waitingCalls;
  }

  gap(): void {
    this.incoming.tellOfGap();
  }

  gaveUp(): void {
    this.own.clear();
    for (const pending of this.pending.values()) pending.end();
    this.pending.clear();
  }

  sure(): Promise<void> | undefined {
    return this.cluster.sure();
  }

  joined(session: LiveSession): void {
    this.tellAll(['joined', memberOf(session)]);
  }

  left(session: LiveSession): void {
    for (const registration of this.own.get(session)?.values() ?? []) {
      this.registered(session, registration.id); // calls that wait find that it is gone
      void this.give(session, registration);
    }
    this.own.delete(session);
    this.ownInterest.left(session);
    this.remote.forgetCallersOf(session.id);
    this.tellAll(['left', session.id]);
  }

  want(session: LiveSession, uri: Uri, match: Match): Promise<void> | undefined {
    return this.ownInterest.want(session, uri, match);
  }

  unwant(uri: Uri, match: Match, session: Id): void {
    this.ownInterest.unwant(uri, match, session);
  }

  /** A subscription that has a history stays without any. */
  hasSubscribers(uri: Uri, match: Match): boolean {
    return (this.realm.subscriptions.lookup(uri, match)?.subscribers.size ?? 0) > 0;
  }

  confirmed(): Promise<void> | undefined {
    return this.cluster.confirmed();
  }

  kept(): Promise<void> | undefined {
    return this.cluster.wait((tag) => this.tellAll(['keep', tag]));
  }

  isFirst(uri: Uri, match: Match): boolean {
    if (!this.ownInterest.isFirst(uri, match)) return false;
    return this.interest.firstNodes(uri, match).every((node) => this.cluster.node < node);
  }

  isUnwanted(from: NodeId, uri: Uri, match: Match): boolean {
    if (this.ownInterest.has(uri, match) || this.interest.has(uri, match)) return false;
    return [from, ...this.cluster.nodes].every((node) => this.cluster.node < node);
  }

  publish({ topic, event, options, excluded, bound, retains }: Publication): Promise<void> | undefined {
    // What is retained concerns every session that subscribes just now.
    const nodes = retains || options.forget === true ? this.cluster.nodes : this.interest.nodesFor(topic);
    if (nodes.size === 0) return undefined;
    const carried = this.bytesOf(event);
    if (carried instanceof SerializationError) {
      const message = `an event does not go to other nodes: ${carried.message}`;
      this.settings.log({ level: 'warn', message, error: carried });
      return undefined;
    }
    const { publication, details } = event;
    const saying = ['event', { topic, publication, details, options, excluded, bound, retains }] as const;
    this.cluster.sendAll(nodes, [this.realm.name, saying], carried);
    return options.acknowledge === true ? this.cluster.confirmed(nodes) : undefined;
  }

  async claim(wish: Wish): Promise<Claim | Refusal> {
    const { session, uri, match, invoke, options } = wish;
    const claim = await this.claims.take(wish).catch((error: unknown) => this.failed(error));
    if ('error' in claim) return claim;
    const registration = { ...claim, uri, match, invoke, options };
    if (session.isGone) {
      await this.give(session, registration);
      return claim;
    }
    const own = this.own.get(session);
    if (own) own.set(claim.id, registration);
    else this.own.set(session, new Map([[claim.id, registration]]));
    this.tellAll(['registered', calleeOf(session), registration]);
    if (claim.hasJoined) session.do(this.realm.broker.events.registered(session, registration, claim.isNew));
    this.pending.set(pendingKey(session.id, claim.id), pendingOne());
    await this.cluster.confirmed();
    if (this.pending.get(pendingKey(session.id, claim.id))?.isVoid !== true) return claim;
    this.withdraw(session, claim);
    return taken(uri);
  }

  withdraw(session: LiveSession, { id }: Claim): void {
    const registration = this.own.get(session)?.get(id);
    this.registered(session, id);
    if (!registration) return;
    session.do(this.realm.broker.events.unregistered(session, { ...registration, callees: NOBODY }));
    void this.release(session, registration);
  }

  registered(session: LiveSession, id: Id): void {
    const key = pendingKey(session.id, id);
    const pending = this.pending.get(key);
    this.pending.delete(key);
    pending?.end();
  }

  willed(session: LiveSession, testament: LastWill): Promise<void> | undefined {
    this.tellAll(willOf(session, testament), carriedOf(testament.publish, this.formats));
    return this.cluster.confirmed();
  }

  flushed(session: LiveSession, scope: LastWill['scope']): Promise<void> | undefined {
    this.tellAll(['flushed', session.id, scope]);
    return this.cluster.confirmed();
  }

  release(session: LiveSession, { id }: { readonly id: Id }): Promise<void> | undefined {
    const own = this.own.get(session);
    const registration = own?.get(id);
    if (!registration) return undefined;
    own?.delete(id);
    return this.give(session, registration);
  }

  private async give(session: LiveSession, { id, uri, match }: RemoteRegistration): Promise<void> {
    this.tellAll(['unregistered', session.id, id]);
    const given = this.claims.release(session.id, uri, match, id).catch((error: unknown) => this.failed(error));
    this.giving.add(given);
    await given;
    this.giving.delete(given);
    await this.cluster.confirmed();
  }

  /** Resolves when everything is given back. */
  async settled(): Promise<void> {
    await Promise.all(this.giving);
  }

  private failed(error: unknown): Refusal {
    this.settings.log({ level: 'error', message: `the registry of the cluster does not answer: ${messageOf(error)}`, error });
    return { error: 'wamp.error.unavailable', text: 'the registry of the cluster does not answer' };
  }

  ask(call: Call): Promise<readonly Outcome[]> {
    const payload = this.bytesOf(call);
    if (payload instanceof SerializationError) return Promise.resolve([{ error: payload }]);
    return this.questions.ask((tag) => this.tellAll(['ask', tag, call.procedure], payload));
  }

  /** The error says why no other session can be given it. */
  private bytesOf(payload: Payload): Carried | SerializationError | undefined {
    try {
      return carriedOf(payload, this.formats);
    } catch (error) {
      if (error instanceof SerializationError) return error;
      throw error;
    }
  }
}

const NOBODY: ReadonlySet<LiveSession> = new Set();

function pendingOne(): Pending {
  let end: () => void = () => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { over, end, isVoid: false };
}

function willOf({ id }: LiveSession, { scope, publish: { topic, options }, disclose }: LastWill): Saying {
  return ['willed', id, { scope, topic, options, disclose }];
}

function memberOf({ id, authid, authrole }: LiveSession): Member {
  return { id, authid, authrole };
}

function calleeOf(session: LiveSession) {
  return { ...memberOf(session), features: session.features.callee ?? {} };
}
