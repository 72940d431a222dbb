/*
 * A router as one node of a cluster: the other nodes, what is asked of them, and which realm a frame is for. shared-realm.ts has what frames mean in a realm.
 */
import { messageOf } from '../../base/errors.ts';
import type { Uri } from '../../base/words.ts';
import type { Carried } from '../../serializer/formats/carried.ts';
import type { Formats } from '../../serializer/formats/formats.ts';
import type { Engine, EngineEvents, Membership, NodeId, Registry } from '../elsewhere/engine.ts';
import type { Look } from '../elsewhere/following.ts';
import type { LogEntry } from '../turns/log.ts';
import { Followers } from './followers.ts';
import { type Head, isAboutNodes, type NodeSaying, readFrame, type Saying, VERSION, writeFrame } from './frames.ts';
import { Waits } from './waits.ts';

/** The part of a realm that gets frames. */
export interface SharedPart {
  /** A node has come: it gets all that it has to know. */
  greet(node: NodeId): void;
  receive(from: NodeId, saying: Saying, carried: Carried | undefined): void;
  /**
   * What a node has told does not count any more.
   *
   * @param isGone - It has ended. Otherwise its sessions go on, but this node does not hear of them.
   * @returns What only one of the nodes that are left may do for its sessions; undefined: nothing.
   */
  lost(node: NodeId, isGone: boolean): (() => void) | undefined;
  /** Subscribers may have missed events of another node. */
  gap(): void;
  /** This node is none any more: others have what its sessions had. */
  gaveUp(): void;
}

export interface ClusterParts {
  readonly engine: Engine;
  readonly formats: Formats;
  readonly log: (entry: LogEntry) => void;
  realm(name: Uri): SharedPart | undefined;
  realms(): Iterable<SharedPart>;
  /** This node is none any more. Sessions end without a trace here, since other nodes do what is to be done for them. */
  lost(): void;
  /** For tools at other nodes. */
  readonly look: Look;
}

export class Cluster implements EngineEvents {
  private readonly parts: ClusterParts;
  private membership: Membership | undefined;
  /** The other nodes. */
  private readonly others = new Set<NodeId>();
  /** Nodes that are there, but cannot be understood. What they have registered is theirs. */
  private readonly strangers = new Set<NodeId>();
  /** Nodes that have not told yet what they have. */
  private readonly untold = new Set<NodeId>();
  private readonly waits = new Waits();
  /** What tools follow. */
  readonly followers: Followers;
  private whenTold: (() => void) | undefined;
  /** What came before this node was able to answer. */
  private early: (readonly [from: NodeId, frame: Uint8Array])[] = [];
  /** Counts how often this node has joined, or was lost: what began before is void. */
  private run = 0;
  private hasLeft = false;
  private leaving: Promise<void> | undefined;

  constructor(parts: ClusterParts) {
    this.parts = parts;
    const send = (node: NodeId, saying: NodeSaying): void => this.send(node, ['', saying]);
    this.followers = new Followers({ nodes: this.others, look: parts.look, send });
  }

  /** Resolves when this node knows what the others have. Rejects if it cannot join, or was lost meanwhile. */
  async join(): Promise<void> {
    this.run++;
    const { run } = this;
    const membership = await this.parts.engine.join(this);
    if (this.hasLeft) return membership.leave();
    if (run !== this.run) await membership.leave();
    this.expect(run);
    this.membership = membership;
    for (const node of this.others) this.greet(node);
    for (const [from, frame] of this.early.splice(0)) this.frame(from, frame);
    if (this.untold.size === 0) return;
    await new Promise<void>((resolve) => {
      this.whenTold = resolve;
    });
    if (!this.hasLeft) this.expect(run);
  }

  private expect(run: number): void {
    if (run !== this.run) throw new Error('this router was cut off from its cluster while it joined');
  }

  leave(): Promise<void> {
    this.leaving ??= this.end();
    return this.leaving;
  }

  private async end(): Promise<void> {
    this.hasLeft = true;
    this.whenTold?.();
    await this.membership?.leave();
    await this.parts.engine.close?.();
  }

  /** Undefined: this node has what it had. */
  sure(): Promise<void> | undefined {
    return this.membership ? this.membership.sure?.() : NEVER; // its sessions end
  }

  /** Empty without a membership. */
  get node(): NodeId {
    return this.membership?.node ?? '';
  }

  /** @throws Error if this router is no node. */
  get registry(): Registry {
    if (!this.membership) throw new Error('this router is no node of a cluster');
    return this.membership.registry;
  }

  get nodes(): ReadonlySet<NodeId> {
    return this.others;
  }

  /** Whether a node is there. */
  isAlive(node: NodeId): boolean {
    return this.others.has(node) || this.strangers.has(node);
  }

  up(node: NodeId): void {
    this.others.add(node);
    this.untold.add(node);
    if (this.membership) this.greet(node);
  }

  private greet(node: NodeId): void {
    this.send(node, ['', ['version', VERSION]]);
    for (const realm of this.parts.realms()) this.guard('greet a node', () => realm.greet(node));
    this.send(node, ['', ['told']]);
    this.followers.greet(node);
  }

  down(node: NodeId): void {
    if (!this.strangers.delete(node)) this.forget(node, true);
  }

