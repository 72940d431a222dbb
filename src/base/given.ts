/**
 * Checks at once what a function over the verbs was given. Without it, the error would come later, from the platform.
 *
 * @param method - A method that the right value has.
 * @throws TypeError
 */
export function checkGiven(expected: string, given: unknown, method?: string): void {
  const isObject = Object(given) === given;
  if (isObject && (!method || typeof (given as { readonly [name: string]: unknown })[method] === 'function')) return;
  throw new TypeError(
    `expected ${expected}, got ${isObject ? (method ? `something without ${method}` : typeof given) : String(given)}`,
  );
}
