// Operations by chance over a schema, and what they come to by the reference implementation: each line of the output is one operation with variables,
// their values, and the same operation with every value written out and without what is left out. Run by tests/it/language with the schema in a file.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  astFromValue, buildSchema, getDirectiveValues, getNamedType, getNullableType, GraphQLIncludeDirective, GraphQLSkipDirective, isCompositeType,
  isEnumType, isInputObjectType, isListType, isNonNullType, Kind, parse, print, TypeInfo, validate, visit, visitWithTypeInfo,
} from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';

const schema = buildSchema(readFileSync(process.env.TF_SCHEMA, 'utf8'));
const wanted = Number(process.env.TF_WANTED);
let state = Number(process.env.TF_SEED);
const chance = () => {
  // xorshift: the same operations each time.
  state ^= state << 13; state ^= state >>> 17; state ^= state << 5;
  return (state >>> 0) / 4294967296;
};
const below = (number) => Math.floor(chance() * number);
const one = (list) => list[below(list.length)];
const maybe = (part) => chance() < part;

/** A value of a type, as GraphQL writes it. */
function literal(type, depth = 0) {
  const inner = getNullableType(type);
  if (!isNonNullType(type) && maybe(0.08)) return 'null';
  if (isListType(inner)) {
    if (maybe(0.3)) return literal(inner.ofType, depth + 1);
    return `[${Array.from({ length: below(3) }, () => literal(inner.ofType, depth + 1)).join(', ')}]`;
  }
  if (isEnumType(inner)) return one(inner.getValues()).name;
  if (isInputObjectType(inner)) {
    const fields = Object.values(inner.getFields()).filter((field) => isNonNullType(field.type) && field.defaultValue === undefined || maybe(0.25));
    return `{${fields.map((field) => `${field.name}: ${literal(field.type, depth + 1)}`).join(', ')}}`;
  }
  switch (inner.name) {
    case 'Int': return String(1 + below(6));
    case 'Float': return '1.5';
    case 'Boolean': return String(maybe(0.5));
    case 'NaiveDate': return one(['"2015-06-01"', '"2026-06-15"', '"1999-12-31"']);
    case 'DateTime': return '"2026-06-15T12:00:00Z"';
    default: return one(['"TF-10001"', '"TF-10002"', '"Fenland"', '"x"']);
  }
}

/** A value of JSON for a literal. */
const json = (text) => {
  const value = (node) => {
    switch (node.kind) {
      case Kind.NULL: return null;
      case Kind.INT: case Kind.FLOAT: return Number(node.value);
      case Kind.LIST: return node.values.map(value);
      case Kind.OBJECT: return Object.fromEntries(node.fields.map((field) => [field.name.value, value(field.value)]));
      default: return node.value;
    }
  };
  const parsed = parse(`{ a(b: ${text}) }`);
  return value(parsed.definitions[0].selectionSet.selections[0].arguments[0].value);
};

class Operation {
  declared = [];
  given = {};
  fragments = [];

  /** A variable for a place of that type: given, with a default, both, or neither. */
  variable(type, hasDefault) {
    const name = `v${'_'.repeat(below(2))}${this.declared.length}`;
    const byDefault = maybe(0.5);
    const plain = String(byDefault && isNonNullType(type) && maybe(0.5) ? getNullableType(type) : type);
    const loose = hasDefault && isNonNullType(type) && maybe(0.5) ? String(getNullableType(type)) : plain;
    let value = literal(type);
    if (byDefault && value === 'null' && !String(type).endsWith('!')) value = literal(type);
    this.declared.push(`$${name}: ${loose}${byDefault ? ` = ${value}` : ''}`);
    if (loose.endsWith('!') && !byDefault || maybe(0.4)) {
      // Null may be given to a variable that may be null, also where it then cannot stand.
      this.given[name] = isNonNullType(type) && !loose.endsWith('!') && maybe(0.3) ? null : json(literal(type));
    }
    return `$${name}`;
  }

  value(type, hasDefault) {
    if (maybe(0.5)) return this.variable(type, hasDefault);
    const inner = getNullableType(type);
    if (isInputObjectType(inner) && maybe(0.5)) {
      const fields = Object.values(inner.getFields()).filter((field) => isNonNullType(field.type) && field.defaultValue === undefined || maybe(0.25));
      return `{${fields.map((field) => `${field.name}: ${this.value(field.type, field.defaultValue !== undefined)}`).join(', ')}}`;
    }
    if (isListType(inner) && maybe(0.5)) return `[${this.value(inner.ofType, false)}]`;
    return literal(type);
  }

  condition() {
    if (!maybe(0.25)) return '';
    const type = schema.getDirective('skip').args[0].type;
    const part = () => `@${one(['skip', 'include'])}(if: ${maybe(0.8) ? this.variable(type, false) : maybe(0.5)})`;
    if (maybe(0.15)) return ` @skip(if: ${this.variable(type, false)}) @include(if: ${this.variable(type, false)})`;
    return ` ${part()}`;
  }