  private forget(node: NodeId, isGone: boolean): void {
    if (!this.others.delete(node)) return;
    this.hasTold(node);
    const left: (() => void)[] = [];
    for (const realm of this.parts.realms())
      this.guard('forget a node', () => {
        const duty = realm.lost(node, isGone);
        if (duty) left.push(duty);
      });
    if (left.length > 0) void this.succeed(node, left);
    this.gone(node);
  }

  /** It answers no more, and what it followed has ended. */
  private gone(node: NodeId): void {
    this.waits.gone(node);
    this.guard('end what a node followed', () => this.followers.lost(node));
  }

  /** The registry decides which node does it: several may have ended in the same moment, so nobody knows which are left. */
  private async succeed(node: NodeId, left: readonly (() => void)[]): Promise<void> {
    try {
      if ((await this.registry.set(`end of ${node}`, this.node, 0)) === undefined) return;
    } catch (error) {
      const message = `nobody knows whether the testaments of ${node} were published: ${messageOf(error)}`;
      return this.parts.log({ level: 'warn', message, error });
    }
    for (const duty of left) this.guard('do what is left of a node', duty);
  }

  /** Both ends tell each other everything again. */
  broken(node: NodeId): void {
    if (!this.others.has(node)) return;
    this.parts.log({
      level: 'warn',
      message: `frames between this node and ${node} were lost: both tell each other everything again`,
    });
    for (const realm of this.parts.realms()) this.guard('forget what a node has told', () => void realm.lost(node, false));
    this.gone(node);
    if (!this.membership) return;
    this.greet(node);
    // When the other node knows again what is wanted here.
    void this.confirmed(new Set([node]))?.then(() => {
      for (const realm of this.parts.realms()) this.guard('publish that there was a gap', () => realm.gap());
    });
  }

  lost(): void {
    if (this.hasLeft) return;
    this.run++;
    this.membership = undefined;
    this.early = [];
    const others = [...this.others];
    this.others.clear();
    this.strangers.clear();
    for (const node of others) this.hasTold(node);
    for (const realm of this.parts.realms()) {
      for (const node of others) this.guard('forget a node', () => void realm.lost(node, false));
      this.guard('forget what this node had', () => realm.gaveUp());
    }
    for (const node of others) this.gone(node);
    this.parts.lost();
  }

  note(entry: LogEntry): void {
    this.parts.log(entry);
  }

  private hasTold(node: NodeId): void {
    if (this.untold.delete(node) && this.untold.size === 0) this.whenTold?.();
  }

  frame(from: NodeId, bytes: Uint8Array): void {
    if (!this.others.has(from)) return;
    if (!this.membership) {
      this.early.push([from, bytes.slice()]);
      return;
    }
    this.guard('take a frame', () => {
      const { head, carried } = readFrame(bytes, this.parts.formats);
      if (isAboutNodes(head)) this.hear(from, head[1]);
      else this.parts.realm(head[0])?.receive(from, head[1], carried);
    });
  }

  private hear(from: NodeId, saying: NodeSaying): void {
    switch (saying[0]) {
      case 'version':
        return this.compare(from, saying[1]);
      case 'greet':
        return this.parts.realm(saying[1])?.greet(from);
      case 'told':
        return this.hasTold(from);
      case 'confirm':
        return this.send(from, ['', ['confirmed', saying[1]]]);
      case 'confirmed':
        return this.answer(from, saying[1]);
      case 'follow':
      case 'unfollow':
      case 'news':
        return this.followers.hear(from, saying);
      default:
        saying satisfies never;
    }
  }

  /** Nodes that do not understand each other do not share anything. */
  private compare(from: NodeId, version: number): void {
    if (version === VERSION) return;
    const message = `the node ${from} is not taken: its frames have the version ${version}, this router's ${VERSION}`;
    this.parts.log({ level: 'error', message });
    this.forget(from, false);
    this.strangers.add(from);
  }

  /** A realm that is new at this node; others may have it already. */
  added(realm: Uri): void {
    if (this.membership) this.sendAll(this.others, ['', ['greet', realm]]);
  }

  send(to: NodeId, head: Head, carried?: Carried): void {
    this.membership?.send(to, writeFrame(head, carried, this.parts.formats));
  }

  sendAll(nodes: Iterable<NodeId>, head: Head, carried?: Carried): void {
    const { membership } = this;
    if (!membership) return;
    let frame: Uint8Array | undefined;
    for (const node of nodes) {
      frame ??= writeFrame(head, carried, this.parts.formats);
      membership.send(node, frame);
    }
  }

  /** Resolves when these nodes have taken everything that was sent to them before. Undefined: there are none. */
  confirmed(nodes: ReadonlySet<NodeId> = this.others): Promise<void> | undefined {
    return this.wait((tag) => this.sendAll(nodes, ['', ['confirm', tag]]), nodes);
  }

  /** Resolves when every one of these nodes has answered to this tag, or is gone. Undefined: there are none. */
  wait(ask: (tag: number) => void, nodes: ReadonlySet<NodeId> = this.others): Promise<void> | undefined {
    return nodes.size === 0 || !this.membership ? undefined : this.waits.begin(ask, nodes);
  }

  /** A node has answered to this tag. */
  answer(from: NodeId, tag: number): void {
    this.waits.answer(from, tag);
  }

  /** What goes wrong with one frame must not end the line. */
  private guard(what: string, task: () => void): void {
    try {
      task();
    } catch (error) {
      this.parts.log({ level: 'error', message: `the cluster failed to ${what}: ${messageOf(error)}`, error });
    }
  }
}

const NEVER = new Promise<void>(() => {});
