/* An OpenID Connect provider for one client, with forms that take any password. The package has no types of its own. */
import Provider from 'oidc-provider';

/**
 * @param {string} issuer
 * @param {object} client
 * @returns {import('node:http').RequestListener}
 */
export function oidcProvider(issuer, client) {
  return new Provider(issuer, { clients: [client], cookies: { keys: ['a key of the test'] } }).callback();
}
