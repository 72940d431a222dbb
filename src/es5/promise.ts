// @ts-expect-error It has no declarations.
import OldPromise from 'promise-polyfill';
// @ts-expect-error It has no declarations.
import settle from 'promise-polyfill/src/finally.js';
import { fill, root } from './define.ts';

fill(root, { Promise: OldPromise });
// Edge before 18, Safari before 11.1.
fill(root.Promise.prototype, { finally: settle });
