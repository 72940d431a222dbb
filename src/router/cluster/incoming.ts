/*
 * What the other nodes tell about a realm that is shared, and what this node does with it.
 */
import { ApplicationError, type SerializationError } from '../../base/errors.ts';
import type { Id, Uri } from '../../base/words.ts';
import type { RandomIds } from '../../protocol/ids.ts';
import { Code, type Payload } from '../../protocol/messages.ts';
import type { Match } from '../../protocol/uri.ts';
import type { Carried } from '../../serializer/formats/carried.ts';
import type { Formats } from '../../serializer/formats/formats.ts';
import { interruptHere, invokeHere, proceedHere } from '../dealer/calls-from-elsewhere.ts';
import { UNAVAILABLE } from '../dealer/dealer.ts';
import { CANCELED } from '../dealer/invocations.ts';
import type { DealerRegistration } from '../dealer/registrations.ts';
import { PACKED } from '../dealer/route.ts';
import type { NodeId } from '../elsewhere/engine.ts';
import { answerFor } from '../meta-procedures/procedures.ts';
import { refuse } from '../session/refuse.ts';
import type { LiveSession } from '../session/session.ts';
import type { Claims } from './claims.ts';
import type { ClusterRealm } from './cluster-realm.ts';
import {
  carriedOf,
  type FromCallee,
  type Member,
  type RemoteCallee,
  type RemotePublication,
  type RemoteRegistration,
  type RemoteWill,
  type Saying,
  type ToCallee,
} from './frames.ts';
import type { InterestOfOthers } from './interest.ts';
import type { Questions } from './questions.ts';
import type { RemoteSessions } from './remote-sessions.ts';

/** The topic that tells subscribers that they may have missed events of other nodes. */
const ON_GAP = 'autostrada.realm.on_gap';

/** A session of another node, with its testaments. */
export interface RemoteMember {
  readonly member: Member;
  testaments: readonly { readonly will: RemoteWill; readonly carried: Carried | undefined }[];
}

/** A registration that is not complete yet. */
export interface Pending {
  readonly over: Promise<void>;
  /** It was taken away before the callee had it. */
  isVoid: boolean;
  end(): void;
}

export function pendingKey(session: Id, registration: Id): string {
  return `${session} ${registration}`;
}

/** What this node knows of the others, in one realm. */
export interface IncomingHost {
  readonly realm: ClusterRealm;
  readonly formats: Formats;
  readonly remote: RemoteSessions;
  readonly interest: InterestOfOthers;
  readonly claims: Claims;
  readonly ids: RandomIds;
  /** The sessions of the other nodes. */
  readonly members: Map<NodeId, Map<Id, RemoteMember>>;
  /** Registrations of this node whose callee has not got REGISTERED yet. Calls of them wait. */
  readonly pending: ReadonlyMap<string, Pending>;
  /** Whether nobody wants it any more, after this node, and this node has to tell it. */
  isUnwanted(from: NodeId, uri: Uri, match: Match): boolean;
  tell(node: NodeId, saying: Saying, carried?: Carried): void;
  readonly questions: Questions;
}

export class Incoming {
  private readonly shared: IncomingHost;
  /** Calls of registrations that not all nodes know yet. */
  private readonly waiting = new Map<string, ToCallee>();

  constructor(shared: IncomingHost) {
    this.shared = shared;
  }

  /** How many calls wait for that. */
  get waitingCalls(): number {
    return this.waiting.size;
  }

