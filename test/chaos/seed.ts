/*
 * Which chaos: `npm run test:chaos` and `npm run test:cluster` take a fresh seed, told at once, and `npm test` always the same.
 */
export const isLong = ['test:chaos', 'test:cluster'].includes(process.env.npm_lifecycle_event ?? '');
const given = process.env.SEED;
export const seed: number = given !== undefined ? Number(given) : isLong ? Math.floor(Math.random() * 2 ** 31) : 20_261;
