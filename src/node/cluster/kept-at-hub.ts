/* Answers of requests with an `Idempotency-Key`: kept for all processes, at the hub. */
import type { Kept, KeptOfAll, KnownRequest } from '../../router/index.ts';
import { KeptAnswers } from '../http-bridge/answers/kept-answers.ts';
import type { KeptRequest } from './hub-words.ts';

export class HubKept {
  private readonly kept = new Map<string, KeptAnswers>();

  /** @param by - The process that asks. */
  answer({ name, bounds, ...asked }: KeptRequest, by: object): KnownRequest | undefined {
    const kept = this.kept.get(name) ?? new KeptAnswers(bounds);
    this.kept.set(name, kept);
    switch (asked.do) {
      case 'begin':
        return kept.begin(asked.request, by);
      case 'finish':
        kept.finish(asked.request, asked.answer);
        return undefined;
      case 'forget':
        kept.forget(asked.request);
        return undefined;
      default:
        return asked satisfies never;
    }
  }

  gone(by: object): void {
    for (const kept of this.kept.values()) kept.lose(by);
  }

  close(): void {
    for (const kept of this.kept.values()) kept.close();
  }
}

/** The same, as one of the processes has it. @param ask - Asks the hub. */
export function keptAtHub(ask: <T>(request: KeptRequest) => Promise<T>): KeptOfAll {
  return {
    open: (name, bounds): Kept => ({
      begin: (request) => ask<KnownRequest>({ do: 'begin', name, bounds, request }),
      // Without the hub this process ends: the client still gets its answer.
      finish: (request, answer) => ask<void>({ do: 'finish', name, bounds, request, answer }).catch(() => {}),
      forget: (request) => ask<void>({ do: 'forget', name, bounds, request }).catch(() => {}),
      close: () => {}, // the others still take requests
    }),
  };
}
