import { describeChecks } from '../../src/core/model/checks/describe-checks.js';
import { modelOf, type MarketModel, type ModelField, type SchemaPlugin } from '../../src/plugin.js';
import { IDENTITY_COLUMNS } from '../../src/core/model/columns.js';

const UNITS: Readonly<Record<string, string>> = {
  price: 'decimal, exact to 1e-9',
  timestamp: 'UTC; the nanoseconds beyond microseconds stand in the column behind',
  char: 'one character; byte 0 is NULL',
};

/** The reference page of a plugin, made from its declaration. */
export function pluginReadme(plugin: SchemaPlugin): string {
  const model = modelOf(plugin.model);
  const entries = plugin.validation.entriesOf(plugin.model);
  const checks = model.fields.flatMap((field) =>
    describeChecks(entries, field.name)
      .filter((check) => !/^(an integer from|one character|text of up to)/.test(check))
      .map((check) => `- \`${field.name}\`: must be ${check}`),
  );
  return `# ${plugin.name}

${plugin.description}

| schema | rtype | table | holds |
|---|---|---|---|
${plugin.schemas.map((schema) => `| \`${schema.name}\` | ${schema.rtype} | \`${schema.table}\` | ${schema.description ?? plugin.description} |`).join('\n')}

## Columns

The index timestamp, which sorts, filters and maps the records, is \`${model.indexTimestamp}\`.

| column | type | NULL | what it is | unit |
|---|---|---|---|---|
${model.fields.flatMap((field) => field.columns.map((column, index) => `| \`${column.name}\` | ${column.type} | ${column.nullable ? whenNull(field) : 'never'} | ${column.description} | ${index === 0 ? (UNITS[field.type] ?? '') : 'ns'} |`)).join('\n')}
${IDENTITY_COLUMNS.map((column) => `| \`${column.name}\` | ${column.type} | never | ${column.description} | |`).join('\n')}

Not stored: the length and rtype of the header, reserved bytes, text behind the first NUL, a ts_out trailer.

## What is rejected

A record that cannot be true, or cannot be a row, goes to quarantine with its bytes and these reasons:

- \`${model.indexTimestamp}\`: undefined (\`timestamp-undefined\`), because rows are sorted by it
${[...numberLimits(model.fields), ...textLimits(model.fields), ...checks].join('\n')}

What is odd but real is kept: ${keptOddities(model).join(', ')}.
`;
}

function keptOddities({ fields, indexTimestamp }: MarketModel): string[] {
  const hasPrices = fields.some(({ type }) => type === 'price');
  return [
    ...(hasPrices ? ['negative and zero prices'] : []),
    ...(indexTimestamp === 'ts_event' ? [] : ['an undefined `ts_event`']),
    'letters and numbers that no enumeration names',
    ...(hasPrices ? ['sizes of 0'] : []),
  ];
}

function whenNull(field: ModelField): string {
  const versions = field.columns[0]?.versions;
  const undefinedValue = field.type === 'char' ? 'byte 0' : 'undefined';
  if (versions === undefined || field.absent !== null) return undefinedValue;
  return `${undefinedValue}, or not DBN version ${versions.join(' or ')}`;
}

function numberLimits(fields: readonly ModelField[]): string[] {
  return fields
    .filter((field) => field.type === 'u64' && !field.numericColumn)
    .map((field) => `- \`${field.name}\`: beyond 9223372036854775807 (\`beyond-bigint\`), which no bigint holds`);
}

function textLimits(fields: readonly ModelField[]): string[] {
  return fields.some((field) => field.type === 'cstr') ? ['- any text: not UTF-8 (`not-utf8`)'] : [];
}
