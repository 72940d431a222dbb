/*
 * Finds the schemas of a URI, and checks that they are schemas.
 */
import { isDict, memberOf } from '../base/checks.ts';
import { withoutSecrets } from '../base/options.ts';
import { validPattern } from '../protocol/uri.ts';
import type { ProcedureSchema, TopicSchema } from './schema.ts';

const PARTS = {
  procedures: ['args', 'kwargs', 'result', 'progress', 'input'],
  topics: ['args', 'kwargs'],
} as const;

/**
 * @returns A function that finds by URI: the URI itself, else the first wildcard that matches it.
 * @throws TypeError for a key that is neither a URI nor a wildcard, for a value that is not a schema, and for a schema that has no meaning.
 */
export function finder<S extends ProcedureSchema | TopicSchema>(
  kind: keyof typeof PARTS,
  definition: { readonly [uri: string]: S } = {},
): (uri: string) => S | undefined {
  const schemas = new Map(Object.entries(definition));
  const wildcards: (readonly [components: readonly string[], schema: S])[] = [];
  for (const [uri, schema] of schemas) {
    checkEntry(kind, uri, schema);
    const components = uri.split('.');
    if (components.includes('')) wildcards.push([components, schema]);
  }
  return (uri) => {
    const exact = schemas.get(uri);
    if (exact || wildcards.length === 0) return exact;
    const parts = uri.split('.');
    const isMet = (components: readonly string[]): boolean =>
      components.length === parts.length && components.every((component, i) => !component || component === parts[i]);
    return wildcards.find(([components]) => isMet(components))?.[1];
  };
}

/** @throws TypeError */
function checkEntry(kind: keyof typeof PARTS, uri: string, entry: unknown): void {
  if (uri === '' || validPattern(uri) !== undefined)
    throw new TypeError(
      `expected the keys of ${kind} to be URIs, or wildcards such as 'com.shop..price', got ${JSON.stringify(uri)}`,
    );
  const parts: readonly string[] = PARTS[kind];
  const expected = `expected Standard Schemas (${parts.join(', ')}) of ${uri}, got`;
  if (isSchema(entry)) throw new TypeError(`${expected} one schema, which does not say of what it is`);
  if (!isDict(entry)) throw new TypeError(`${expected} ${withoutSecrets(entry)}`);
  for (const [part, schema] of Object.entries(entry)) {
    if (!parts.includes(part) || !isSchema(schema))
      throw new TypeError(`${expected} ${isSchema(schema) ? 'one' : withoutSecrets(schema)} as '${part}'`);
  }
}

/** An object, or a function (ArkType). */
function isSchema(value: unknown): boolean {
  return typeof memberOf(memberOf(value, '~standard'), 'validate') === 'function';
}