  selection(type, depth) {
    const parts = ['__typename'];
    const fields = Object.values(type.getFields());
    const count = depth === 0 ? 1 + below(3) : 1 + below(4);
    for (let at = 0; at < count; at += 1) {
      if (maybe(0.15)) {
        parts.push(`...${maybe(0.5) ? ` on ${type.name}` : ''}${this.condition()} {${this.selection(type, depth + 1)}}`);
        continue;
      }
      if (maybe(0.1)) {
        const name = `F${this.fragments.length}`;
        this.fragments.push('');
        this.fragments[Number(name.slice(1))] = `fragment ${name} on ${type.name} {${this.selection(type, depth + 1)}}`;
        parts.push(`...${name}${this.condition()}`);
        continue;
      }
      const lists = fields.filter((field) => field.args.some((arg) => arg.name === 'filter'));
      const field = lists.length && maybe(0.6) ? one(lists) : one(fields);
      const inner = getNamedType(field.type);
      if (isCompositeType(inner) && (depth > 3 || !inner.getFields)) continue;
      if (/^(markerLookup|lookups|markerChanges|webhook|disclosures)/.test(field.name)) continue;
      const args = field.args.filter((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined || maybe(arg.name === 'filter' ? 0.6 : 0.3));
      const written = args.map((arg) => `${arg.name}: ${this.value(arg.type, arg.defaultValue !== undefined)}`);
      const alias = `a${parts.length}_${depth}_${below(1e6)}: `;
      const set = isCompositeType(inner) ? ` {${this.selection(inner, depth + 1)}}` : '';
      parts.push(`${alias}${field.name}${written.length ? `(${written.join(', ')})` : ''}${this.condition()}${set}`);
    }
    return ` ${parts.join(' ')} `;
  }

  text() {
    const set = this.selection(schema.getQueryType(), 0);
    const declared = this.declared.length ? `(${this.declared.join(', ')})` : '';
    return `query Q${declared} {${set}} ${this.fragments.join(' ')}`;
  }
}

/** A value without what an input's own defaults have added to what was written. */
function asWritten(value, raw) {
  if (Array.isArray(value)) return value.map((item, at) => asWritten(item, Array.isArray(raw) ? raw[at] : raw));
  if (value === null || typeof value !== 'object') return value;
  const written = Object.entries(value).filter(([key]) => Object.hasOwn(raw, key));
  return Object.fromEntries(written.map(([key, inner]) => [key, asWritten(inner, raw[key])]));
}

/** The operation with every value written out, by the reference implementation's own reading of variables and directives. */
function writtenOut(document, given) {
  const operation = document.definitions[0];
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  if (errors) return null;
  const fragments = new Map(document.definitions.slice(1).map((fragment) => [fragment.name.value, fragment]));
  const isIn = (node) =>
    getDirectiveValues(GraphQLSkipDirective, node, coerced)?.if !== true && getDirectiveValues(GraphQLIncludeDirective, node, coerced)?.if !== false;
  const has = (node) => node.kind !== Kind.VARIABLE || Object.hasOwn(coerced, node.name.value);
  const expand = (node) =>
    visit(node, {
      SelectionSet: (set) => ({ ...set, selections: set.selections.filter(isIn) }),
      FragmentSpread: (spread) => {
        const { typeCondition, selectionSet } = fragments.get(spread.name.value);
        return { kind: Kind.INLINE_FRAGMENT, typeCondition, directives: [], selectionSet: expand(selectionSet) };
      },
      Directive: () => null,
    });
  const raw = (name) => {
    if (Object.hasOwn(given, name)) return given[name];
    const declared = operation.variableDefinitions.find((definition) => definition.variable.name.value === name);
    return json(print(declared.defaultValue));
  };
  let failed = false;
  const info = new TypeInfo(schema);
  const left = visit(expand({ ...operation, variableDefinitions: [] }), visitWithTypeInfo(info, {
    Argument: (argument) => (has(argument.value) ? undefined : null),
    ObjectField: (field) => (has(field.value) ? undefined : null),
    Variable: (variable) => {
      const type = info.getInputType();
      const name = variable.name.value;
      const value = Object.hasOwn(coerced, name) ? asWritten(coerced[name], raw(name)) : null;
      // Null where something must stand is an error of its own.
      if (value === null && isNonNullType(type)) failed = true;
      return value === null ? { kind: Kind.NULL } : astFromValue(value, type);
    },
  }));
  return failed ? null : print(left);
}

let made = 0;
let refused = 0;
for (let tried = 0; made < wanted && tried < wanted * 20; tried += 1) {
  const operation = new Operation();
  const text = operation.text();
  const document = parse(text);
  const wrong = validate(schema, document);
  // A value that stands where it cannot is not what is looked for here; anything else is a fault of this script.
  if (wrong.length) continue;
  let literalText = null;
  try {
    literalText = writtenOut(document, operation.given);
  } catch {
    // Null for the condition of a directive.
  }
  if (literalText === null) refused += 1;
  console.log(JSON.stringify({ query: text, variables: operation.given, literal: literalText }));
  made += 1;
}
assert.equal(made, wanted, `${made} operations`);
assert.ok(refused < wanted / 2, `${refused} of ${made} are refused`);
