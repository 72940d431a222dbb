/*
 * Listeners of named events. When a listener throws, or its promise rejects, the others still run, and `onThrow` gets the
 * error.
 */
import { nearest } from './nearest.ts';
import { isThenable, type Off } from './words.ts';

type Listener = (...values: never[]) => unknown;

interface Entry<Events> {
  readonly name: keyof Events;
  readonly listener: Events[keyof Events];
}

export class Emitter<Events extends { [name in keyof Events]: Listener }> {
  private listeners: readonly Entry<Events>[] = [];
  private readonly names: readonly (keyof Events & string)[];
  private readonly onThrow: (thrown: unknown, name: keyof Events) => void;

  constructor(names: readonly (keyof Events & string)[], onThrow: (thrown: unknown, name: keyof Events) => void) {
    this.names = names;
    this.onThrow = onThrow;
  }

  /** @throws TypeError for an unknown event, and for a listener that is not a function. */
  on<Name extends keyof Events & string>(name: Name, listener: Events[Name]): Off {
    const { names } = this;
    if (!names.includes(name))
      throw new TypeError(`expected an event (${names.join(', ')}), got '${name}'${nearest(String(name), names)}`);
    if (typeof listener !== 'function')
      throw new TypeError(`expected a function as listener of '${String(name)}', got ${typeof listener}`);
    const entry: Entry<Events> = { name, listener }; // the same function, added twice, is called twice
    this.listeners = [...this.listeners, entry];
    return () => {
      this.listeners = this.listeners.filter((each) => each !== entry);
    };
  }

  has(name: keyof Events): boolean {
    return this.listeners.some((each) => each.name === name);
  }

  emit<Name extends keyof Events>(name: Name, ...values: Parameters<Events[Name]>): void {
    for (const { name: its, listener } of this.listeners) {
      if (its !== name) continue;
      try {
        const given: unknown = (listener as (...values: Parameters<Events[Name]>) => unknown)(...values);
        if (isThenable(given)) given.then(undefined, (thrown: unknown) => this.onThrow(thrown, name));
      } catch (thrown) {
        this.onThrow(thrown, name);
      }
    }
  }
}
