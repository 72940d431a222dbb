/* Lets a child process import our TypeScript, which is plain JavaScript once its types are taken out. */
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
