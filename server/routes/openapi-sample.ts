/** Generates examples from the schemas where a contract gives none, so they are never out of date. */

export type Schema = { [keyword: string]: unknown }
export type Schemas = Record<string, Schema>

/** Values for names that say more than their type. */
const byName: Record<string, unknown> = {
  user_id: 'ada',
  title: 'Buy groceries',
  message: 'Add a task to buy groceries',
  content: 'Add a task to buy groceries',
  response: 'Added **Buy groceries** (#1).',
  delta: 'Added ',
  text: 'Added **Buy groceries** (#1).',
  name: 'add_task',
  arguments: { title: 'Buy groceries' },
  result: { task_id: 1, status: 'created', title: 'Buy groceries' },
  description: 'Milk, bread and apples',
  tags: ['home'],
  recurrence: 'weekly',
  time_zone: 'Asia/Karachi',
  'x-time-zone': 'Asia/Karachi',
  'idempotency-key': '0d0ee7a4c1f24b2e9a54a3a8c9b9b1f0',
  locale: 'en',
  email: 'ada@example.com',
  password: 'correct horse battery',
  token: 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl',
  q: 'groceries',
  search: 'groceries',
  tag: 'home',
}

const byFormat: Record<string, string> = {
  uuid: '019a2b3c-4d5e-7f60-8192-a3b4c5d6e7f8',
  date: '2026-11-22',
  'date-time': '2026-11-22T09:00:00.000Z',
  email: 'ada@example.com',
  uri: 'http://127.0.0.1:3000',
}

/** A value that fits the schema; `name` is the property or parameter it is for. */
export function sampleOf(given: Schema, schemas: Schemas, name = ''): unknown {
  const schema = resolve(given, schemas)
  for (const keyword of ['example', 'const', 'default']) if (keyword in schema) return schema[keyword]
  if (Array.isArray(schema.examples)) return schema.examples[0]
  if (Array.isArray(schema.enum)) return schema.enum[0]
  if (Array.isArray(schema.allOf))
    return Object.assign({}, ...schema.allOf.map(part => sampleOf(part, schemas)))
  const choices = schema.anyOf ?? schema.oneOf
  if (Array.isArray(choices)) {
    const choice = choices.find(each => each.type !== 'null') ?? choices[0]
    return sampleOf(choice, schemas, name)
  }
  const type = Array.isArray(schema.type) ? schema.type.find(each => each !== 'null') : schema.type
  if (type !== 'object' && fits(byName[name], type)) return byName[name]
  return ofType[type]?.(schema, schemas) ?? {}
}

const fits = (value: unknown, type: unknown) =>
  value !== undefined &&
  (type === undefined || (Array.isArray(value) ? type === 'array' : type === typeof value))

const ofType: Record<string, (schema: Schema, schemas: Schemas) => unknown> = {
  object: ({ properties = {} }, schemas) =>
    Object.fromEntries(
      // The shape is defined by JSON Schema.
      Object.entries(properties as Schemas).map(([name, each]) => [name, sampleOf(each, schemas, name)]),
    ),
  array: ({ items = {} }, schemas) => [sampleOf(items as Schema, schemas)],
  string: ({ format }) => byFormat[String(format)] ?? 'text',
  integer: ({ minimum = 1 }) => minimum,
  number: ({ minimum = 1 }) => minimum,
  boolean: () => true,
  null: () => null,
}

export function resolve(schema: Schema, schemas: Schemas): Schema {
  if (typeof schema.$ref !== 'string') return schema
  const { $ref, ...rest } = schema
  return { ...schemas[$ref.slice('#/components/schemas/'.length)], ...rest }
}
