/*
 * Everything that the script bundles need and a platform may lack, in the order in which they need each other. Only what is missing is added, and only
 * what the standard has under that name.
 */
import './global-this.ts';
import './methods.ts';
import './symbol.ts';
import './collections.ts';
import './promise.ts';
import './typed-arrays.ts';
import './abort.ts';
