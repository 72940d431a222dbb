/* How published.mjs writes modules and declarations. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { compact } from './published.mjs';

const dist = path.resolve(import.meta.dirname, '../../dist');

test('[H12] a published module has no comments and blanks, but keeps those that tools read, and all strings', () => {
  const code = `#!/usr/bin/env node
/* What it is about. */
const tell = (name) => {
    // Why.
    const text = \`
    four // blanks
        and eight\${name /* a note */}
\`;

    return /* @__PURE__ */ make(48 /* CALL */, '// no comment', text); // because
};
`;
  expect(compact(code)).toBe(`#!/usr/bin/env node
const tell = (name) => {
\tconst text = \`
    four // blanks
        and eight\${name }
\`;
\treturn /* @__PURE__ */ make(48 /* CALL */, '// no comment', text);
};
`);
});

test('[H12] published CommonJS modules keep the names of functions and classes, and one line for each statement', () => {
  const shared = readdirSync(path.join(dist, 'shared')).map((file) => readFileSync(path.join(dist, 'shared', file), 'utf8'));
  const code = shared.find((each) => /^class SessionCore \{$/m.test(each)) ?? '';
  expect(code).toContain('class RunningInvocation {');
  expect(Math.max(...code.split('\n').map((line) => line.length))).toBeLessThan(500);
});

test('[H12] declarations are published once', () => {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'));
  const own = files.filter((file) => !/^export \* from '\.\/[\w-]+\.cjs';\n$/.test(readFileSync(path.join(dist, file), 'utf8')));
  expect(own).toEqual(['autobahn.d.ts']); // its default export would be another one
});
