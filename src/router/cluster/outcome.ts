/* The answer of another node to what it was asked. */
import { ApplicationError, messageOf } from '../../base/errors.ts';
import type { Uri } from '../../base/words.ts';
import type { Carried } from '../../serializer/formats/carried.ts';
import type { Outcome } from '../elsewhere/elsewhere.ts';

/** @param error - Empty: it has succeeded. */
export function outcomeOf(error: Uri, payload: Carried | undefined): Outcome {
  try {
    const { args = [], kwargs } = payload?.values() ?? {};
    return error === '' ? { value: { args, kwargs } } : { error: new ApplicationError(error, args) };
  } catch (unfit) {
    return { error: new ApplicationError('wamp.error.invalid_argument', [messageOf(unfit)]) };
  }
}
