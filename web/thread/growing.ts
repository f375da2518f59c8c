import { createContext } from 'react'

/** Of a block that is still being written nothing is coloured: it would be for each letter of it. */
export const GrowingContext = createContext(false)
