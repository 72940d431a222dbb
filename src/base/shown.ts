/*
 * What a log shows of an object that holds others. Without this, `console.log` of Node.js prints hundreds of lines of what is inside, and
 * some of that may be secret: the users of a router, the login of a connection.
 */

/** `console.log` of Node.js shows the class and these members, as far as they are defined. */
export function showAs(target: object, ...names: readonly string[]): void {
  const value = (): unknown => {
    const shown = Object.create(Object.getPrototypeOf(target));
    for (const name of names) {
      const value: unknown = Reflect.get(target, name);
      if (value !== undefined) Object.defineProperty(shown, name, { value, enumerable: true });
    }
    return shown;
  };
  Object.defineProperty(target, Symbol.for('nodejs.util.inspect.custom'), { value });
}
