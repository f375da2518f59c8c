import highlighter from 'highlight.js/lib/core'
import bash from 'highlight.js/lib/languages/bash'
import css from 'highlight.js/lib/languages/css'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import python from 'highlight.js/lib/languages/python'
import sql from 'highlight.js/lib/languages/sql'
import typescript from 'highlight.js/lib/languages/typescript'
import xml from 'highlight.js/lib/languages/xml'
import yaml from 'highlight.js/lib/languages/yaml'

const languages = { bash, css, javascript, json, python, sql, typescript, xml, yaml }
for (const [name, grammar] of Object.entries(languages)) highlighter.registerLanguage(name, grammar)

export interface Token {
  text: string
  /** The classes of all enclosing elements. */
  kind: string
}

/** Above this many characters, highlighting would take too long. */
const longest = 50_000

/** The tokens of `code` with their kinds; undefined for an unknown language. */
export function highlight(language: string, code: string): Token[] | undefined {
  if (!highlighter.getLanguage(language) || code.length > longest) return undefined
  return tokensIn(highlighter.highlight(code, { language, ignoreIllegals: true }).value)
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'" }

/** Parses the highlighter's HTML, which has only spans and text, since the page may not insert HTML. */
function tokensIn(html: string): Token[] {
  const tokens: Token[] = []
  const kinds: string[] = []
  for (const piece of html.split(/(<span class="[^"]*">|<\/span>)/)) {
    const opened = /^<span class="([^"]*)">$/.exec(piece)?.[1]
    if (opened !== undefined) kinds.push(opened)
    else if (piece === '</span>') kinds.pop()
    else if (piece) {
      const text = piece.replace(/&(amp|lt|gt|quot|#x27);/g, (whole, name: string) => entities[name] ?? whole)
      tokens.push({ text, kind: kinds.join(' ') })
    }
  }
  return tokens
}
