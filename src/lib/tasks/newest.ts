/** Whether a word stands for the newest task; PowerShell takes a bare `@last` for something else. */
export const isNewest = (word: string) => word === '@last' || word === 'last';
