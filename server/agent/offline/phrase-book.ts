import type { Language } from './language.ts'
import type { Phrases } from './phrases.ts'
import { english } from './phrases-en.ts'
import { roman } from './phrases-roman.ts'
import { urdu } from './phrases-urdu.ts'

/** What is said, in each language it can be said in. */
export const phraseBook: Record<Language, Phrases> = { en: english, ur: urdu, roman }
