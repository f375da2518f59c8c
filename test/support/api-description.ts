import { fromJsonSchema, type JsonSchemaType } from '@modelcontextprotocol/server'
import type { Document, Operation } from '../../server/routes/openapi-document.ts'
import type { Schema } from '../../server/routes/openapi-sample.ts'

/** The document of a server, and whether what is sent fits what it says. */
export interface ApiDescription {
  document: Document
  operations: { at: string; operation: Operation }[]
  /** What is wrong with the value; empty when nothing is. */
  faultsOf(value: unknown, schema: Schema): string[]
}

export async function readDescription({ url }: { url: string }): Promise<ApiDescription> {
  const document: Document = await (await fetch(`${url}/openapi.json`)).json()
  const { components } = document
  // Each is made once: making one reads the whole document.
  const checkers = new Map<string, ReturnType<typeof fromJsonSchema>>()
  function checkerOf(schema: Schema) {
    const key = JSON.stringify(schema)
    // References point into the document, which therefore goes along.
    const checker = checkers.get(key) ?? fromJsonSchema({ ...schema, components } as JsonSchemaType)
    checkers.set(key, checker)
    return checker
  }
  return {
    document,
    operations: Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        at: `${method.toUpperCase()} ${path}`,
        operation,
      })),
    ),
    faultsOf(value, schema) {
      const checked = checkerOf(schema)['~standard'].validate(value)
      if (checked instanceof Promise) throw new Error('JSON schemas are checked at once')
      return (checked.issues ?? []).map(({ message, path }) => `${path?.join('.') ?? ''} ${message}`)
    },
  }
}
