/*
 * How modules and declarations are written to dist/, so that the package has what users need and no more: the declarations have the docstrings,
 * the repository has the comments. Nothing has a source map: the ES modules are what people read who follow a stack trace, the CommonJS
 * modules and the command line keep the names of functions and classes, and a line for each statement.
 */
import { parse } from 'acorn';
import { minify } from 'terser';

/** What minifiers, bundlers and lawyers read; and the name behind the number of a message. */
const READ_BY_TOOLS = /^!|@license|[@#]__|webpack|@vite| [A-Z]+ $/;

/** @param {string} code - JavaScript as TypeScript writes it: four blanks for each level. */
export function compact(code) {
  const comments = [];
  const texts = []; // template literals, which stay as they are
  parse(code, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    allowHashBang: true,
    onComment: (_, text, start, end) => comments.push({ text, start, end }),
    onToken: ({ type, start, end }) => type.label === 'template' && texts.push({ start, end }),
  });
  const bare = (start, end) => {
    let out = '';
    let at = start;
    for (const comment of comments) {
      if (comment.start < start || comment.end > end || READ_BY_TOOLS.test(comment.text) || code.startsWith('#!', comment.start))
        continue;
      out += code.slice(at, comment.start).replace(/[ \t]+$/, ' ');
      at = comment.end;
    }
    return (out + code.slice(at, end))
      .replace(/[ \t]+$/gm, '')
      .replace(/\n{2,}/g, '\n')
      .replace(/\n((?: {4})+)/g, (_, blanks) => `\n${'\t'.repeat(blanks.length / 4)}`);
  };
  let out = '';
  let at = 0;
  for (const { start, end } of texts) {
    out += bare(at, start) + code.slice(start, end);
    at = end;
  }
  return out + bare(at, code.length);
}

/** ES modules. Those of the command line, which nobody imports, also have short local names. */
export const compacted = {
  name: 'compacted',
  renderChunk: (code, { facadeModuleId }) =>
    facadeModuleId?.includes('/src/cli/') ? shortened.renderChunk(code) : { code: compact(code), map: null },
};

/** CommonJS modules: local names are short. */
export const shortened = {
  name: 'shortened',
  async renderChunk(code) {
    const out = await minify(code, {
      compress: false,
      mangle: true,
      keep_fnames: true,
      keep_classnames: true,
      format: { beautify: true, indent_level: 0, preserve_annotations: true, comments: false },
    });
    return { code: compact(out.code), map: null }; // without its blank lines
  },
};

/**
 * For the declarations of the ES modules: they hand on those of the CommonJS modules, so that they are there once, and a class is one type, whichever
 * way a program takes it in. A default export would become something else on that way: who has one keeps its own.
 */
export const handedOn = {
  name: 'handed-on',
  generateBundle(_, files) {
    for (const [name, file] of Object.entries(files)) {
      if (!file.isEntry) delete files[name];
      else if (file.exports.includes('default')) file.code = file.code.replace(/('\.\.?\/.*types\/.*)\.js';/g, "$1.cjs';");
      else file.code = `export * from './${name.replace(/^.*\/|\.d\.ts$/g, '')}.cjs';\n`;
    }
  },
};
