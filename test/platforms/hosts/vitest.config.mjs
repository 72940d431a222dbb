export default { test: { include: ['platform.vitest.mjs'], pool: 'threads', testTimeout: 140_000 } };
