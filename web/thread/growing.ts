import { createContext } from 'react'

/** A block that is still being streamed is not highlighted: that would happen again for each letter. */
export const GrowingContext = createContext(false)
