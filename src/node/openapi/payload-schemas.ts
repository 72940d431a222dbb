/*
 * What the bodies of the bridge look like, by the schemas of the payload: a list, an object, both, one bare value, or nothing.
 */
import { memberOf } from '../../base/checks.ts';
import { type JsonSchema, type JsonSchemas, type NamedSchema, takes } from './json-schemas.ts';

const LIST: JsonSchema = { type: 'array' };
const DICT: JsonSchema = { type: 'object' };

/** Undefined: this part is empty. */
interface Part extends NamedSchema {
  readonly mayBeEmpty: boolean;
}

export interface PayloadSchemas {
  readonly args: Part | undefined;
  readonly kwargs: Part | undefined;
}

/** @param entry - Of a contract: the schemas of one procedure or topic. */
export function payloadSchemas(schemas: JsonSchemas, uri: string, entry: object): PayloadSchemas {
  const part = (name: 'args' | 'kwargs', otherwise: JsonSchema, empty: unknown): Part | undefined => {
    const schema = memberOf(entry, name);
    if (schema === undefined) return undefined;
    return { ...schemas.add(schema, `${uri}.${name}`, otherwise), mayBeEmpty: takes(schema, empty) };
  };
  return { args: part('args', LIST, []), kwargs: part('kwargs', DICT, {}) };
}

/** A body with both parts, as `?form=full` has it. */
export function fullSchema(args: JsonSchema, kwargs: JsonSchema, required: readonly string[] = ['args', 'kwargs']): JsonSchema {
  return { type: 'object', properties: { args, kwargs }, required, additionalProperties: false };
}

export interface SentBody {
  /** Undefined: there is none. */
  readonly requestBody: object | undefined;
  /** The request needs `form=full`, because it may have both parts. */
  readonly isFull: boolean;
}

/** The body of a call or publication. */
export function sentBody({ args, kwargs }: PayloadSchemas): SentBody {
  const isFull = args !== undefined && kwargs !== undefined;
  if (!args && !kwargs) return { requestBody: undefined, isFull };
  const needed = [...(args && !args.mayBeEmpty ? ['args'] : []), ...(kwargs && !kwargs.mayBeEmpty ? ['kwargs'] : [])];
  const schema = isFull ? fullSchema(args.use, kwargs.use, needed) : (args?.use ?? kwargs?.use ?? {});
  return { requestBody: { required: needed.length > 0, content: { 'application/json': { schema } } }, isFull };
}

/** The data of an event. */
export function dataSchema({ args, kwargs }: PayloadSchemas): JsonSchema {
  if (!args && !kwargs) return { type: 'null' };
  const list = args?.use ?? { type: 'array', maxItems: 0 };
  const full = fullSchema(list, kwargs?.use ?? { type: 'object', maxProperties: 0 });
  if (kwargs && !kwargs.mayBeEmpty) return full;
  const bare = onlyItem(args);
  // What is between: a list of any length is the one value, an object, or null.
  if (!kwargs) return bare ?? {};
  return { anyOf: [full, bare ?? {}] };
}

/** The schema of the only item, if the list has exactly one. */
function onlyItem(args: Part | undefined): JsonSchema | undefined {
  const { prefixItems, items = false, minItems, maxItems = 1 } = args?.known ?? {};
  const isOne = Array.isArray(prefixItems) && prefixItems.length === 1 && minItems === 1 && maxItems === 1 && items === false;
  return isOne ? prefixItems[0] : undefined;
}
