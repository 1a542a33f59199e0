// PostGraphile over the tables as they are, with row-level security. The claims of a caller come in a header that is trusted: no token is verified.
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";

const [connectionString, migrator] = [process.env.PEER_URL, process.env.PEER_OWNER_URL];
if (!connectionString || !migrator) throw new Error("PEER_URL and PEER_OWNER_URL must be set");

// What the policies are told of each role: scopes, and whether consent is asked for.
const RIGHTS = {
  coordinator: { marker: "authority", people: "authority", contact: "none", work: "cohort", consents: "authority", consent: "not_required" },
  marker_lookup: { marker: "cohort", people: "none", contact: "none", work: "none", consents: "none", consent: "required" },
};

const NOBODY = "00000000-0000-0000-0000-000000000000";

function settings(claims) {
  const of = { authority: claims.authority, kind: claims.kind, agency: claims.agency ?? NOBODY, subject: claims.subject ?? "", ...RIGHTS[claims.role] };
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [`tf.${name}`, String(value)]));
}

const preset = {
  extends: [PostGraphileAmberPreset],
  // Lists and orders by any column, as the operations need them.
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  schema: { defaultBehavior: "+connection +list -insert -update -delete", exportSchemaSDLPath: process.env.PEER_SDL },
  pgServices: [makePgService({ connectionString, superuserConnectionString: migrator, schemas: ["public", "peer_api"], poolConfig: { max: 10 } })],
  grafast: {
    explain: false,
    context: (request) => ({ pgSettings: settings(JSON.parse(request.node.req.headers["x-claims"] ?? "{}")) }),
  },
  grafserv: { graphiql: false, websockets: false, watch: false },
};

const instance = postgraphile(preset);
const server = createServer();
await instance.createServ(grafserv).addTo(server);
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/graphql`));
