/** The pattern of `ilike` for what contains the text, in which nothing is a wildcard. */
export const containing = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`
