// vitest looks for its configuration only here; so that `npx vitest --project unit` works as it stands, this file points to ours.
export { default } from './test/vitest.config.ts';
