/* Classes that the client and other copies of this package know. A program may `require` one copy and `import` another one. */
import type { Any } from './any.ts';

/**
 * Gives a class a member by which the client takes its instances for its own, and an `instanceof` that knows those of other copies. Keys and JSON do not
 * show it. A program may set a member of that name.
 */
export function mark(marked: { readonly prototype: object }, member: string, get: (instance: Any) => unknown): void {
  const kind = Symbol.for(`autobahn.${member}`);
  Object.defineProperties(marked.prototype, {
    [kind]: { value: true },
    [member]: {
      get(this: object) {
        return get(this);
      },
      set(this: object, value: unknown) {
        Object.defineProperty(this, member, { value, configurable: true, enumerable: true, writable: true });
      },
    },
  });
  Object.defineProperty(marked, Symbol.hasInstance, {
    // A class that extends it has only its own instances.
    value(this: object, value: Any): boolean {
      return Function.prototype[Symbol.hasInstance].call(this, value) || (this === marked && Object(value)[kind] === true);
    },
  });
}
