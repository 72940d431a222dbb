/**
 * What a function over the verbs is given, looked at where it is given: else it shows later, as an error of the platform.
 *
 * @param method - What it has, if it is what was expected.
 * @throws TypeError
 */
export function checkGiven(expected: string, given: unknown, method?: string): void {
  const isObject = Object(given) === given;
  if (isObject && (!method || typeof (given as { readonly [name: string]: unknown })[method] === 'function')) return;
  throw new TypeError(`expected ${expected}, got ${isObject ? typeof given : String(given)}`);
}
