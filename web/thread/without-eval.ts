// zod, in the AI SDK, tests whether it may compile code from text, which the page's CSP blocks and reports. This
// setting (zod/v4/core, `globalConfig`) prevents the test and must be loaded before zod.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } })
