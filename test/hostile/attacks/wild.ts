/* What attacks on the framing of a transport share: peers that have not said HELLO, and frames that no client of good faith sends. */
import type { Arena } from '../arena.ts';
import type { Peer } from '../peer.ts';

export const HELLO: Buffer = Buffer.from('[1,"arena",{"roles":{"caller":{},"publisher":{}}}]');

/** The transport is open, and nothing was said. */
export async function openWild(arena: Arena, transport: 'websocket' | 'rawsocket'): Promise<Peer> {
  const peer = await arena.peer({ transport, format: 'json' });
  arena.wild(peer);
  return peer;
}

/** Each on a connection of its own; after each the connection must end. */
export async function expectCut(arena: Arena, transport: 'websocket' | 'rawsocket', frames: readonly Uint8Array[]): Promise<void> {
  const peers: Peer[] = [];
  for (const bytes of frames) {
    const peer = await openWild(arena, transport);
    arena.wild(peer, bytes);
    peer.write(bytes);
    peers.push(peer);
  }
  await arena.expectGone(peers, 'a frame that is none');
}

/** It announces much, sends less, and waits. */
export async function expectImpatience(arena: Arena, transport: 'websocket' | 'rawsocket', frame: Uint8Array): Promise<void> {
  const peers: Peer[] = [];
  for (let i = 0; i < 20; i++) {
    const peer = await openWild(arena, transport);
    peer.write(frame);
    peers.push(peer);
  }
  await arena.expectGone(peers, 'half a frame, and no HELLO');
}

/** One to four bits of it are turned over. */
export function flipBits(arena: Arena, bytes: Buffer): void {
  const { random } = arena;
  for (let flips = 1 + random.below(4); flips > 0; flips--) {
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  }
}
