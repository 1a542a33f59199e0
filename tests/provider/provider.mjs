// A real identity provider (oidc-provider) and a client of it, in one process: the client signs in by a key of its own (private_key_jwt), is given
// JWT access tokens, and asks the server with them. Run by tests/it/tokens/provider.rs. Says where the provider is, hears where the server is, and ends
// with an exit code that is not 0 when something is not as it must be.

import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import readline from 'node:readline';
import * as jose from 'jose';
import Provider from 'oidc-provider';

// Its advice is for people; standard output is for the test.
console.info = console.log = console.warn = console.error;

const HERE = 'https://thinkfamily.example/graphql';
const ELSEWHERE = 'https://elsewhere.example/api';
const CLIENT = 'police-records';
const QUESTION = `{ markerLookup(input: { givenName: "Leigh", familyName: "Sadler", postcode: "ZQ4 7HA",
  identifiers: [{ system: POLICE_REFERENCE, value: "PR-104477" }] }) { status marker { leadProfessional { name } } } }`;

const pair = () => jose.generateKeyPair('ES256', { extractable: true });
const [own, signing, possession, thief] = await Promise.all([pair(), pair(), pair(), pair()]);
const listener = http.createServer().listen(0, '127.0.0.1');
await once(listener, 'listening');
const issuer = `http://127.0.0.1:${listener.address().port}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: CLIENT,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    id_token_signed_response_alg: 'ES256',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    jwks: { keys: [await jose.exportJWK(own.publicKey)] },
  }],
  jwks: { keys: [{ ...(await jose.exportJWK(signing.privateKey)), kid: 'provider-1', use: 'sig', alg: 'ES256' }] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    dPoP: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (_, resource) => ({
        audience: resource, scope: '', accessTokenFormat: 'jwt', accessTokenTTL: 300, jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  extraTokenClaims: () => ({
    authority: 'cambridgeshire', agency: 'cambs-police', role: 'marker_lookup', purposes: ['safeguarding'],
  }),
});
listener.on('request', provider.callback());

/** A proof of possession. */
async function proof(keys, method, url, token) {
  const claims = { htm: method, htu: url, jti: randomUUID() };
  if (token) claims.ath = createHash('sha256').update(token).digest('base64url');
  return new jose.SignJWT(claims)
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: await jose.exportJWK(keys.publicKey) })
    .setIssuedAt()
    .sign(keys.privateKey);
}

/** An access token for an audience, perhaps bound to a key. */
async function token(audience, keys) {
  const assertion = await new jose.SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(CLIENT).setSubject(CLIENT).setAudience(issuer).setIssuedAt().setExpirationTime('1m')
    .sign(own.privateKey);
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: keys ? { dpop: await proof(keys, 'POST', `${issuer}/token`) } : {},
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      resource: audience,
      client_id: CLIENT,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
  });
  const answer = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  assert.equal(answer.token_type, keys ? 'DPoP' : 'Bearer');
  assert.equal(jose.decodeProtectedHeader(answer.access_token).typ, 'at+jwt');
  return answer.access_token;
}

process.stdout.write(`${issuer}\n`);
const [server] = await once(readline.createInterface({ input: process.stdin }), 'line');

async function ask(headers) {
  const response = await fetch(`${server}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
    body: JSON.stringify({ query: QUESTION }),
  });
  return { status: response.status, challenge: response.headers.get('www-authenticate'), body: await response.json() };
}

function found(answer) {
  assert.equal(answer.status, 200, JSON.stringify(answer));
  const { status, marker } = answer.body.data.markerLookup;
  assert.deepEqual([status, marker.leadProfessional.name], ['MATCHED', 'Ruth Ellis']);
}

const bearer = await token(HERE);
found(await ask({ authorization: `Bearer ${bearer}` }));

const other = await ask({ authorization: `Bearer ${await token(ELSEWHERE)}` });
assert.deepEqual([other.status, other.challenge], [401, 'Bearer'], 'a token for another audience');

const address = `${server}/graphql`;
const bound = await token(HERE, possession);
assert.equal(jose.decodeJwt(bound).cnf.jkt, await jose.calculateJwkThumbprint(await jose.exportJWK(possession.publicKey)));
found(await ask({ authorization: `DPoP ${bound}`, dpop: await proof(possession, 'POST', address, bound) }));
assert.equal((await ask({ authorization: `Bearer ${bound}` })).status, 401, 'without its proof');
const stolen = await ask({ authorization: `DPoP ${bound}`, dpop: await proof(thief, 'POST', address, bound) });
assert.equal(stolen.status, 401, "with another's proof");
assert.match(stolen.challenge, /^DPoP error="invalid_token"/);

process.exit(0);
