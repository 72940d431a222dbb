/*
 * Compares a configuration with its JSON Schema, and says what was expected and what came, for every fault at once. It knows the keywords that the schema
 * has and no others. A validator such as ajv says of alternatives only that none of them fits, and would be a megabyte beside a package that needs one schema;
 * a test compares both on the same values.
 */
import { isDict, show } from '../../base/checks.ts';
import { nearest } from '../../base/nearest.ts';
import type { Dict } from '../../base/words.ts';
import { within } from '../../router/config/config-path.ts';
import { kindOf } from '../../router/config/user-proofs.ts';
import schema from './router.schema.json' with { type: 'json' };

export interface SchemaFault {
  readonly path: string;
  readonly text: string;
  /** The path of a key that is not known, if that is the fault. */
  readonly key?: string;
}

interface Rule {
  readonly $ref?: string | undefined;
  readonly anyOf?: readonly Rule[] | undefined;
  readonly type?: string | undefined;
  readonly const?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly properties?: { readonly [key: string]: Rule | undefined } | undefined;
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: boolean | Rule | undefined;
  readonly items?: Rule | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly minLength?: number | undefined;
}

const root: Rule = schema;
const definitions: { readonly [name: string]: Rule | undefined } = schema.definitions;

/** Without members that a configuration does not have. */
export function knownMembers(file: Dict): Dict {
  return Object.fromEntries(Object.entries(file).filter(([key]) => Object.hasOwn(schema.properties, key)));
}

/** @param value - From JSON. */
export function schemaFaults(value: unknown, name: string): readonly SchemaFault[] {
  return faultsOf(root, value, name);
}

function faultsOf(given: Rule, value: unknown, path: string): readonly SchemaFault[] {
  const rule = resolved(given);
  if (rule.anyOf) return faultsOfAny(alternatives(rule), value, path);
  if (!isOfType(rule, value) || !isOfWords(rule, value)) return [wrong([rule], value, path)];
  if (Array.isArray(value)) return value.flatMap((item, i) => (rule.items ? faultsOf(rule.items, item, `${path}[${i}]`) : []));
  return isDict(value) ? faultsOfMembers(rule, value, path) : [];
}

function faultsOfMembers({ properties = {}, required = [], additionalProperties = true }: Rule, value: Dict, path: string) {
  const known = Object.keys(properties);
  const faults: SchemaFault[] = [];
  for (const [key, member] of Object.entries(value)) {
    const rule = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    const at = within(path, key);
    if (rule === false) faults.push({ path, key: at, text: `expected ${known.join(', ')}, got '${key}'${nearest(key, known)}` });
    else if (typeof rule === 'object') faults.push(...faultsOf(rule, member, at));
  }
  for (const key of required)
    if (!Object.hasOwn(value, key)) faults.push(wrong(alternatives(properties[key] ?? {}), undefined, within(path, key)));
  return faults;
}

/** Those of the alternative that was probably meant; if none is near, what all of them expect. */
function faultsOfAny(rules: readonly Rule[], value: unknown, path: string): readonly SchemaFault[] {
  const near = rules.filter((rule) => typeof value === 'object' && isOfType(rule, value));
  const tried = (near.length > 0 ? near : rules).map((rule) => ({ rule, faults: faultsOf(rule, value, path) }));
  if (tried.some(({ faults }) => faults.length === 0)) return [];
  if (near.length === 0) return [wrong(rules, value, path)];
  const [best] = tried.sort((a, b) => sharedKeys(b.rule, value) - sharedKeys(a.rule, value) || a.faults.length - b.faults.length);
  return best?.faults ?? [];
}

function sharedKeys({ properties = {} }: Rule, value: unknown): number {
  return isDict(value) ? Object.keys(value).filter((key) => Object.hasOwn(properties, key)).length : 0;
}

function resolved(rule: Rule): Rule {
  const name = rule.$ref?.replace('#/definitions/', '');
  return name === undefined ? rule : resolved(definitions[name] ?? {});
}

/** Of nested alternatives, all that a value may be. */
function alternatives(given: Rule): readonly Rule[] {
  const rule = resolved(given);
  return rule.anyOf ? rule.anyOf.flatMap(alternatives) : [rule];
}

function isOfType({ type }: Rule, value: unknown): boolean {
  if (type === undefined) return true;
  if (type === 'object') return isDict(value);
  if (type === 'array') return Array.isArray(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function isOfWords(rule: Rule, value: unknown): boolean {
  const words = rule.enum ?? (Object.hasOwn(rule, 'const') ? [rule.const] : undefined);
  if (words) return words.includes(value);
  if (typeof value === 'string') return value.length >= (rule.minLength ?? 0);
  return typeof value !== 'number' || ((rule.minimum ?? value) <= value && value <= (rule.maximum ?? value));
}

/** Values that may be secrets are not shown. */
const SECRET = /\["users"\]|\.(users\[|privateKey|passphrase|env\b)/;

function wrong(rules: readonly Rule[], value: unknown, path: string): SchemaFault {
  // Everybody may know that any string may come from the environment.
  const told = rules.length > 1 ? rules.filter((rule) => rule !== definitions.FromEnvironment) : rules;
  const words = [...new Set(told.map(wordsOf))];
  const got =
    value === null || SECRET.test(path)
      ? kindOf(value)
      : Array.isArray(value)
        ? 'a list'
        : isDict(value)
          ? 'an object'
          : show(value);
  return { path, text: `expected ${words.join(', ').replace(/, ([^,]*)$/, ' or $1')}, got ${got}` };
}

function wordsOf(rule: Rule): string {
  if (rule.enum) return rule.enum.map((word) => JSON.stringify(word)).join(', ');
  if (Object.hasOwn(rule, 'const')) return JSON.stringify(rule.const);
  const { type, minimum, maximum } = rule;
  if (type === 'object') return 'an object';
  if (type === 'array') return 'a list';
  if (type === 'string') return rule.minLength ? 'a text that is not empty' : 'a string';
  const range = minimum === undefined ? '' : ` from ${minimum}${maximum === undefined ? ' on' : ` to ${maximum}`}`;
  return type === 'integer' ? `an integer${range}` : `a ${type}${range}`;
}
