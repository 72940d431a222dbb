/*
 * `Symbol` where there is none: strings that nobody else uses as names. And the well-known ones that came later than the first.
 */
import { define, fill, root } from './define.ts';

/** Lists and text of a platform without symbols can be iterated by index only, and its maps not at all. */
export const hadSymbol: boolean = typeof root.Symbol === 'function';

let count = 0;
function newSymbol(description?: unknown): string {
  return `@@${String(description ?? '')}#${++count}${Math.random().toString(36).slice(1)}`;
}

fill(root, { Symbol: newSymbol });
fill(root.Symbol, { for: (key: string) => `@@${key}`, iterator: '@@iterator' });
for (const name of ['asyncIterator', 'hasInstance'])
  if (!root.Symbol[name]) define(root.Symbol, name, root.Symbol.for(`Symbol.${name}`));

/** Walks what has a length, from one end to the other. */
export function walk(list: ArrayLike<unknown>, take: (index: number) => unknown): Iterator<unknown> {
  let index = 0;
  return iterator(() => (index < list.length ? { done: false, value: take(index++) } : { done: true, value: undefined }));
}

/** As those of the platform: it is its own iterable. */
export function iterator(next: () => IteratorResult<unknown>): Iterator<unknown> {
  const it = { next };
  define(it, root.Symbol.iterator, () => it);
  return it;
}

const values = {
  [root.Symbol.iterator](this: ArrayLike<unknown>): Iterator<unknown> {
    return walk(this, (index) => this[index]);
  },
};
for (const name of [
  'Array',
  'String',
  ...'Int8 Uint8 Int16 Uint16 Int32 Uint32 Float32 Float64'.split(' ').map((type) => `${type}Array`),
]) {
  const prototype = root[name]?.prototype;
  if (prototype && !prototype[root.Symbol.iterator]) define(prototype, root.Symbol.iterator, values[root.Symbol.iterator]);
}
