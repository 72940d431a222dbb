/*
 * Which attacks: `npm run test:hostile` takes a fresh seed, told at once, and `npm test` always the same. `INDEX` takes single attacks of a seed.
 */
export const isLong = process.env.npm_lifecycle_event === 'test:hostile';
const given = process.env.SEED;
export const seed: number = given !== undefined ? Number(given) : isLong ? Math.floor(Math.random() * 2 ** 31) : 20_262;
export const indices: readonly number[] | undefined = process.env.INDEX?.split(',').map(Number);
