import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { variableNames } from '../../server/config.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

interface Service {
  environment?: Record<string, string | number>
  volumes?: string[]
  depends_on?: unknown
}

interface Container {
  env: { name: string; value: string }[]
  startupProbe: Probe
  readinessProbe: Probe
  livenessProbe: Probe
}

interface Probe {
  httpGet: { path: string }
}

interface Pod {
  terminationGracePeriodSeconds: number
  containers: Container[]
}

/** By the shape of the shipped file; a file of another shape fails where it is read. */
const compose = () =>
  parse(read('deploy/compose.yaml'), { merge: true }) as { services: Record<string, Service> }

const manifests = () =>
  parseAllDocuments(read('deploy/kubernetes/colloquy.yaml')).map(document => {
    expect(document.errors).toEqual([])
    return document.toJS() as { kind: string; spec: { template: { spec: Pod } } }
  })

const deployment = () => manifests().find(({ kind }) => kind === 'Deployment')?.spec.template.spec

/** What whoever deploys sets, and is not the server's. */
const numberOf = (environment: Record<string, unknown>, name: string) =>
  Number(environment[name] ?? Number.NaN)

describe('compose.yaml', () => {
  test('names settings that there are', () => {
    const { one, two } = compose().services
    expect(one).toEqual(two)
    const names = Object.keys(one?.environment ?? {})
    expect(names.length).toBeGreaterThan(5)
    expect(names.filter(name => !variableNames.includes(name))).toEqual([])
  })

  test('mounts files that there are, and waits for services that there are', () => {
    const { services } = compose()
    const files = Object.values(services).flatMap(({ volumes = [] }) =>
      volumes.filter(each => each.startsWith('./')),
    )
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) expect(existsSync(join(root, 'deploy', file.split(':')[0] ?? ''))).toBe(true)
    const waitedFor = Object.values(services).flatMap(({ depends_on = [] }) =>
      Array.isArray(depends_on) ? depends_on : Object.keys(depends_on as object),
    )
    expect(waitedFor.filter(name => !(String(name) in services))).toEqual([])
  })

  test('balances between its two instances', () => {
    const targets = [...read('deploy/nginx.conf').matchAll(/server (\w+):(\d+)/g)].map(([, name]) => name)
    expect(targets.toSorted()).toEqual(
      Object.keys(compose().services)
        .filter(name => targets.includes(name))
        .toSorted(),
    )
    expect(targets).toHaveLength(2)
  })
})

describe('the Kubernetes manifests', () => {
  test('are four kinds of things', () => {
    const kinds = manifests().map(({ kind }) => kind)
    expect(kinds.toSorted()).toEqual([
      'Deployment',
      'HorizontalPodAutoscaler',
      'PodDisruptionBudget',
      'Service',
    ])
  })

  test('name settings that there are, and leave time for stopping', () => {
    const [container] = deployment()?.containers ?? []
    const environment = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]))
    expect(Object.keys(environment).filter(name => !variableNames.includes(name))).toEqual([])
    const stopping =
      numberOf(environment, 'SHUTDOWN_DELAY_SECONDS') + numberOf(environment, 'SHUTDOWN_GRACE_SECONDS')
    expect(deployment()?.terminationGracePeriodSeconds).toBeGreaterThan(stopping)
  })

  test('ask for readiness where it is told, and kill only what does not answer at all', () => {
    const [container] = deployment()?.containers ?? []
    expect(container?.readinessProbe.httpGet.path).toBe('/readyz')
    expect(container?.livenessProbe.httpGet.path).toBe('/healthz')
  })
})

describe('the Dockerfile', () => {
  const dockerfile = read('Dockerfile')

  test('copies what there is, or what its build makes', () => {
    const sources = [...dockerfile.matchAll(/^COPY (?:--from=build )?(.+)$/gm)].flatMap(([, paths = '']) =>
      paths.split(' ').slice(0, -1),
    )
    const paths = sources.map(path => path.replace(/^\/build\//, ''))
    expect(paths).toContain('server')
    const made = ['dist', 'node_modules']
    expect(paths.filter(path => !made.includes(path) && !existsSync(join(root, path)))).toEqual([])
  })

  test('copies everything that the server imports', () => {
    const copied = [...dockerfile.matchAll(/^COPY --from=build \/build\/(\w+)/gm)].map(([, folder]) => folder)
    const reached = new Set<string>()
    for (const file of globSync('server/**/*.ts', { cwd: root })) {
      for (const [, path = ''] of read(file).matchAll(/(?:from|import\() ?'(\.[^']+)'/g)) {
        reached.add(relative(root, join(root, dirname(file), path)).split('/')[0] ?? '')
      }
    }
    expect([...reached].filter(folder => !copied.includes(folder))).toEqual([])
  })

  test('starts the server with the flags of npm start', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } }
    const [, entry = '[]'] = /^ENTRYPOINT (.+)$/m.exec(dockerfile) ?? []
    const [, command = '[]'] = /^CMD (.+)$/m.exec(dockerfile) ?? []
    expect(`exec ${[...JSON.parse(entry), ...JSON.parse(command)].join(' ')}`).toBe(scripts.start)
  })

  test('runs as somebody who is not root', () => {
    expect(/^USER (.+)$/m.exec(dockerfile)?.[1]).toBe('node')
  })
})

test('every setting that a document on deploying names is one', () => {
  const named = [...read('docs/deploy.md').matchAll(/`([A-Z][A-Z]+_[A-Z_]+)(?:=[^`]*)?`/g)].map(
    ([, name = '']) => name,
  )
  expect(named.length).toBeGreaterThan(10)
  const others = ['POSTGRES_PASSWORD', 'BACKUP_SCHEMAS', 'PG_BIN']
  expect(named.filter(name => !variableNames.includes(name) && !others.includes(name))).toEqual([])
})
