/*
 * The words that docs/CONTRIBUTING.md bans, and the files that are held to it. Run it to see every place, those in `pending` too:
 * node test/package/words.mjs [PATH…]
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** What is banned, and what to write instead. `docs/CONTRIBUTING.md` has the same list, for readers. */
export const banned = [
  ['what is no …', /\b[Ww]hat (?:is|are|was|were|has|have) (?:no|none|not)\b/g],
  ['who <verb>, without a noun', /(?<=^|[.;:!?] |[*/-] |\()Who (?!(?=[^.]*\?)|am\b)[a-z]+\b/gm],
  ['who <verb>, without a noun', /\b(?:of|for|to|by|but|unless|when|if) who (?:is|has|was|does|\w+s|may|can|must)\b/g],
  ['be it', /\bbe it\b/g],
  ['of yours', /\bof (?:yours|ours|mine|theirs|his|hers)\b/g],
  ['in place of', /\bin place of\b/g],
  ['is none', /\b(?:that|which|what|who|it|this) (?:is|are|was|were) none\b/g],
  ['as of', /\bas of\b/g],
  ['mend', /\bmend(?:s|ed|ing)?\b/g],
  ['leave, for permission', /\b(?:needs?|needed|without|await|awaits|waits? for|asks? for|has|have|no|gives?|given|by) leave\b/g],
  ['tell of', /\b(?:tells?|told) of\b/g],
  ['he, his, him', /\b(?:[Hh]e|[Hh]is|[Hh]im|[Hh]imself)\b/g],
  [
    'line, for a connection',
    /\b(?:[Hh]alf-open|[Dd]ead|[Ll]ost|[Ss]ilent) lines?\b|\bthe line (?:drops|closes|closed|ends|ended|breaks|broke|is (?:dead|lost|gone|down|closed)|goes|comes)\b|\b(?:drops|closes|ends|breaks|loses|leaves) the line\b/g,
  ],
  ['anew', /\banew\b/g],
  ['under way', /\bunder way\b/g],
  ['riddles', /\bgone is gone\b|\bin that moment\b|\band the like\b/g],
];

/** Rooms that are still to be rewritten. This list must only shrink. */
export const pending = [];

const list = (folder, ends) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter((file) => ends.test(file));
const ours = (file) =>
  !/^docs\/api\/|^test\/package\/(api|words)|^test\/consumers\/projects|^examples\/talk\/|node_modules/.test(file);

/** All files that people read: pages, sources, examples, and the names of tests. */
export const files = () =>
  [
    'README.md',
    ...list('docs', /\.md$/),
    ...list('examples', /\.(mjs|js|ts|html)$/),
    ...list('src', /\.tsx?$/),
    ...list('test', /\.test\.ts$/),
  ].filter(ours);

/** What people read of a file: of tests only their names. */
function read(file) {
  const text = readFileSync(path.join(root, file), 'utf8');
  if (file.startsWith('docs/CONTRIBUTING'))
    return text.replace(/<!-- banned -->[\s\S]*<!-- \/banned -->/, (part) => part.replace(/[^\n]/g, ''));
  if (!file.startsWith('test/')) return text;
  return text
    .split('\n')
    .map((line) => (/\b(?:it|test|describe)\b(?:\.\w+)*(?:<.*>)?\(|^\s*\]\)\(/.test(line) ? line : ''))
    .join('\n');
}

/** Each place as `file:line: word: text`. */
export function violations(file) {
  const text = read(file);
  return banned.flatMap(([word, pattern]) =>
    [...text.matchAll(pattern)].map(({ index }) => {
      const line = text.slice(0, index).split('\n').length;
      return `${file}:${line}: ${word}: ${text.split('\n')[line - 1]?.trim()}`;
    }),
  );
}

export const isPending = (file) => pending.some((room) => file === room || file.startsWith(`${room}/`));

if (import.meta.filename === process.argv[1]) {
  const wanted = process.argv.slice(2);
  const chosen = files().filter((file) => wanted.length === 0 || wanted.some((each) => file.startsWith(each)));
  for (const each of chosen.flatMap(violations)) console.log(each);
}
