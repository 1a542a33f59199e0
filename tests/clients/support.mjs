// What the scripts share: where the server is, who asks, and what makes an event come. Each script is run by tests/it/live with these in its
// environment, asserts for itself, and ends with an exit code that is not 0 when something is not as it must be.

import assert from 'node:assert/strict';

const need = (name) => process.env[name] ?? assert.fail(`${name} is not set`);

export const http = `${need('TF_URL')}/graphql`;
export const stream = `${http}/stream`;
export const socket = http.replace(/^http/, 'ws');
/** Police, who are told of markers. */
export const police = need('TF_POLICE');
/** Somebody who is told of none. */
export const outsider = need('TF_OUTSIDER');
const coordinator = need('TF_COORDINATOR');

export const CHANGED = `subscription Changed($after: String) {
  markerChanged(after: $after) { kind markerId cursor marker { id leadProfessional { name } } }
}`;
const CHANGES = `query Changes($after: String) {
  markerChanges(after: $after, first: 500) { nodes { kind markerId } pageInfo { endCursor hasNextPage } }
}`;

/** One operation by POST /graphql. */
export async function ask(token, query, variables = {}) {
  const response = await fetch(http, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
    },
    body: JSON.stringify({ query, variables }),
  });
  const body = await response.json();
  assert.equal(body.errors, undefined, JSON.stringify(body));
  return body.data;
}

/** The feed as it is read page by page, with where it ends. */
export async function feed(token, after) {
  const { nodes, pageInfo } = (await ask(token, CHANGES, { after })).markerChanges;
  assert.equal(pageInfo.hasNextPage, false);
  return { nodes, end: pageInfo.endCursor };
}

async function dawn() {
  const query = `{ family(reference: "TF-10001") { members { id givenName consents { id category agencyKind decision withdrawnAt } } } }`;
  const { family } = await ask(coordinator, query);
  const member = family.members.find(({ givenName }) => givenName === 'Dawn');
  const consents = member.consents.filter(({ category, agencyKind }) => category === 'MARKER' && agencyKind === 'POLICE');
  return { member, consent: consents.find(({ decision, withdrawnAt }) => decision === 'GIVEN' && !withdrawnAt) };
}

/** Consent goes: the police have one marker less. */
export async function withdraw() {
  const { consent } = await dawn();
  const { withdrawConsent } = await ask(
    coordinator,
    'mutation($id: ID!) { withdrawConsent(input: { consentId: $id }) { errors { message } } }',
    { id: consent.id },
  );
  assert.deepEqual(withdrawConsent.errors, []);
}

/** Consent comes: the police have it again. */
export async function give() {
  const { member } = await dawn();
  const { recordConsent } = await ask(
    coordinator,
    `mutation($id: ID!) {
      recordConsent(input: { memberId: $id, categories: [MARKER], agencyKinds: [POLICE], decision: GIVEN }) { errors { message } }
    }`,
    { id: member.id },
  );
  assert.deepEqual(recordConsent.errors, []);
}

/** Gathers what a subscription gives, and lets a script wait for it. */
export class Gathered {
  results = [];
  ended = null;
  #waiting = [];

  sink = {
    next: (result) => this.#happened(() => this.results.push(result)),
    error: (error) => this.#happened(() => (this.ended = { error })),
    complete: () => this.#happened(() => (this.ended ??= { complete: true })),
  };

  get events() {
    return this.results.map((result) => {
      assert.equal(result.errors, undefined, JSON.stringify(result));
      return result.data.markerChanged;
    });
  }

  get kinds() {
    return this.events.map(({ kind, markerId }) => ({ kind, markerId }));
  }

  #happened(note) {
    note();
    for (const check of this.#waiting.splice(0)) check();
  }

  /** Waits until something is so. */
  until(isSo, what) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not in time: ${what}: ${JSON.stringify(this)}`)), 30_000);
      const check = () => {
        if (isSo(this)) {
          clearTimeout(timer);
          resolve();
        } else {
          this.#waiting.push(check);
        }
      };
      check();
    });
  }
}

/** That nothing more comes needs a moment to be seen. */
export const moment = () => new Promise((resolve) => setTimeout(resolve, 300));

/** Whether what was told one by one is what the pages tell: the same markers are there in the end. */
export function there(changes) {
  const markers = new Set();
  for (const { kind, markerId } of changes) {
    if (kind === 'REMOVED') markers.delete(markerId);
    else markers.add(markerId);
  }
  return [...markers].sort();
}
