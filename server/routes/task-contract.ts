import { createRoute, z } from '@hono/zod-openapi'
import { changedTaskFields, newTaskFields, taskLimits, timeZone, wordOf } from '../store/task-fields.ts'
import { optionally, taskFilterFields } from '../store/task-filter.ts'
import { directions, sorts } from '../store/task-order.ts'
import { taskView } from '../store/task-view.ts'
import { wholeNumber } from '../wire/number.ts'
import { answer, json, linkHeader, ofUser, problem, problems, requiredBody } from './contract.ts'

const ofTask = ofUser.extend({ id: wholeNumber(1, taskLimits.id) })

const listQuery = z.object({
  ...taskFilterFields,
  time_zone: optionally(timeZone).describe(
    'Where today is today: an IANA name; from the settings, or else UTC, when not given',
  ),
  sort: optionally(wordOf(sorts)).describe('created_at when not given'),
  order: optionally(wordOf(directions)).describe(
    'When not given: newest first, soonest due first, high priority first, titles from A. No due date comes last',
  ),
  limit: optionally(wholeNumber(1, 200)).describe('50 when not given'),
  after: optionally(z.string().max(4000)).describe('From the Link header of the page before'),
})

const problemsOfTask = { ...problems, 404: problem('The user has no such task', 'task_not_found') }

const aTask = (description: string) => answer(description, taskView)
const tags = ['Tasks']

export const list = createRoute({
  method: 'get',
  path: '/api/{user_id}/tasks',
  tags,
  summary: "List the user's tasks",
  request: { params: ofUser, query: listQuery },
  responses: {
    200: {
      description: 'The tasks of this page; an empty array when there are none',
      headers: linkHeader,
      content: json(z.array(taskView)),
    },
    ...problems,
  },
})

export const create = createRoute({
  method: 'post',
  path: '/api/{user_id}/tasks',
  tags,
  summary: 'Add a task',
  request: { params: ofUser, body: requiredBody(newTaskFields) },
  responses: { 201: aTask('The new task'), ...problems },
})

export const read = createRoute({
  method: 'get',
  path: '/api/{user_id}/tasks/{id}',
  tags,
  summary: 'Read a task',
  request: { params: ofTask },
  responses: { 200: aTask('The task'), ...problemsOfTask },
})

export const update = createRoute({
  method: 'put',
  path: '/api/{user_id}/tasks/{id}',
  tags,
  summary: 'Change fields of a task',
  description:
    'Fields that are left out keep their value, null clears. Without its due date a task does not recur.',
  request: { params: ofTask, body: requiredBody(changedTaskFields) },
  responses: { 200: aTask('The changed task'), ...problemsOfTask },
})

export const remove = createRoute({
  method: 'delete',
  path: '/api/{user_id}/tasks/{id}',
  tags,
  summary: 'Delete a task',
  request: { params: ofTask },
  responses: { 204: { description: 'The task is gone' }, ...problemsOfTask },
})

export const complete = createRoute({
  method: 'patch',
  path: '/api/{user_id}/tasks/{id}/complete',
  tags,
  summary: 'Complete or reopen a task',
  description:
    'Without a body the task changes from one to the other. The first completion of a recurring task makes the next one.',
  request: {
    params: ofTask,
    // A zod schema would have the body parsed before the handler, but an empty body with a JSON content type is
    // allowed.
    body: {
      required: false,
      content: {
        'application/json': { schema: { type: 'object', properties: { completed: { type: 'boolean' } } } },
      },
    },
  },
  responses: { 200: aTask('The task as it is now'), ...problemsOfTask },
})
