/* A request with an `Idempotency-Key` is carried out once, and what came of it is kept. */
import type { Kept, KeyedRequest, KnownRequest } from '../../../router/together/kept.ts';
import { HttpProblem, UNAVAILABLE } from '../requests/problems.ts';
import type { Answer } from './answers.ts';

/** What came of a request. */
export interface Outcome {
  readonly answer: Answer;
  /** Nothing was done, so the same request may be carried out later. */
  readonly isUndone: boolean;
}

/**
 * Carries out a request, if it has not been carried out before.
 *
 * @throws HttpProblem 409 if it is running, or if its answer is not known; 422 if another request had the same key; 503 without room.
 */
export async function once(kept: Kept, request: KeyedRequest, work: () => Promise<Outcome>): Promise<Answer> {
  const known = await begun(kept, request);
  if (known !== 'new') return answerFrom(known);
  let outcome: Outcome | undefined;
  try {
    outcome = await work();
    return outcome.answer;
  } finally {
    // It is kept before the client has it, because the client may come again at once, to another process.
    if (outcome && !outcome.isUndone) await kept.finish(request, outcome.answer);
    else await kept.forget(request);
  }
}

async function begun(kept: Kept, request: KeyedRequest): Promise<KnownRequest> {
  try {
    return await kept.begin(request);
  } catch {
    throw new HttpProblem(503, 'this process of the router ends', { uri: UNAVAILABLE });
  }
}

function answerFrom(known: Exclude<KnownRequest, 'new'>): Answer {
  switch (known) {
    case 'running':
      throw new HttpProblem(409, 'the request with this Idempotency-Key is still running', { headers: { 'retry-after': '1' } });
    case 'other':
      throw new HttpProblem(422, 'expected a new Idempotency-Key for another request, got the key of an earlier one');
    case 'long':
      throw new HttpProblem(409, 'the request with this Idempotency-Key was carried out, but its answer was too long to be kept');
    case 'lost':
      throw new HttpProblem(
        409,
        'the request with this Idempotency-Key may have been carried out: the process that had it has ended',
      );
    case 'full':
      throw new HttpProblem(503, 'too many requests with an Idempotency-Key run at once', { uri: UNAVAILABLE });
    default:
      return { ...known, headers: { ...known.headers, 'idempotent-replayed': 'true' } };
  }
}
