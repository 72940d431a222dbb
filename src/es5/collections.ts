/*
 * Map, Set and WeakMap if they are missing or incomplete (those of Internet Explorer 11 take no content and cannot be iterated). They keep the order of
 * insertion, and can be changed during an iteration. Primitive keys are found by a dict, objects by a linear search: our maps
 * hold ids and URIs, and only a few functions.
 */
import { define, fill, type Host, root } from './define.ts';
import { hadSymbol, iterator } from './symbol.ts';

interface Entry {
  readonly key: unknown;
  value: unknown;
  next: Entry | undefined;
  previous: Entry | undefined;
  isGone: boolean;
}

class OldMap {
  size = 0;
  private first: Entry | undefined;
  private last: Entry | undefined;
  private index: { [key: string]: Entry } = Object.create(null);

  constructor(entries?: Iterable<readonly [unknown, unknown]> | null) {
    if (entries) for (const [key, value] of entries) this.set(key, value);
  }

  get(key: unknown): unknown {
    return this.find(key)?.value;
  }

  has(key: unknown): boolean {
    return this.find(key) !== undefined;
  }

  set(key: unknown, value: unknown): this {
    const found = this.find(key);
    if (found) {
      found.value = value;
      return this;
    }
    const entry: Entry = { key, value, next: undefined, previous: this.last, isGone: false };
    if (this.last) this.last.next = entry;
    else this.first = entry;
    this.last = entry;
    if (!isObject(key)) this.index[nameOf(key)] = entry;
    this.size++;
    return this;
  }

  delete(key: unknown): boolean {
    const entry = this.find(key);
    if (!entry) return false;
    if (!isObject(key)) delete this.index[nameOf(key)];
    if (entry.previous) entry.previous.next = entry.next;
    else this.first = entry.next;
    if (entry.next) entry.next.previous = entry.previous;
    else this.last = entry.previous;
    entry.isGone = true; // it keeps `previous`, so that an iterator on it can find its way back
    this.size--;
    return true;
  }

  clear(): void {
    for (let entry = this.first; entry; entry = this.first) this.delete(entry.key);
  }

  forEach(each: (value: unknown, key: unknown, all: this) => void, self?: unknown): void {
    for (let entry = this.after(undefined); entry; entry = this.after(entry)) each.call(self, entry.value, entry.key, this);
  }

  keys(): Iterator<unknown> {
    return this.iterate((entry) => entry.key);
  }

  values(): Iterator<unknown> {
    return this.iterate((entry) => entry.value);
  }

  entries(): Iterator<unknown> {
    return this.iterate((entry) => [entry.key, entry.value]);
  }

  private iterate(take: (entry: Entry) => unknown): Iterator<unknown> {
    let at: Entry | undefined;
    let isOver = false;
    return iterator(() => {
      if (!isOver) at = this.after(at);
      if (at && !isOver) return { done: false, value: take(at) };
      isOver = true;
      return { done: true, value: undefined };
    });
  }

  private after(entry: Entry | undefined): Entry | undefined {
    let at = entry;
    while (at?.isGone) at = at.previous;
    return at ? at.next : this.first;
  }

  private find(key: unknown): Entry | undefined {
    if (!isObject(key)) return this.index[nameOf(key)];
    let entry = this.first;
    while (entry && entry.key !== key) entry = entry.next;
    return entry;
  }
}

class OldSet extends OldMap {
  constructor(values?: Iterable<unknown> | null) {
    super();
    if (values) for (const value of values) this.add(value);
  }

  add(value: unknown): this {
    return this.set(value, value);
  }
}

function isObject(key: unknown): boolean {
  return typeof key === 'function' || (typeof key === 'object' && key !== null);
}

function nameOf(key: unknown): string {
  return `${typeof key} ${String(key)}`;
}

/** Keeps its value in the key itself, so that both are freed together. */
class OldWeakMap {
  private readonly name = root.Symbol('weak');

  get(key: Host): unknown {
    return Object.hasOwn(key, this.name) ? key[this.name] : undefined;
  }

  has(key: Host): boolean {
    return Object.hasOwn(key, this.name);
  }

  set(key: Host, value: unknown): this {
    define(key, this.name, value);
    return this;
  }

  delete(key: Host): boolean {
    return this.has(key) && delete key[this.name];
  }
}

define(OldMap.prototype, root.Symbol.iterator, OldMap.prototype.entries);
define(OldSet.prototype, root.Symbol.iterator, OldMap.prototype.values);
if (!hadSymbol || !root.Map?.prototype.entries) define(root, 'Map', OldMap);
if (!hadSymbol || !root.Set?.prototype.values) define(root, 'Set', OldSet);
fill(root, { WeakMap: OldWeakMap });
