/*
 * A router as one node of a cluster: the other nodes, what is asked of them, and which realm a frame is for. shared-realm.ts has what frames mean in a realm.
 */
import { messageOf } from '../../base/errors.ts';
import type { Uri } from '../../base/words.ts';
import type { Carried } from '../../serializer/formats/carried.ts';
import type { Formats } from '../../serializer/formats/formats.ts';
import type { Engine, EngineEvents, Membership, NodeId, Registry } from '../elsewhere/engine.ts';
import type { LogEntry } from '../turns/log.ts';
import { type Head, type NodeSaying, readFrame, type Saying, VERSION, writeFrame } from './frames.ts';

/** The part of a realm that gets frames. */
export interface SharedPart {
  /** A node has come: it gets all that it has to know. */
  greet(node: NodeId): void;
  receive(from: NodeId, saying: Saying, carried: Carried | undefined): void;
  /** A node is gone. @param isHeir - This node does what only one of those that are left may do. */
  lost(node: NodeId, isHeir: boolean): void;
}

export interface ClusterParts {
  readonly engine: Engine;
  readonly formats: Formats;
  readonly log: (entry: LogEntry) => void;
  realm(name: Uri): SharedPart | undefined;
  realms(): Iterable<SharedPart>;
}

/** What other nodes have to answer. */
interface Wait {
  readonly from: Set<NodeId>;
  done(): void;
}

export class Cluster implements EngineEvents {
  private readonly parts: ClusterParts;
  private membership: Membership | undefined;
  /** The other nodes. */
  private readonly others = new Set<NodeId>();
  /** Nodes that have not told yet what they have. */
  private readonly untold = new Set<NodeId>();
  private readonly waits = new Map<number, Wait>();
  private last = 0;
  private whenTold: (() => void) | undefined;
  /** What came before this node was able to answer. */
  private early: (readonly [from: NodeId, frame: Uint8Array])[] = [];
  private hasLeft = false;

  constructor(parts: ClusterParts) {
    this.parts = parts;
  }

  /** Resolves when this node knows what the others have. */
  async join(): Promise<void> {
    this.membership = await this.parts.engine.join(this);
    if (this.hasLeft) return this.membership.leave();
    for (const node of this.others) this.greet(node);
    for (const [from, frame] of this.early.splice(0)) this.frame(from, frame);
    if (this.untold.size === 0) return;
    await new Promise<void>((resolve) => {
      this.whenTold = resolve;
    });
  }

  async leave(): Promise<void> {
    this.hasLeft = true;
    await this.membership?.leave();
  }

  get node(): NodeId {
    return this.member.node;
  }

  get registry(): Registry {
    return this.member.registry;
  }

  get nodes(): ReadonlySet<NodeId> {
    return this.others;
  }

  private get member(): Membership {
    if (!this.membership) throw new Error('this router is no node of a cluster yet');
    return this.membership;
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
  }

  down(node: NodeId): void {
    if (!this.others.delete(node)) return;
    this.hasTold(node);
    const isHeir = [...this.others].every((other) => other > this.node);
    for (const realm of this.parts.realms()) this.guard('forget a node', () => realm.lost(node, isHeir));
    for (const [tag, wait] of [...this.waits]) this.answered(tag, wait, node);
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
      default:
        saying satisfies never;
    }
  }

  /** Nodes that do not understand each other do not share anything. */
  private compare(from: NodeId, version: number): void {
    if (version === VERSION) return;
    const message = `the node ${from} is not taken: its frames have the version ${version}, this router's ${VERSION}`;
    this.parts.log({ level: 'error', message });
    this.down(from);
  }

  /** A realm that is new at this node; others may have it already. */
  added(realm: Uri): void {
    if (this.membership) this.sendAll(this.others, ['', ['greet', realm]]);
  }

  send(to: NodeId, head: Head, carried?: Carried): void {
    this.member.send(to, writeFrame(head, carried, this.parts.formats));
  }

  sendAll(nodes: Iterable<NodeId>, head: Head, carried?: Carried): void {
    let frame: Uint8Array | undefined;
    for (const node of nodes) {
      frame ??= writeFrame(head, carried, this.parts.formats);
      this.member.send(node, frame);
    }
  }

  /** Resolves when these nodes have taken everything that was sent to them before. Undefined: there are none. */
  confirmed(nodes: ReadonlySet<NodeId> = this.others): Promise<void> | undefined {
    return this.wait((tag) => this.sendAll(nodes, ['', ['confirm', tag]]), nodes);
  }

  /** Resolves when every one of these nodes has answered to this tag, or is gone. Undefined: there are none. */
  wait(ask: (tag: number) => void, nodes: ReadonlySet<NodeId> = this.others): Promise<void> | undefined {
    if (nodes.size === 0) return undefined;
    const tag = ++this.last;
    return new Promise((done) => {
      this.waits.set(tag, { from: new Set(nodes), done });
      ask(tag);
    });
  }

  /** A node has answered to this tag. */
  answer(from: NodeId, tag: number): void {
    const wait = this.waits.get(tag);
    if (wait) this.answered(tag, wait, from);
  }

  private answered(tag: number, { from, done }: Wait, node: NodeId): void {
    from.delete(node);
    if (from.size > 0) return;
    this.waits.delete(tag);
    done();
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

function isAboutNodes(head: Head): head is readonly ['', NodeSaying] {
  return head[0] === '';
}
