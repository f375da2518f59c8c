import { createRoute, z } from '@hono/zod-openapi'
import { changedSettings } from '../store/user-settings.ts'
import { answer, ofUser, problems, requiredBody } from './contract.ts'

const tags = ['Settings']

const settingsSchema = z
  .object({
    time_zone: z.string().nullable().describe('Holds where a request names none; UTC when null'),
    locale: z.string().nullable().describe('Goes before what a browser says'),
  })
  .openapi('Settings')

export const read = createRoute({
  method: 'get',
  path: '/api/{user_id}/settings',
  tags,
  summary: 'Read what holds for all requests of the user',
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
