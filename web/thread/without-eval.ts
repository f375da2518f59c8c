// The AI SDK's schemas try whether they may make code from text, which the page's policy refuses and reports. They read this
// before they try (zod/v4/core, `globalConfig`); it has to be loaded before them.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } })
