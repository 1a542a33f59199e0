import { graphql } from 'relay-runtime';

export const card = graphql`
  fragment Family_card on Family @refetchable(queryName: "FamilyCardRefetchQuery") {
    reference
    onCohort
    leadProfessional {
      name
      phone
    }
    members {
      id
      givenName
    }
  }
`;

export const byId = graphql`
  query FamilyByIdQuery($id: ID!) {
    node(id: $id) {
      __typename
      id
      ...Family_card @alias(as: "family")
    }
  }
`;

export const live = graphql`
  subscription FamilyMarkersSubscription($after: String) {
    markerChanged(after: $after) {
      kind
      markerId
      cursor
    }
  }
`;
