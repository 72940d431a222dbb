/*
 * What a router may say to anybody, attackers among them: messages of its own side, of the right shape, and answers only to what was asked.
 * One judge for each line.
 */

import { Code } from '../fixtures/messages.ts';
import type { List } from './peer.ts';

type Kind = 'id' | 'dict' | 'uri' | 'list' | 'type' | 'any';

/** Elements after the code; those in brackets may be absent. */
const shapes: { readonly [code: number]: readonly (Kind | readonly [Kind])[] } = {
  2: ['id', 'dict'],
  3: ['dict', 'uri', ['list'], ['dict']],
  4: ['uri', 'dict'],
  6: ['dict', 'uri'],
  8: ['type', 'any', 'dict', 'uri', ['list'], ['dict']],
  17: ['id', 'id'],
  33: ['id', 'id'],
  35: ['any', ['dict']],
  36: ['id', 'id', 'dict', ['list'], ['dict']],
  50: ['id', 'dict', ['list'], ['dict']],
  65: ['id', 'id'],
  67: ['any', ['dict']],
  68: ['id', 'id', 'dict', ['list'], ['dict']],
  69: ['id', 'dict'],
};

/** Which request each answer belongs to. */
const requestOf: { readonly [code: number]: number } = { 17: 16, 33: 32, 35: 34, 50: 48, 65: 64, 67: 66 };

export class Judge {
  /** Requests by their type, as far as they could be read. */
  private readonly asked = new Map<number, Set<unknown>>();
  /** After ABORT nothing comes; after GOODBYE only what answers another HELLO. */
  private state: 'open' | 'left' | 'over' = 'open';
  /** It was sent what cannot be told here: only shapes are looked at. */
  isWild = false;

  sent(list: List): void {
    const [code, request] = list;
    if (typeof code !== 'number') return;
    const requests = this.asked.get(code) ?? new Set();
    requests.add(request);
    this.asked.set(code, requests);
  }

  /** What is wrong with an answer; undefined: nothing. */
  complaint(list: List): string | undefined {
    const [code, first, second] = list;
    const shape = typeof code === 'number' ? shapes[code] : undefined;
    if (!shape) return `a router does not send ${code}`;
    const least = shape.filter((kind) => typeof kind === 'string').length;
    if (list.length - 1 < least || list.length - 1 > shape.length) return `${list.length} elements`;
    for (const [i, kind] of shape.entries()) {
      if (i + 1 < list.length && !is(list[i + 1], typeof kind === 'string' ? kind : kind[0]))
        return `element ${i + 1} is no ${kind}`;
    }
    const isOpening = code === Code.WELCOME || code === Code.ABORT || code === Code.CHALLENGE;
    if (this.state === 'over' || (this.state === 'left' && !isOpening)) return 'a message after the end of the session';
    this.state = code === Code.ABORT ? 'over' : code === Code.GOODBYE ? 'left' : 'open';
    if (this.isWild) return undefined;
    const wanted = typeof code === 'number' ? requestOf[code] : undefined;
    if (wanted !== undefined && !this.asked.get(wanted)?.has(first)) {
      const isRevocation = (code === Code.UNSUBSCRIBED || code === Code.UNREGISTERED) && first === 0;
      if (!isRevocation) return `nobody asked for it: ${wanted} ${first}`;
    }
    if (code === Code.ERROR && !this.asked.get(Number(first))?.has(second)) return `nobody asked for it: ${first} ${second}`;
    return undefined;
  }
}

function is(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'id':
      return Number.isInteger(value) && (value as number) > 0 && (value as number) <= 2 ** 53;
    case 'dict':
      return value instanceof Map || (typeof value === 'object' && value !== null && !Array.isArray(value));
    case 'list':
      return Array.isArray(value);
    case 'uri':
      return typeof value === 'string' && value !== '';
    case 'type':
      return [16, 32, 34, 48, 64, 66].includes(value as number);
    case 'any':
      return true;
    default:
      return kind satisfies never;
  }
}
