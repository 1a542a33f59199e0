import { graphql } from 'relay-runtime';

export const list = graphql`
  fragment Families_list on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
  @refetchable(queryName: "FamiliesPaginationQuery") {
    families(first: $count, after: $cursor, filter: { onCohort: true }) @connection(key: "Families_families") {
      edges {
        node {
          id
          ...Family_card
        }
      }
    }
  }
`;

export const page = graphql`
  query FamiliesQuery($count: Int!) {
    ...Families_list @arguments(count: $count)
  }
`;
