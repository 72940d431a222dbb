/*
 * The JSON Schemas of a contract, as components of an OpenAPI document. They come from the schemas themselves, by the interface Standard JSON Schema
 * (https://standardschema.dev/json-schema): zod and ArkType have it, valibot by `toStandardJsonSchema` of @valibot/to-json-schema.
 */
import { isDict, memberOf } from '../../base/checks.ts';
import { messageOf } from '../../base/errors.ts';
import { isThenable } from '../../base/words.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };

/** Of OpenAPI 3.1. */
const TARGET = 'draft-2020-12';
const COMPONENTS = '#/components/schemas/';

/** Keywords whose members are schemas by name, and those whose values are data. */
const BY_NAME: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);
const DATA: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples', 'example']);

export interface NamedSchema {
  /** To be put where the schema is used. */
  readonly use: JsonSchema;
  /** The schema itself. Undefined: it is not known. */
  readonly known: JsonSchema | undefined;
}

export class JsonSchemas {
  /** By their names, for `components.schemas`. */
  readonly components: { [name: string]: unknown } = {};
  private readonly warn: (text: string) => void;

  /** @param warn - Told why a schema is not in the document. */
  constructor(warn: (text: string) => void) {
    this.warn = warn;
  }

  /**
   * Adds a schema of a contract.
   *
   * @param name - Such as `com.shop.price.args`.
   * @param otherwise - Used if nothing more is known.
   */
  add(schema: unknown, name: string, otherwise: JsonSchema): NamedSchema {
    let made: unknown;
    try {
      made = written(schema);
    } catch (error) {
      this.warn(`openapi: ${name} is described as any JSON, because its schema has no form in JSON Schema: ${messageOf(error)}`);
    }
    if (!isDict(made)) return { use: otherwise, known: undefined };
    const { $schema: _, $id: __, $defs = {}, ...whole } = made;
    const own = this.reserve(name);
    // Generators of clients find only what is a component itself.
    const parts = new Map(Object.entries(Object($defs)).map(([key, part]) => [key, { name: this.reserve(`${own}.${key}`), part }]));
    const moved = (reference: string): string => {
      const [, key = '', rest = ''] = /^#\/\$defs\/([^/]*)(.*)$/.exec(reference) ?? [];
      const part = parts.get(unescaped(key));
      return part ? `${COMPONENTS}${part.name}${rest}` : `${COMPONENTS}${own}${reference.slice(1)}`;
    };
    for (const part of parts.values()) this.components[part.name] = movedTo(part.part, moved);
    const known = movedTo(whole, moved);
    this.components[own] = known;
    return { use: { $ref: `${COMPONENTS}${own}` }, known: isDict(known) ? known : undefined };
  }

  /** A name that no other component has. */
  private reserve(wanted: string): string {
    const name = wanted.replace(/[^\w.-]/g, '_');
    let free = name;
    for (let i = 2; Object.hasOwn(this.components, free); i++) free = `${name}_${i}`;
    this.components[free] = {};
    return free;
  }
}

/** A key of a JSON pointer in a URL. */
function unescaped(key: string): string {
  const plain = key.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain; // not in percent-encoding, as the library wrote it
  }
}

function written(schema: unknown): unknown {
  const converter = memberOf(memberOf(schema, '~standard'), 'jsonSchema');
  const input = memberOf(converter, 'input');
  if (typeof input === 'function') return Reflect.apply(input, converter, [{ target: TARGET }]);
  throw new TypeError(`expected '~standard' with jsonSchema, got ${memberOf(memberOf(schema, '~standard'), 'vendor')} without it`);
}

/** @param moved - `#` is the document now, and no longer the schema: gives the new text of a reference. */
function movedTo(schema: unknown, moved: (reference: string) => string): unknown {
  if (Array.isArray(schema)) return schema.map((item) => movedTo(item, moved));
  if (!isDict(schema)) return schema;
  const members = Object.entries(schema).map(([keyword, value]) => {
    if (DATA.has(keyword)) return [keyword, value];
    if (BY_NAME.has(keyword) && isDict(value))
      return [keyword, Object.fromEntries(Object.entries(value).map(([name, member]) => [name, movedTo(member, moved)]))];
    if (keyword === '$ref' && typeof value === 'string' && /^#(\/|$)/.test(value)) return [keyword, moved(value)];
    return [keyword, movedTo(value, moved)];
  });
  return Object.fromEntries(members);
}

/** Whether a schema of the contract takes this value. An async one is not asked. */
export function takes(schema: unknown, value: unknown): boolean {
  const standard = memberOf(schema, '~standard');
  const validate = memberOf(standard, 'validate');
  if (typeof validate !== 'function') return false;
  try {
    const result: unknown = Reflect.apply(validate, standard, [value]);
    if (!isThenable(result)) return memberOf(result, 'issues') === undefined;
    result.then(undefined, () => {});
  } catch {
    // A schema that throws takes nothing.
  }
  return false;
}
