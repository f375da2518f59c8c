import { type Agent, defineAgent } from './agent.ts'
import { taskInstructions } from './instructions.ts'
import { taskTools } from './task-tools.ts'

/** The default agent. */
export const createTaskAgent = (): Agent =>
  defineAgent({
    tools: [...taskTools],
    instructions: ({ context }) => taskInstructions(context),
    introduction:
      "The user's own tasks. Never invent a task's number: list or search first. Deleting asks the user.",
  })