  take(from: NodeId, saying: Saying, carried: Carried | undefined): void {
    const { interest, members } = this.shared;
    switch (saying[0]) {
      case 'joined': {
        const [, member] = saying;
        const own = members.get(from) ?? new Map<Id, RemoteMember>();
        members.set(from, own);
        own.set(member.id, { member, testaments: [] });
        return;
      }
      case 'willed': {
        const one = members.get(from)?.get(saying[1]);
        if (one) one.testaments = [...one.testaments, { will: saying[2], carried: carried?.kept() }];
        return;
      }
      case 'flushed': {
        const one = members.get(from)?.get(saying[1]);
        if (one) one.testaments = one.testaments.filter(({ will }) => will.scope !== saying[2]);
        return;
      }
      case 'left':
        return this.left(from, saying[1]);
      case 'want':
        return interest.add(from, saying[1], saying[2], saying[3]);
      case 'unwant':
        return this.unwanted(from, saying[1], saying[2], saying[3] ?? undefined);
      case 'registered':
        return this.registered(from, saying[1], saying[2]);
      case 'unregistered':
        return this.unregistered(saying[1], saying[2]);
      case 'event':
        return this.event(saying[1], carried);
      case 'to callee':
        return this.toCallee(from, saying[1], saying[2], { carried });
      case 'from callee':
        return this.fromCallee(saying[1], saying[2], { carried });
      case 'keep':
        return void this.shared.realm.keeping.settled().then(() => this.shared.tell(from, ['answer', saying[1], '']));
      case 'ask':
        return this.asked(from, saying[1], saying[2], carried);
      case 'answer':
        return this.shared.questions.answered(from, saying[1], saying[2], carried);
      default:
        saying satisfies never;
    }
  }

  /** Two nodes lost their last subscribers in the same moment, and each thought that the other one had some: one node tells that the subscription is gone. */
  private unwanted(from: NodeId, uri: Uri, match: Match, gone: Id | undefined): void {
    const { interest, realm } = this.shared;
    interest.remove(from, uri, match);
    if (gone === undefined || !this.shared.isUnwanted(from, uri, match)) return;
    if (!realm.subscriptions.lookup(uri, match))
      realm.broker.events.subscriptionGone(gone, realm.subscriptions.idOf(uri, match), uri);
  }

  private registered(from: NodeId, callee: RemoteCallee, { uri, match, invoke, options, ...claim }: RemoteRegistration): void {
    const { realm, remote } = this.shared;
    realm.registrations.addClaimed(remote.callee(from, callee), uri, match, invoke, options, claim);
  }

  private unregistered(session: Id, registration: Id): void {
    const { realm, remote } = this.shared;
    const callee = remote.knownCallee(session);
    if (callee) realm.registrations.remove(callee, registration);
  }

  private left(from: NodeId, id: Id): void {
    const { realm, remote, members } = this.shared;
    members.get(from)?.delete(id);
    realm.keeping.heardEnd(id);
    const callee = remote.forgetCallee(id);
    if (callee) this.forget(callee);
  }

  /** A session of another node is gone: its calls end, and its registrations. */
  private forget(callee: LiveSession): void {
    const { dealer, registrations } = this.shared.realm;
    callee.leave();
    for (const invocation of dealer.callsOf(callee)) dealer.abandon(callee, invocation);
    for (const { id } of [...registrations.of(callee)]) registrations.remove(callee, id);
    registrations.forget(callee);
  }

  private event({ publication, details, ...shared }: RemotePublication, carried: Carried | undefined): void {
    const event = { type: Code.EVENT, publication, details, carried };
    const excluded = shared.excluded ?? undefined;
    const bound = shared.bound ?? undefined;
    this.shared.realm.broker.receive({ ...shared, excluded, bound, event });
  }

  private toCallee(from: NodeId, id: Id, message: ToCallee, payload: Payload): void {
    const { realm, remote, pending } = this.shared;
    const { dealer } = realm;
    const callee = realm.session(id);
    if (message.type === Code.UNREGISTERED) {
      const { registration, reason } = message.details ?? {};
      const early = registration === undefined ? undefined : pending.get(pendingKey(id, registration));
      if (early) early.isVoid = true;
      else if (callee && registration)
        realm.registrar.revoke(callee, registration, typeof reason === 'string' ? reason : undefined);
      return;
    }
    const { request } = message;
    const known = remote.callerOf(from, id, request);
    const key = `${from} ${id} ${request}`;
    if (message.type === Code.INTERRUPT) {
      if (known) return interruptHere(dealer, known, request, message.options);
      if (this.waiting.delete(key)) refuse(remote.callers(from, id, false), Code.CALL, request, CANCELED, 'the call was canceled');
      return;
    }
    const { registration: registrationId, details } = message;
    if (known) return proceedHere(dealer, { caller: known, request, details, payload });
    const ready = pending.get(pendingKey(id, registrationId));
    if (ready) {
      this.waiting.set(key, message);
      void ready.over.then(() => {
        if (this.waiting.get(key) !== message) return; // it was canceled, or its node is gone
        this.waiting.delete(key);
        this.toCallee(from, id, message, payload);
      });
      return;
    }
    const { [PACKED]: takesPassthru, ...rest } = details;
    const caller = remote.callers(from, id, takesPassthru === true);
    const registration = realm.registrations.get(registrationId);
    const seat = callee && !callee.isGone ? registration?.callees.seat(callee) : undefined;
    // The call was not made, so its node may try other callees.
    if (!registration || !seat) return refuse(caller, Code.CALL, request, UNAVAILABLE, 'the callee is gone');
    invokeHere(dealer, { caller, request, details: rest, payload }, seat, registration);
  }

