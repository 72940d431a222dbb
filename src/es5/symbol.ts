/*
 * `Symbol` if there is none: strings that no other code uses as names. And well-known symbols that are newer than `Symbol`.
 */
import { define, fill, root } from './define.ts';

/** On a platform without symbols, lists and text can only be iterated by index, and maps not at all. */
export const hadSymbol: boolean = typeof root.Symbol === 'function';

let count = 0;
function newSymbol(description?: unknown): string {
  return `@@${String(description ?? '')}#${++count}${Math.random().toString(36).slice(1)}`;
}

fill(root, { Symbol: newSymbol });
fill(root.Symbol, { for: (key: string) => `@@${key}`, iterator: '@@iterator' });
for (const name of ['asyncIterator', 'hasInstance'])
  if (!root.Symbol[name]) define(root.Symbol, name, root.Symbol.for(`Symbol.${name}`));

/** Iterates over anything with a length. */
export function walk(list: ArrayLike<unknown>, take: (index: number) => unknown): Iterator<unknown> {
  let index = 0;
  return iterator(() => (index < list.length ? { done: false, value: take(index++) } : { done: true, value: undefined }));
}

/** Like the platform's iterators: it is its own iterable. */
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
