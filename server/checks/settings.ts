import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { findSecretProblem } from '../auth/secret.ts'
import type { Config } from '../config.ts'
import { modelHost, parseModelSpec } from '../model-settings.ts'
import { type Check, failed, passed } from './check.ts'

/** Only looks; `serve` creates what is missing. */
export function checkSecret({ secret, dataDir }: Config): Check {
  if (secret) return passed('secret', 'from BETTER_AUTH_SECRET')
  const file = join(dataDir, 'secret')
  const stat = statSync(file, { throwIfNoEntry: false })
  if (!stat) return passed('secret', `made in ${file} at the first start`)
  if ((stat.mode & 0o077) !== 0) {
    return failed('secret', `${file} can be read by other users`, `run: chmod 600 ${file}`)
  }
  const problem = findSecretProblem(readFileSync(file, 'utf8').trim())
  return problem
    ? failed('secret', problem, `restore the file ${file}, or remove it (everyone signs in again)`)
    : passed('secret', `from ${file}`)
}

/** The settings themselves were validated when read. */
export function checkModel({ model }: Config): Check {
  const spec = parseModelSpec(model.spec)
  if (!spec || spec.provider === 'offline') {
    return passed('model', 'offline: built in, understands task requests')
  }
  return passed('model', `${model.spec} at ${URL.parse(modelHost(spec.provider, model.baseUrl) ?? '')?.host}`)
}
