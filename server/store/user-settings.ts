import { eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Tx } from '../db/database.ts'
import { userSettings } from '../db/schema.ts'
import { storableText } from '../wire/text.ts'
import { timeZone } from './task-fields.ts'

/** A user's saved settings; null where not set. */
export interface UserSettings {
  timeZone: string | null
  locale: string | null
}

const maxLocaleLength = 35

const locale = storableText()
  .transform((tag, context) => {
    const known = canonicalLocale(tag.trim())
    if (known) return known
    context.addIssue({ code: 'custom', message: 'must be a BCP 47 language tag, as en-GB or ur' })
    return z.NEVER
  })
  .describe('A BCP 47 language tag, as en-GB or ur')

/** Omitted fields keep their value, null clears. */
export const changedSettings = z.object({ time_zone: timeZone.nullish(), locale: locale.nullish() })

export type ChangedSettings = z.output<typeof changedSettings>

export async function findUserSettings(tx: Tx, userId: string): Promise<UserSettings> {
  const [found] = await tx.select().from(userSettings).where(eq(userSettings.userId, userId))
  return { timeZone: found?.timeZone ?? null, locale: found?.locale ?? null }
}

export async function updateUserSettings(
  tx: Tx,
  userId: string,
  change: ChangedSettings,
): Promise<UserSettings> {
  const before = await findUserSettings(tx, userId)
  const after = {
    timeZone: change.time_zone === undefined ? before.timeZone : change.time_zone,
    locale: change.locale === undefined ? before.locale : change.locale,
  }
  await tx
    .insert(userSettings)
    .values({ userId, ...after })
    .onConflictDoUpdate({
      target: userSettings.userId,
      set: { ...after, updatedAt: sql`excluded.updated_at` },
    })
  return after
}

/** The user's time zone for requests that give none; UTC when not set. */
export const findTimeZone = async (tx: Tx, userId: string): Promise<string> =>
  (await findUserSettings(tx, userId)).timeZone ?? 'UTC'

function canonicalLocale(tag: string): string | undefined {
  if (tag.length > maxLocaleLength) return undefined
  try {
    return Intl.getCanonicalLocales(tag)[0]
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
