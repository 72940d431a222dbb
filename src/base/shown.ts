/*
 * What a log shows of an object that holds others. Without this, `console.log` of Node.js prints hundreds of lines of what is inside, and
 * some of that may be secret: the users of a router, the login of a connection. `JSON.stringify` would fail or show it, too.
 */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * `console.log` of Node.js shows the class and these members, as far as they are defined, and `JSON.stringify` the same members. If the
 * target has `toJSON`, both show what that gives.
 */
export function showAs(target: object, ...names: readonly string[]): void {
  if (!('toJSON' in target)) {
    const toJSON = function (this: object): object {
      const shown = {};
      for (const name of names) {
        const value: unknown = Reflect.get(this, name);
        if (value !== undefined) Object.defineProperty(shown, name, { value, enumerable: true });
      }
      return shown;
    };
    Object.defineProperty(target, 'toJSON', { value: toJSON });
  }
  const inspect = function (this: { toJSON(): object }): object {
    const members = Object.getOwnPropertyDescriptors(this.toJSON());
    return Object.create(Object.getPrototypeOf(this), { ...members, [INSPECT]: { value: undefined } });
  };
  Object.defineProperty(target, INSPECT, { value: inspect });
}
