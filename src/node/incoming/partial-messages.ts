/*
 * Incomplete incoming messages, over all connections of a router: messages of WebSocket and RawSocket, and posts
 * of long-poll. Each has its own limit; this limits them in total. If all together are too much, the oldest one of the address with the
 * most bytes is dropped. So a client that begins messages and does not end them uses up its own room.
 */

import { networkOf } from '../../router/limits/crowd.ts';
import type { Router } from '../../router/router.ts';
import { type Counts, Share } from '../../router/together/counts.ts';

/** The text for the sender and the log: there was no room for the rest of a message. */
export const FULL_OF_PARTS = 'too many messages are coming in at once and are not whole (limits.maxPartialBytes)';

export class PartialMessage {
  /** Called when there is no room for it: drop all of it. */
  onDrop: () => void = () => {};
  private readonly all: PartialMessages;
  readonly address: string;
  bytes = 0;
  private isOver = false;

  constructor(all: PartialMessages, address: string) {
    this.all = all;
    this.address = address;
  }

  /** Reports how many bytes of a message have come. 0: it is complete, and the next one has not begun. May call `onDrop`. */
  hold(bytes: number): void {
    if (bytes !== this.bytes && !this.isOver) this.all.change(this, bytes);
  }

  /** Reports that nothing of it is kept any more. */
  end(): void {
    this.hold(0);
    this.isOver = true;
  }
}

export class PartialMessages {
  private readonly share: Share;
  private total = 0;
  /** By address; the oldest first. Those without a byte are not in it. */
  private readonly groups = new Map<string, Set<PartialMessage>>();

  /** @param most - Of all together, in bytes. @param counts - Of all nodes of a cluster. */
  constructor(most: number, counts?: Counts) {
    this.share = new Share('partial', most, counts);
    this.share.watch(() => this.trim());
  }

  /** @param peer - Where it comes from: an address, with a port or without. */
  open(peer: string | undefined): PartialMessage {
    return new PartialMessage(this, networkOf(peer) ?? '');
  }

  /** For `PartialMessage` only. */
  change(message: PartialMessage, bytes: number): void {
    const { address, bytes: before } = message;
    this.total += bytes - before;
    message.bytes = bytes;
    const group = this.groups.get(address);
    if (bytes === 0) {
      group?.delete(message);
      if (group?.size === 0) this.groups.delete(address);
    } else if (before === 0) {
      if (group) group.add(message);
      else this.groups.set(address, new Set([message]));
    }
    this.share.tell(this.total);
    this.trim();
  }

  private trim(): void {
    while (this.total > this.share.most) {
      const oldest = this.oldestOfFullest();
      if (!oldest) return;
      oldest.end();
      oldest.onDrop();
    }
  }

  /** Of at least the average length: dropping a few bytes would not help. */
  private oldestOfFullest(): PartialMessage | undefined {
    let fullest: ReadonlySet<PartialMessage> = new Set();
    let most = 0;
    for (const group of this.groups.values()) {
      let bytes = 0;
      for (const message of group) bytes += message.bytes;
      if (bytes <= most) continue;
      most = bytes;
      fullest = group;
    }
    for (const message of fullest) if (message.bytes * fullest.size >= most) return message;
    return undefined;
  }
}

const ofRouters = new WeakMap<Router, PartialMessages>();

/** One for each router, for all its ports. */
export function partialMessages(router: Router): PartialMessages {
  const known = ofRouters.get(router);
  if (known) return known;
  const made = new PartialMessages(router.limits.maxPartialBytes, router.counts);
  ofRouters.set(router, made);
  return made;
}
