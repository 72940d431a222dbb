/* How all errors name a place in the configuration: `config.realms["shop"].users["jane"].authrole`. */

/** Objects whose keys are names that the user chose. They are written in brackets. */
const NAMED = /\.(?:realms|authroles|users)$/;

/** The path of a member of the object at `path`. */
export function within(path: string, key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) && !NAMED.test(path) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}
