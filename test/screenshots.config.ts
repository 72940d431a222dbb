// `npm run screenshots`: no tests, but they need what the browser tests have.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    include: ['test/browser/screenshots.ts', 'test/browser/inspector-screenshots.ts'],
    globalSetup: ['test/browser/chromium.setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
