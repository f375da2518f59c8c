import { createRoute, z } from '@hono/zod-openapi'
import { changedSettings } from '../store/user-settings.ts'
import { answer, ofUser, problems, requiredBody } from './contract.ts'

const tags = ['Settings']

const settingsSchema = z
  .object({
    time_zone: z.string().nullable().describe('Used where a request names none; UTC when null'),
    locale: z.string().nullable().describe('Takes precedence over Accept-Language'),
  })
  .openapi('Settings')

export const read = createRoute({
  method: 'get',
  path: '/api/{user_id}/settings',
  tags,
  summary: "Read the user's settings",
  request: { params: ofUser },
  responses: { 200: answer('The settings', settingsSchema), ...problems },
})

export const update = createRoute({
  method: 'put',
  path: '/api/{user_id}/settings',
  tags,
  summary: 'Change settings',
  description: 'Fields that are left out keep their value, null clears.',
  request: { params: ofUser, body: requiredBody(changedSettings) },
  responses: { 200: answer('The settings', settingsSchema), ...problems },
})
