/**
 * Whether a word stands for the newest task. `last` is accepted because PowerShell gives a bare `@last` a
 * meaning of its own.
 */
export const isNewest = (word: string) => word === '@last' || word === 'last';
