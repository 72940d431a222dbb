// `rm -rf dist` for every system: a module that was renamed must not stay behind in dist/ and be published.
import { rmSync } from 'node:fs';

rmSync(new URL('../../dist', import.meta.url), { recursive: true, force: true });
