// The schema against @graphql-eslint's rules for schemas: all of schema-recommended and schema-relay, with a description on everything.
// Usage: node lint.mjs FILE [whole]; exits with 1 when something is found that is not named here with its reason, or is named and not found in the whole schema.

import { readFileSync } from 'node:fs';
import { ESLint } from 'eslint';
import plugin from '@graphql-eslint/eslint-plugin';

const [file, whole] = process.argv.slice(2);
const presets = ['flat/schema-recommended', 'flat/schema-relay'].map((name) => plugin.configs[name].rules);

/** Where a rule is asked for in another way than its preset does, and why. No rule is switched off. */
const differently = {
  // The preset asks for descriptions of types and directives; here everything has one.
  '@graphql-eslint/require-description': [
    'error',
    { types: true, DirectiveDefinition: true, FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true },
  ],
  // Feeds and records are read in the order in which they were written, forwards only.
  '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
  // What belongs to one family and is short is a list; what grows without end is a connection.
  '@graphql-eslint/relay-edge-types': [
    'error',
    { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false },
  ],
  // What is no thing of its own has no identity: answers, pages, entries of the catalogue, and these.
  '@graphql-eslint/strict-id-in-types': [
    'error',
    {
      exceptions: {
        suffixes: ['Connection', 'Edge', 'Payload', 'Info'],
        types: [
          'Authority', 'Catalogue', 'CategoryAccess', 'Clause', 'ContactNote', 'Disclosure', 'LeadProfessional', 'Lookup', 'MarkerChange',
          'MarkerLookupResult', 'MatchComparison', 'PageInfo', 'Signatory', 'SubjectAccess', 'Todo', 'UserError', 'Viewer',
        ],
      },
    },
  ],
};

/** What is found and stays, line by line. */
const known = new Map([
  // Entries of records: they are read in order, and never asked for one by one.
  ['relay-edge-types: type AlertEdge {', 'records'],
  ['relay-edge-types: type DisclosureEdge {', 'records'],
  ['relay-edge-types: type LookupEdge {', 'records'],
  ['relay-edge-types: type MarkerChangeEdge {', 'records'],
  ['relay-edge-types: type WebhookDeliveryEdge {', 'records'],
  // It is worked out when it is asked for, and stored nowhere.
  ['relay-edge-types: type TodoEdge {', 'records'],
  // Words of the programme: Family Progress is a measure, and somebody is a member from a day to a day.
  ['no-typename-prefix: familyProgress', 'words'],
  ['no-typename-prefix: memberFrom', 'words'],
  ['no-typename-prefix: memberUntil', 'words'],
]);

const eslint = new ESLint({
  overrideConfigFile: true,
  overrideConfig: [
    {
      files: ['**/*.graphql'],
      languageOptions: { parser: plugin.parser, parserOptions: { graphQLConfig: { schema: file } } },
      plugins: { '@graphql-eslint': plugin },
      linterOptions: { noInlineConfig: true },
      rules: { ...Object.assign({}, ...presets), ...differently },
    },
  ],
});

const lines = readFileSync(file, 'utf8').split('\n');
const found = (await eslint.lintFiles([file])).flatMap(({ messages }) => messages);
const seen = new Set();
const wrong = [];
for (const { ruleId, line, message } of found) {
  const text = lines[line - 1].trim();
  const keys = [text, text.split(/[(:]/)[0]].map((of) => `${ruleId?.replace('@graphql-eslint/', '')}: ${of}`);
  const key = keys.find((key) => known.has(key));
  if (key) seen.add(key);
  else wrong.push(`${file}:${line}: ${ruleId}: ${message}`);
}
if (whole === 'whole') wrong.push(...[...known.keys()].filter((key) => !seen.has(key)).map((key) => `not found any more: ${key}`));
for (const one of wrong) console.error(one);
console.log(`${file}: ${Object.keys(Object.assign({}, ...presets)).length} rules, ${found.length} known findings`);
process.exitCode = wrong.length > 0 ? 1 : 0;
