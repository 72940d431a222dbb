/*
 * The procedures below `autostrada.inspect.`: what a router says of itself. They are at the local control, and in the realm of `control`, where permissions say who may call
 * them.
 */
import { ApplicationError, type Connection } from '../../index.ts';
import type { ExplainQuestion, Explanation, Router } from '../../router/index.ts';
import { messageOf } from '../text/usage.ts';

/** Takes a `ExplainQuestion` as its argument, and returns an `Explanation`. */
export const EXPLAIN = 'autostrada.inspect.explain';

/** @returns Once it is registered. */
export async function offerInspection(router: Router, connection: Connection): Promise<void> {
  await connection.register(EXPLAIN, async ([question]: readonly [ExplainQuestion]): Promise<Explanation> => {
    try {
      return await router.explain(question); // which checks it
    } catch (error) {
      if (error instanceof TypeError) throw new ApplicationError('wamp.error.invalid_argument', [messageOf(error)]);
      throw error;
    }
  }).ready;
}
