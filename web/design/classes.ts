/** Joins class names; false values are left out. */
export const classes = (...names: (string | false | undefined)[]): string => names.filter(Boolean).join(' ')
