/** First of all: sources and libraries say `globalThis`. */
import { fill, root } from './define.ts';

fill(root, { globalThis: root });
