/*
 * Which chaos: `npm run test:chaos` takes a fresh seed, told at once, and `npm test` always the same.
 */
export const isLong = process.env.npm_lifecycle_event === 'test:chaos';
const given = process.env.SEED;
export const seed: number = given !== undefined ? Number(given) : isLong ? Math.floor(Math.random() * 2 ** 31) : 20_261;
