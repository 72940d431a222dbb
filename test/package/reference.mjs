/* Writes the reference at the end of docs/guide/configuration.md from the JSON Schema of the file. A test compares both. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { schemaFile } from './schema.mjs';

export const page = path.resolve(import.meta.dirname, '../../docs/guide/configuration.md');
const [BEGIN, END] = ['<!-- reference -->', '<!-- /reference -->'];

/** Parts that the page shows. */
const PARTS = [
  ['The whole file', undefined],
  ['`listen`', 'ListenConfig'],
  ['`listen.web`', 'PagesConfig'],
  ['`listen.tls`', 'TlsFiles'],
  ['`listen.ops`', 'OpsConfig'],
  ['`listen.cookies`', 'CookieConfig'],
  ['A realm, in `realms`', 'RealmConfig'],
  ['`authroles` of a realm', 'AuthroleConfig'],
  ['`users` of a realm', 'UserConfig'],
  ['`history` of a realm', 'HistoryRule'],
  ['`limits`', 'RouterLimits'],
  ['`store`', 'StoreConfig'],
  ['`cluster.nats`', 'NatsConfig'],
  ['`cluster.nats.tls`', 'NatsTlsFiles'],
  ['`log`', 'LogConfig'],
  ['`control`', 'ControlConfig'],
];

const definition = ($ref) => JSON.parse(readFileSync(schemaFile, 'utf8')).definitions[$ref.replace('#/definitions/', '')];

function typeOf({ $ref, anyOf, type, items, enum: words, const: word }) {
  if ($ref === '#/definitions/Text') return 'text';
  if ($ref) return typeOf(definition($ref));
  if (anyOf)
    return anyOf
      .map(typeOf)
      .filter((each, i, all) => all.indexOf(each) === i)
      .join(' or ');
  if (words) return words.map((each) => `\`${JSON.stringify(each)}\``).join(', ');
  if (word !== undefined) return `\`${JSON.stringify(word)}\``;
  return type === 'array' ? `list of ${typeOf(items)}` : type;
}

/** Of limits. */
function rangeOf({ minimum, maximum, default: normal }) {
  return normal === undefined ? '' : `, ${minimum} to ${maximum}, default ${normal}`;
}

/** Its own words, or those of the object that it is. */
function meaningOf({ description, $ref, anyOf }) {
  if (description !== undefined) return description;
  const of = $ref ? definition($ref) : undefined;
  return of?.description ?? (anyOf ?? []).map(meaningOf).find((text) => text !== '') ?? '';
}

/** @returns The page with the reference as it should be. */
export function withReference(text) {
  const schema = JSON.parse(readFileSync(schemaFile, 'utf8'));
  const tables = PARTS.map(([heading, name]) => {
    const { properties, required = [] } = name === undefined ? schema : schema.definitions[name];
    const rows = Object.entries(properties).map(
      ([key, rule]) =>
        `| \`${key}\`${required.includes(key) ? ' (required)' : ''} | ${typeOf(rule)}${rangeOf(rule)} | ${meaningOf(rule).replaceAll('|', '\\|')} |`,
    );
    return `### ${heading}\n\n| key | type | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return text.replace(new RegExp(`${BEGIN}[\\s\\S]*${END}`), `${BEGIN}\n${tables.join('\n')}${END}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, withReference(readFileSync(page, 'utf8')));
