// Mercurius with JIT over `pg`: lists in batches by its loaders, one statement a list. No authorisation: the statements have the conditions written in
// that give the bench's caller the same rows as ours (the cohort for work with the family, nothing that concerns health).
import { readFileSync } from "node:fs";
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";
import { ROOT, LISTS } from "./statements.mjs";

// Days as they are, moments as JSON has them.
pg.types.setTypeParser(1082, (day) => day);
pg.types.setTypeParser(1184, (moment) => moment.replace(" ", "T").replace(/\+00$/, "Z"));
const pool = new pg.Pool({ connectionString: process.env.PEER_URL, max: 10, options: "-c TimeZone=UTC" });
const rows = async ([name, text], values) => (await pool.query({ name, text, values })).rows;

const agency = (name) => (name === null || name === undefined ? null : { name });
const lead = (row) => (row.lead_name === null ? null : {
  name: row.lead_name, phone: row.lead_phone, email: row.lead_email, team: row.lead_team, since: row.lead_since, agency: agency(row.lead_agency),
});
const family = (row) => ({ ...row, leadProfessional: lead(row) });

const resolvers = {
  Query: {
    async markerLookup(_, { authority, input }) {
      const found = await rows(ROOT.lookup, [authority, input.givenName, input.familyName, input.dateOfBirth, input.postcode]);
      if (found.length !== 1) return { status: found.length === 0 ? "NOT_FOUND" : "AMBIGUOUS", marker: null };
      const [row] = found;
      return { status: "MATCHED", marker: { onCohortSince: row.attachedOn, onePlan: row.onePlan, leadProfessional: lead(row) } };
    },
    async family(_, { authority, reference }) {
      const [row] = await rows(ROOT.family, [authority, reference]);
      return row && family(row);
    },
    async families(_, { authority, criterion, since }) {
      if (!criterion) return { nodes: (await rows(ROOT.families, [authority])).map(family), edges: [] };
      const found = await rows(ROOT.filtered, [authority, criterion, since]);
      return { totalCount: found[0]?.total ?? 0, nodes: [], edges: found.map((row) => ({ node: family(row) })) };
    },
    async plans(_, { authority }) {
      return { nodes: (await rows(ROOT.plans, [authority])).map((row) => ({ ...row, family: { reference: row.reference } })) };
    },
  },
};

const of = { member: (row) => (row.member_name === null ? null : { givenName: row.member_name }), sourceAgency: (row) => agency(row.agency_name) };

// One statement for the parents of all, their rows told apart by the parent's key.
const loader = (statement, more = {}) => ({
  opts: { cache: false },
  async loader(queries) {
    const lists = new Map(queries.map(({ obj }) => [obj.id, []]));
    for (const row of await rows(statement, [queries[0].obj.authority, [...lists.keys()]])) {
      for (const [name, make] of Object.entries(more)) row[name] = make(row);
      lists.get(row.parent).push(row);
    }
    return queries.map(({ obj }) => lists.get(obj.id));
  },
});

const loaders = {
  Family: {
    members: loader(LISTS.members),
    criteriaMatches: loader(LISTS.criteriaMatches, of),
    plans: loader(LISTS.plans),
    consents: loader(LISTS.consents, { member: of.member }),
  },
  Plan: { outcomes: loader(LISTS.outcomes, { sourceAgency: of.sourceAgency }) },
};

const app = Fastify({ keepAliveTimeout: 600_000 });
app.register(mercurius, { schema: readFileSync(new URL("schema.graphql", import.meta.url), "utf8"), resolvers, loaders, jit: 1 });
console.log(`${await app.listen({ port: 0, host: "127.0.0.1" })}/graphql`);
