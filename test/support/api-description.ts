import { fromJsonSchema, type JsonSchemaType } from '@modelcontextprotocol/server'
import type { Document, Operation } from '../../server/routes/openapi-document.ts'
import type { Schema } from '../../server/routes/openapi-sample.ts'

/** A server's API document, and checks of values against its schemas. */
export interface ApiDescription {
  document: Document
  operations: { at: string; operation: Operation }[]
  /** The value's schema violations; empty when it is valid. */
  faultsOf(value: unknown, schema: Schema): string[]
}

export async function readDescription({ url }: { url: string }): Promise<ApiDescription> {
  const document: Document = await (await fetch(`${url}/openapi.json`)).json()
  const { components } = document
  // Checkers are cached: making one reads the whole document.
  const checkers = new Map<string, ReturnType<typeof fromJsonSchema>>()
  function checkerOf(schema: Schema) {
    const key = JSON.stringify(schema)
    // References point into the document, so its components are included.
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
