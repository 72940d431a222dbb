/// <reference lib="esnext.disposable" />
export { deriveKey, deriveKeyNow, sign, wampcra } from './types/wampcra.js';
import './types/words.js';
import './types/credentials.js';
