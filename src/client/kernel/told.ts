/*
 * Promises that a program need not await, and whose rejection must not get lost: the program is told where it awaits, else elsewhere.
 */

/**
 * A promise whose outcome is looked for when somebody awaits it, and not before.
 *
 * `await` takes a promise of the platform's own without a call that could be seen. Where the constructor is another one, it calls `then`.
 */
export function askedFor(outcome: () => Promise<void>): Promise<void> {
  const then: Promise<void>['then'] = (done, failed) => outcome().then(done, failed);
  const value = { resolve: (given: unknown) => Promise.resolve(given) }; // for the `finally` of polyfills
  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  return Object.defineProperties(Promise.resolve(), { then: { value: then }, constructor: { value } });
}

/** A promise with the same outcome. When it rejects and nobody has awaited it by then, `tell` hears of it, and the platform does not. */
export function toldUnlessAwaited(outcome: Promise<void>, tell: (error: unknown) => void): Promise<void> {
  let isAwaited = false;
  outcome.catch(async (error: unknown) => {
    await undefined; // whoever awaits it in the same breath
    if (!isAwaited) tell(error);
  });
  return askedFor(() => {
    isAwaited = true;
    return outcome;
  });
}
