import { afterAll, expect, test } from 'vitest'
import { textStream } from '../support/replay-answers.ts'
import { startReplayServer } from '../support/replay-server.ts'
import { modelAt } from '../support/replayed-server.ts'
import { openStage } from './support/stage.ts'
import { log, say, settled } from './support/thread.ts'

const replay = await startReplayServer()
afterAll(() => replay[Symbol.asyncDispose]())

const stage = openStage(modelAt(replay))

const unsafe = `Look <img src=x onerror="window.ran = 'an image'"> here.

<script>window.ran = 'a script'</script>
<iframe srcdoc="<script>parent.ran = 'a frame'</script>"></iframe>
<svg onload="window.ran = 'a drawing'"></svg>

[a script link](javascript:window.ran='a%20link') and [another](  JaVaScRiPt:window.ran=2)

[a data link](data:text/html,<script>window.ran='data'</script>) and [vb](vbscript:msgbox(1))

![a data picture](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)

![a far picture](https://pictures.example/one.png "title")

![][far]

[far]: https://pictures.example/two.png

<https://links.example/page> and <javascript:window.ran=3> and https://bare.example/x

[protocol-relative](//evil.example/x) and [relative](/settings) and [mail](mailto:ada@example.com)

\`\`\`html
<img src=x onerror="window.ran = 'code'">
\`\`\`
`

// The stage itself fails a visit that asks another host for anything, or in which the page reports an error.
test("a model's words run nothing, load nothing, and lead only where a person may follow", () =>
  stage.visitAs(async ({ page }) => {
    const dialogs: string[] = []
    page.on('dialog', dialog => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    replay.enqueue([textStream(...(unsafe.match(/[\s\S]{1,40}/g) ?? []))])
    await page.goto('/')
    await say(page, 'Show me something')
    await log(page).getByText('mail', { exact: true }).waitFor()
    await settled(page)
    await log(page).locator('pre .hljs-tag').first().waitFor()
    for (const name of ['a script link', 'a data link', 'another', 'protocol-relative', 'relative'])
      await log(page).getByText(name).first().click()
    expect(await page.evaluate(() => 'ran' in window)).toBe(false)
    expect(dialogs).toEqual([])
    const answer = log(page).getByRole('article').last()
    expect(
      await answer.locator('img, script, iframe, svg[onload], object, embed, video, style').count(),
    ).toBe(0)
    expect(
      await answer
        .locator('a')
        .evaluateAll(links => links.map(link => [link.getAttribute('href'), link.getAttribute('rel')])),
    ).toEqual(
      [
        'https://pictures.example/one.png',
        'https://pictures.example/two.png',
        'https://links.example/page',
        'https://bare.example/x',
        'mailto:ada@example.com',
      ].map(href => [href, 'noopener noreferrer nofollow']),
    )
    await answer.getByText('<script>window.ran').first().waitFor()
  }))

const rich = `# A plan

| Task | Due |
| :--- | ---: |
| Water the plants | today |

- [x] bought
- [ ] planted

1. one
2. two

> quoted

\`\`\`ts
const answer: number = 42
\`\`\`
`

test('Markdown is shown as what it means', () =>
  stage.visitAs(async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    replay.enqueue([textStream(...(rich.match(/[\s\S]{1,9}/g) ?? []))])
    await page.goto('/')
    await say(page, 'Make a plan')
    const answer = log(page).getByRole('article').last()
    await answer.getByRole('cell', { name: 'Water the plants' }).waitFor()
    await settled(page)
    await answer.getByRole('heading', { name: 'A plan' }).waitFor()
    expect(await answer.getByRole('checkbox', { name: 'Done', exact: true }).isChecked()).toBe(true)
    expect(await answer.getByRole('checkbox', { name: 'Not done' }).isChecked()).toBe(false)
    await answer.locator('.hljs-keyword', { hasText: 'const' }).waitFor()
    await answer.getByRole('button', { name: 'Copy code' }).click()
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toBe('const answer: number = 42')
  }))
