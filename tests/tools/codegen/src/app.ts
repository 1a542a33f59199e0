import { graphql } from './gql';
import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core';

export const families = graphql(`
  query Families($first: Int!, $after: String) {
    families(first: $first, after: $after) {
      nodes { id reference onCohort attachedOn members { id givenName dateOfBirth } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);
export const given = graphql(`
  mutation RecordConsent($input: RecordConsentInput!) {
    recordConsent(input: $input) { errors { field code message } }
  }
`);
type Page = ResultOf<typeof families>;
export const variables: VariablesOf<typeof families> = { first: 20, after: null };
export function names(page: Page): string[] {
  return (page.families?.nodes ?? []).flatMap((family) => (family.members ?? []).map((member) => member.givenName ?? ''));
}
// @ts-expect-error A number is no cursor.
export const wrong: VariablesOf<typeof families> = { first: 20, after: 1 };
