/* What a process and the hub say to each other, as JSON: one object a frame. */
import type { Entry } from '../../router/index.ts';

/** From a process to the hub. */
export type ToHub =
  | { readonly say: 'join'; readonly path: string }
  | { readonly say: 'get'; readonly id: number; readonly key: string }
  | { readonly say: 'set'; readonly id: number; readonly key: string; readonly value?: string; readonly seen: number }
  | { readonly say: 'here' };

/** From the hub to a process. */
export type FromHub =
  | { readonly say: 'welcome'; readonly node: string; readonly others: readonly { readonly node: string; readonly path: string }[] }
  | { readonly say: 'down'; readonly node: string }
  | { readonly say: 'entry'; readonly id: number; readonly entry?: Entry }
  | { readonly say: 'revision'; readonly id: number; readonly revision?: number }
  | { readonly say: 'here?' };

export function wordsOf(words: ToHub | FromHub): Uint8Array {
  return Buffer.from(JSON.stringify(words));
}

export function readWords<W extends ToHub | FromHub>(frame: Uint8Array): W {
  return JSON.parse(Buffer.from(frame.buffer, frame.byteOffset, frame.length).toString());
}
