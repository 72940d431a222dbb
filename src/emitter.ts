/*
 * Listeners of named events. A listener that throws disturbs nobody: it is handed to `onThrow`.
 */
import type { Off } from './words.ts';

type Listener = (...values: never[]) => void;

export class Emitter<Events extends { [name in keyof Events]: Listener }> {
  private readonly listeners = new Map<keyof Events, readonly Listener[]>();
  private readonly onThrow: (thrown: unknown) => void;

  constructor(onThrow: (thrown: unknown) => void) {
    this.onThrow = onThrow;
  }

  on<Name extends keyof Events>(name: Name, listener: Events[Name]): Off {
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
        (listener as (...values: Parameters<Events[Name]>) => void)(...values);
      } catch (thrown) {
        this.onThrow(thrown);
      }
    }
  }
}
