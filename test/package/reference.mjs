/* Writes the reference at the end of docs/guide/configuration.md from the JSON Schema of the file. A test compares both. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { schemaFile } from './schema.mjs';

export const page = path.resolve(import.meta.dirname, '../../docs/guide/configuration.md');
const [BEGIN, END] = ['<!-- reference -->', '<!-- /reference -->'];

/** Parts that the page shows. `limits` are in its complete file. */
const PARTS = [
  ['The whole file', undefined],
  ['`listen`', 'ListenConfig'],
  ['`listen.web`', 'PagesConfig'],
  ['`listen.tls`', 'TlsFiles'],
];

function typeOf({ $ref, anyOf, type, items, enum: words, const: word }) {
  if ($ref === '#/definitions/Text') return 'text';
  if ($ref) return 'object';
  if (anyOf)
    return anyOf
      .map(typeOf)
      .filter((each, i, all) => all.indexOf(each) === i)
      .join(' or ');
  if (words) return words.map((each) => `\`${JSON.stringify(each)}\``).join(', ');
  if (word !== undefined) return `\`${JSON.stringify(word)}\``;
  return type === 'array' ? `list of ${typeOf(items)}` : type;
}

/** @returns The page with the reference as it should be. */
export function withReference(text) {
  const schema = JSON.parse(readFileSync(schemaFile, 'utf8'));
  const tables = PARTS.map(([heading, name]) => {
    const { properties, required = [] } = name === undefined ? schema : schema.definitions[name];
    const rows = Object.entries(properties).map(
      ([key, rule]) =>
        `| \`${key}\`${required.includes(key) ? ' (required)' : ''} | ${typeOf(rule)} | ${(rule.description ?? '').replaceAll('|', '\\|')} |`,
    );
    return `### ${heading}\n\n| key | type | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return text.replace(new RegExp(`${BEGIN}[\\s\\S]*${END}`), `${BEGIN}\n${tables.join('\n')}${END}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, withReference(readFileSync(page, 'utf8')));
