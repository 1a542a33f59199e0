// The query page: GraphiQL with a bar on top for who asks, for what purpose, and how withheld values are told.
// Tokens stay in memory, and queries and history in the tab: they may name people.
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { useEditorContext } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { StrictMode, useEffect, useMemo, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';

import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './page.css';

const WELCOME = `# Choose who asks above, or paste a token, then write a query here and run it.
# Withheld values are null; extensions.disclosure says which and why.
`;
const PLUGINS = [explorerPlugin({ showAttribution: false })];
const NO_ROLE = '';

/** Sends an operation as the asker. A demonstration role whose token has expired gets a fresh one. */
function makeFetcher(roleLabel, token, purpose, withheld) {
  let current = token;
  const send = (operation) => {
    const headers = {
      Accept: 'application/graphql-response+json, application/json;q=0.9',
      'Content-Type': 'application/json',
      'X-Withheld': withheld,
    };
    if (current) headers.Authorization = `Bearer ${current}`;
    if (purpose) headers['X-Purpose-Of-Use'] = purpose;
    return fetch('/graphql', {
      method: 'POST',
      headers,
      body: JSON.stringify(operation),
      credentials: 'omit',
      cache: 'no-store',
    });
  };
  return async (operation) => {
    let answer = await send(operation);
    if (answer.status === 401 && roleLabel) {
      current = (await loadRoles()).find(({ label }) => label === roleLabel)?.token ?? current;
      answer = await send(operation);
    }
    return answer.json();
  };
}

/** Puts an example into the open editors; it lives inside GraphiQL to reach them. */
function Loader({ example, known }) {
  const { queryEditor, variableEditor } = useEditorContext({ nonNull: true });
  const shown = useRef(null);
  useEffect(() => {
    if (!example || !queryEditor || shown.current === example) return;
    const untouched = known.has(queryEditor.getValue().trim());
    if (example.asked || untouched) {
      queryEditor.setValue(example.query);
      variableEditor?.setValue(example.variables);
    }
    shown.current = example;
  }, [example, known, queryEditor, variableEditor]);
  return null;
}

function Field({ label, children }) {
  return (
    <label className="tf-field">
      <span>{label}</span>
      {children}
    </label>
  );
}

function App({ roles }) {
  const [roleLabel, setRoleLabel] = useState(roles[0]?.label ?? NO_ROLE);
  const [pasted, setPasted] = useState('');
  const [typedPurpose, setTypedPurpose] = useState('');
  const [chosenPurpose, setChosenPurpose] = useState(roles[0]?.purpose ?? '');
  const [withheld, setWithheld] = useState('report');
  const [asked, setAsked] = useState(null);
  const [panel, setPanel] = useState(null);

  const role = roles.find(({ label }) => label === roleLabel);
  const token = role ? role.token : pasted.trim();
  const purpose = role ? chosenPurpose : typedPurpose.trim();
  const example = asked ?? role?.examples[0] ?? null;
  const fetcher = useMemo(
    () => makeFetcher(role?.label, token, purpose, withheld), [role?.label, token, purpose, withheld],
  );
  // Texts that nobody wrote here and that another may therefore replace.
  const known = useMemo(() => new Set(
    ['', WELCOME, ...roles.flatMap(({ examples }) => examples.map(({ query }) => query))].map((text) => text.trim()),
  ), [roles]);

  const chooseRole = (label) => {
    setRoleLabel(label);
    setChosenPurpose(roles.find((one) => one.label === label)?.purpose ?? '');
    setAsked(null);
  };
  const chooseExample = (index) => {
    const chosen = role?.examples[index];
    if (chosen) setAsked({ ...chosen, asked: true });
  };

  return (
    <div className="tf-page">
      <header className="tf-bar">
        <strong>Think Family</strong>
        {roles.length > 0 && (
          <Field label="Ask as">
            <select value={roleLabel} onChange={(event) => chooseRole(event.target.value)}>
              {roles.map(({ label }) => <option key={label}>{label}</option>)}
              <option value={NO_ROLE}>A token of my own</option>
            </select>
          </Field>
        )}
        {!role && (
          <Field label="Token">
            <input type="password" autoComplete="off" spellCheck={false} value={pasted} placeholder="paste an access token"
              onChange={(event) => setPasted(event.target.value)} />
          </Field>
        )}
        <Field label="Purpose">
          {role ? (
            <select value={chosenPurpose} onChange={(event) => setChosenPurpose(event.target.value)}>
              {role.purposes.map((one) => <option key={one}>{one}</option>)}
            </select>
          ) : (
            <input value={typedPurpose} spellCheck={false} placeholder="the token's only one"
              onChange={(event) => setTypedPurpose(event.target.value)} />
          )}
        </Field>
        <Field label="Withheld values">
          <select value={withheld} onChange={(event) => setWithheld(event.target.value)}>
            <option value="report">report: null, listed in extensions</option>
            <option value="error">error: null, each with an error</option>
            <option value="fail">fail: refuse the operation</option>
          </select>
        </Field>
        {role?.examples.length > 0 && (
          <Field label="Examples">
            <select value="" onChange={(event) => chooseExample(event.target.value)}>
              <option value="">choose a query…</option>
              {role.examples.map(({ label }, index) => <option key={label} value={index}>{label}</option>)}
            </select>
          </Field>
        )}
      </header>
      <div className="tf-graphiql">
        {/* Another asker has another schema: start anew, with the same side panel. */}
        <GraphiQL key={`${token} ${purpose}`} fetcher={fetcher} plugins={PLUGINS} defaultQuery={WELCOME} storage={sessionStorage}
          visiblePlugin={panel} onTogglePluginVisibility={(plugin) => setPanel(plugin?.title ?? null)}
          isHeadersEditorEnabled={false} shouldPersistHeaders={false} showPersistHeadersSettings={false}
          defaultEditorToolsVisibility="variables" inputValueDeprecation schemaDescription>
          <GraphiQL.Logo> </GraphiQL.Logo>
          <GraphiQL.Toolbar>
            {({ prettify, copy, merge }) => <>{prettify}{merge}{copy}<Loader example={example} known={known} /></>}
          </GraphiQL.Toolbar>
        </GraphiQL>
      </div>
    </div>
  );
}

/** The demonstration roles; none while the development issuer is off. */
async function loadRoles() {
  try {
    const answer = await fetch('/graphiql/roles.json', { cache: 'no-store', credentials: 'omit' });
    return answer.ok ? await answer.json() : [];
  } catch {
    return [];
  }
}

const roles = await loadRoles();
createRoot(document.getElementById('app')).render(<StrictMode><App roles={roles} /></StrictMode>);
