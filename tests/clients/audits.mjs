// npm graphql-http: every audit of its suite for servers of GraphQL over HTTP, with a real token, counted by level.

import assert from 'node:assert/strict';
import { serverAudits } from 'graphql-http';
import { http, police } from './support.mjs';

/** How many audits of each level this version of the suite has; with another version they are counted anew. */
const WANTED = { MUST: 13, SHOULD: 23, MAY: 25 };

// As any client of this server: with its token, and with the header that shows that a GET was meant.
const fetchFn = (url, options = {}) =>
  fetch(url, {
    ...options,
    headers: { ...options.headers, authorization: `Bearer ${police}`, 'x-purpose-of-use': 'safeguarding' },
  });

const counted = { MUST: 0, SHOULD: 0, MAY: 0 };
const failed = [];
for (const audit of serverAudits({ url: http, fetchFn })) {
  const result = await audit.fn();
  const level = audit.name.split(' ')[0];
  if (result.status === 'ok') counted[level] += 1;
  else failed.push(`${audit.id} ${audit.name}: ${result.status}: ${result.reason}`);
}
console.log(`graphql-http: ${counted.MUST} must, ${counted.SHOULD} should and ${counted.MAY} may audits are well`);
assert.deepEqual(failed, []);
assert.deepEqual(counted, WANTED);
