// Bundles the query page into ../assets and lists what is in the bundle with its licences.
import { build } from 'esbuild';
import { readFileSync, readdirSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const assets = '../assets';
const result = await build({
  entryPoints: { app: 'main.jsx' },
  outdir: assets,
  bundle: true,
  format: 'esm',
  jsx: 'automatic',
  legalComments: 'none',
  metafile: true,
  minify: true,
  target: 'es2022',
  define: { 'process.env.NODE_ENV': '"production"' },
});

// The packages' sheets carry fonts; the reader's own will do.
const sheet = join(assets, 'app.css');
writeFileSync(sheet, readFileSync(sheet, 'utf8').replace(/@font-face\{[^}]*\}/g, ''));

const packages = new Map();
for (const input of Object.keys(result.metafile.inputs)) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  if (!match || packages.has(match[1])) continue;
  packages.set(match[1], JSON.parse(readFileSync(join(match[1], 'package.json'), 'utf8')));
}
const texts = [...packages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([folder, { name, version, license, author }]) => {
  const file = readdirSync(folder).find((one) => /^(licen[cs]e|copying)/i.test(one));
  const text = file && existsSync(join(folder, file))
    ? readFileSync(join(folder, file), 'utf8').trim()
    : `Published under the licence named above${author ? `, by ${author.name ?? author}` : ''}.`;
  return `${name} ${version}\nLicence: ${license}\n\n${text}\n`;
});
const head = 'The query page (app.js, app.css) holds these packages, unchanged but for being bundled, minified and left without their fonts.\n';
writeFileSync(join(assets, 'THIRD-PARTY.txt'), [head, ...texts].join(`\n${'-'.repeat(80)}\n\n`).replace(/\r/g, ''));
console.log([...packages.values()].map(({ name, version, license }) => `${name}@${version} ${license}`).join('\n'));
