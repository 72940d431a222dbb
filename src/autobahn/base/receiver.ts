/**
 * What `this` is in endpoints and in `onchallenge`. Autobahn|JS calls them as methods of `autobahn.util`, and programs keep things there. It is empty in
 * a bundle without `util`.
 */
export const receiver: object = {};
