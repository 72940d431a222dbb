// What a player may be called: pages and the auth service use this file. Names are parts of URIs, so they have no dots and no spaces.
// All other characters are fine, HTML too: pages show a name as text.

export const nameRule = 'A name has 2 to 20 characters, none of them a space, a dot, a comma, #, { or }.';
export const isName = (name) => typeof name === 'string' && /^[^\s.#,{}]{2,20}$/u.test(name);
export const reserved = new Set(['robot', 'auth', 'chat', 'tournament']);