  private fromCallee(id: Id, message: FromCallee, payload: Payload): void {
    const { remote, realm } = this.shared;
    const callee = remote.knownCallee(id);
    if (!callee) return;
    const { request, details } = message;
    if (message.type === Code.RESULT)
      return realm.dealer.yield(callee, { type: Code.YIELD, request, options: details, ...payload });
    realm.dealer.error(callee, { ...message, requestType: Code.INVOCATION, ...payload });
  }

  private asked(from: NodeId, tag: number, procedure: Uri, carried: Carried | undefined): void {
    const { realm, remote, formats } = this.shared;
    const answer = (error: Uri, payload: Payload): void =>
      this.shared.tell(from, ['answer', tag, error], carriedOf(payload, formats));
    answerFor(realm, remote.asker(from), procedure, carried?.values() ?? {}, (outcome) => {
      if ('value' in outcome) answer('', outcome.value);
      else answer(outcome.error.uri, { args: [textOf(outcome.error)] });
    });
  }

  /** The testaments of a session whose node could not publish them, and its end. */
  private publishEnd({ member, testaments }: RemoteMember): void {
    const { realm, remote } = this.shared;
    const publisher = remote.publisher(member, realm.trustlevel(member.authrole));
    for (const scope of ['detached', 'destroyed']) {
      for (const { will, carried } of testaments) {
        if (will.scope !== scope) continue;
        const { topic, options, disclose } = will;
        publisher.do(realm.broker.publish(publisher, { type: Code.PUBLISH, request: 0, topic, options, carried }, { disclose }));
      }
    }
    publisher.do(realm.broker.events.left(member));
  }

  /** Subscribers of this node may have missed events. */
  tellOfGap(): void {
    const event = { type: Code.EVENT, publication: this.shared.ids.next(), details: {}, args: [] };
    this.shared.realm.broker.receive({ topic: ON_GAP, event, options: {}, excluded: undefined, bound: undefined, retains: false });
  }

  /**
   * @param isGone - The node has ended, and its sessions with it.
   * @returns What one of the nodes that are left does for them; undefined: nothing.
   */
  lost(node: NodeId, isGone: boolean): (() => void) | undefined {
    const { realm, remote, interest, members, claims } = this.shared;
    const { events } = realm.broker;
    interest.lost(node);
    for (const key of [...this.waiting.keys()]) if (key.startsWith(`${node} `)) this.waiting.delete(key);
    for (const caller of remote.callersOf(node)) {
      for (const invocation of realm.dealer.callsOf(caller)) realm.dealer.abandon(caller, invocation);
      caller.leave();
    }
    const had: (readonly [callee: LiveSession, registration: DealerRegistration])[] = [];
    for (const id of remote.calleesOf(node)) {
      const callee = remote.forgetCallee(id);
      if (!callee) continue;
      for (const registration of realm.registrations.of(callee)) had.push([callee, registration]);
      this.forget(callee);
    }
    remote.forgetNode(node);
    const left = [...(members.get(node)?.values() ?? [])];
    members.delete(node);
    if (!isGone || (had.length === 0 && left.length === 0)) return undefined;
    for (const { member } of left) realm.keeping.heardEnd(member.id);
    return () => {
      for (const [callee, registration] of had) {
        callee.do(events.unregistered(callee, registration));
        void claims.sweep(node, registration.uri, registration.match, registration.id).catch(() => {}); // another node can take it all the same
      }
      for (const one of left) {
        realm.keeping.endSessionOf(one.member.id);
        this.publishEnd(one);
      }
    };
  }
}

function textOf(error: ApplicationError | SerializationError): string {
  return error instanceof ApplicationError ? String(error.args[0]) : error.message;
}
