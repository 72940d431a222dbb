// Finds the browser once for all test files: `inject('chromium')` is its path, or empty.
import type { TestProject } from 'vitest/node';
import { findChromium, noBrowser } from './find-browser.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    chromium: string;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const chromium = await findChromium();
  console.log(`browser tests: ${chromium ?? noBrowser}`);
  project.provide('chromium', chromium ?? '');
}
