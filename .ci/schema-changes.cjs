// Tells apart what changed between two schemas, and whether the changelog names what breaks partners' programs.
// Usage: node schema-changes.cjs TOOLS BEFORE AFTER CHANGELOG

const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');

const [tools, before, after, changelog] = process.argv.slice(2);
const load = createRequire(`${tools}/`);
const { diff } = load('@graphql-inspector/core');
const { buildSchema } = load('graphql');

/** The lines below a heading, up to the next one of its level or a higher one. */
function part(text, heading) {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.trim().toLowerCase() === heading.toLowerCase());
  if (at < 0) return '';
  const level = heading.indexOf(' ');
  const ends = (line) => /^#+ /.test(line) && line.indexOf(' ') <= level;
  const length = lines.slice(at + 1).findIndex(ends);
  return lines.slice(at + 1, length < 0 ? undefined : at + 1 + length).join('\n');
}

/** Whether a text names a path as a word of its own: Family.id does not name Family.idea. */
function names(text, path) {
  const escaped = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(^|[^\\w.])${escaped}($|[^\\w.]|\\.(\\s|$))`, 'm').test(text);
}

async function main() {
  const changes = await diff(buildSchema(readFileSync(before, 'utf8')), buildSchema(readFileSync(after, 'utf8')));
  // New fields come with their descriptions and directives, of which nothing need be told.
  const told = changes.filter(({ type }) => !/_DESCRIPTION_|^DIRECTIVE_USAGE_.*_ADDED$/.test(type));
  const of = (level) => told.filter(({ criticality }) => criticality.level === level);
  for (const [level, title] of [['BREAKING', 'breaking'], ['DANGEROUS', 'dangerous'], ['NON_BREAKING', 'safe']]) {
    console.log(`${of(level).length} ${title}`);
    for (const { path, message } of of(level)) console.log(`  ${path}: ${message.split('\n')[0]}`);
  }
  const section = part(part(readFileSync(changelog, 'utf8'), '## Unreleased'), '### Breaking changes');
  const unnamed = of('BREAKING').filter(({ path }) => !names(section, path));
  if (unnamed.length > 0) {
    console.error('These break programs of partners. Name each, by its path, below "### Breaking changes" in "## Unreleased" of the changelog:');
    for (const { path } of unnamed) console.error(`  ${path}`);
    process.exitCode = 1;
  }
}

main();
