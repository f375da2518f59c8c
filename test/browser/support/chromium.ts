import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
]

/** The machine's own browser, else one from npm. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = installed.find(existsSync) ?? (await bundledPath())
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-background-networking'] })
}

async function bundledPath(): Promise<string> {
  const { default: bundled } = await import('@sparticuz/chromium')
  return bundled.executablePath()
}
