// The files that the demo pages need, and no others: examples/, two script bundles, and three libraries out of node_modules.
import sirv from 'sirv';

const libraries = { 'chess.js': 'chess.js/dist/esm', 'cm-chessboard': 'cm-chessboard', uplot: 'uplot/dist' };

// Nothing from elsewhere: no CDN, no fonts, no counting.
const policy = "default-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws://127.0.0.1:* ws://localhost:*";

export function pages(root) {
  // dev: files are read again each time, so that an edited page is there after a reload.
  const folder = (path) =>
    sirv(root + path, { dev: true, setHeaders: (response) => response.setHeader('content-security-policy', policy) });
  const examples = folder('examples');
  const bundle = folder('dist');
  const shelves = Object.entries(libraries).map(([name, path]) => ({
    prefix: `/lib/${name}`,
    files: folder(`node_modules/${path}`),
  }));

  return (request, response) => {
    const url = request.url ?? '/';
    const notFound = () =>
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not found. The demos are at /\n');
    if (/^\/(autostrada|autobahn)\.min\.js(\.map)?($|\?)/.test(url)) return bundle(request, response, notFound);
    const shelf = shelves.find(({ prefix }) => url.startsWith(`${prefix}/`));
    if (!shelf) return examples(request, response, notFound);
    request.url = url.slice(shelf.prefix.length);
    shelf.files(request, response, notFound);
  };
}
