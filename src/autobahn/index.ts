/**
 * The API of Autobahn|JS 26.3 over this client: a program changes its import, and nothing else.
 *
 * @module
 */
export * from './names.ts';

// `import autobahn from` and `autobahn.IConnectionOptions`: the value and the namespace of the types.
import * as names from './names.ts';

export { names as default };
