/*
 * Which schemas a URI has, and whether they are any.
 */
import type { ProcedureSchema, TopicSchema } from './schema.ts';

const PARTS = ['args', 'kwargs', 'result', 'progress', 'input'];

/**
 * @returns Finds by URI: the URI itself, else the first wildcard that it fits.
 * @throws TypeError for what is no schema.
 */
export function finder<S extends ProcedureSchema | TopicSchema>(
  definition: { readonly [uri: string]: S } = {},
): (uri: string) => S | undefined {
  const schemas = new Map(Object.entries(definition));
  const wildcards: (readonly [components: readonly string[], schema: S])[] = [];
  for (const [uri, schema] of schemas) {
    for (const [part, value] of Object.entries(schema)) {
      if (!PARTS.includes(part) || typeof value?.['~standard']?.validate !== 'function')
        throw new TypeError(`expected Standard Schemas (${PARTS.join(', ')}) of ${uri}, got ${typeof value} as '${part}'`);
    }
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
