/*
 * Listeners of named events. A listener that throws, or gives a promise that rejects, disturbs nobody: that goes to `onThrow`.
 */
import { nearest } from './nearest.ts';
import { isThenable, type Off } from './words.ts';

type Listener = (...values: never[]) => unknown;

export class Emitter<Events extends { [name in keyof Events]: Listener }> {
  private readonly listeners = new Map<keyof Events, readonly Listener[]>();
  private readonly names: readonly (keyof Events & string)[];
  private readonly onThrow: (thrown: unknown, name: keyof Events) => void;

  constructor(names: readonly (keyof Events & string)[], onThrow: (thrown: unknown, name: keyof Events) => void) {
    this.names = names;
    this.onThrow = onThrow;
  }

  /** @throws TypeError for an event that there is not, and for a listener that is no function. */
  on<Name extends keyof Events & string>(name: Name, listener: Events[Name]): Off {
    const { names } = this;
    if (!names.includes(name))
      throw new TypeError(`expected an event (${names.join(', ')}), got '${name}'${nearest(String(name), names)}`);
    if (typeof listener !== 'function')
      throw new TypeError(`expected a function as listener of '${String(name)}', got ${typeof listener}`);
    const entry: Listener = (...values) => listener(...values); // the same function twice is two listeners
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), entry]);
    return () => {
      this.listeners.set(
        name,
        (this.listeners.get(name) ?? []).filter((each) => each !== entry),
      );
    };
  }

  has(name: keyof Events): boolean {
    return (this.listeners.get(name)?.length ?? 0) > 0;
  }

  emit<Name extends keyof Events>(name: Name, ...values: Parameters<Events[Name]>): void {
    for (const listener of this.listeners.get(name) ?? []) {
      try {
        const given: unknown = (listener as (...values: Parameters<Events[Name]>) => unknown)(...values);
        if (isThenable(given)) given.then(undefined, (thrown: unknown) => this.onThrow(thrown, name));
      } catch (thrown) {
        this.onThrow(thrown, name);
      }
    }
  }
}
