/** Must come first: sources and libraries use `globalThis`. */
import { fill, root } from './define.ts';

fill(root, { globalThis: root });
