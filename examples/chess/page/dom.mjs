// What the page's modules share about its elements. All text goes in as text: a name may look like HTML.

export const byId = (id) => document.getElementById(id);

export const show = (id, isShown) => window.demo.show(byId(id), isShown);

/** An element with text or elements inside. */
export function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** What went wrong, for a visitor. */
export function inWords(error) {
  const texts = {
    'wamp.error.authentication_denied': 'Wrong name or password.',
    'wamp.error.authentication_failed': 'The service that knows who is who is away. Try again in a moment.',
    'wamp.error.not_authorized': 'You may not do that.',
  };
  return texts[error.uri] ?? window.demo.inWords(error, 'The service that does this');
}
