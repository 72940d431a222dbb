/*
 * Group commit: what is written while a write is running goes out together in the next one. So a slow disk makes groups larger, and not the queue of writes longer.
 */

/** One change of the store. */
export type Change =
  | { readonly type: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: string };

interface Waiting {
  readonly changes: readonly Change[];
  resolve(): void;
  reject(error: unknown): void;
}

export class Commits {
  private readonly commit: (changes: Change[]) => Promise<void>;
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;

  /** @param commit - Writes all of these changes, or none. */
  constructor(commit: (changes: Change[]) => Promise<void>) {
    this.commit = commit;
  }

  /** Changes take effect in the order of the calls. @returns A promise that resolves when they are safe. */
  write(changes: readonly Change[]): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      this.waiting.push({ changes, resolve, reject });
    });
    this.running ??= this.run();
    return written;
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    await Promise.resolve(); // messages of the same read go into the same group
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      try {
        await this.commit(group.flatMap(({ changes }) => changes));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.running = undefined;
  }
}
