/** What a task of a type can be downloaded as. */
export const resultFormats = ['video', 'mp3', 'wav', 'image'] as const;

export type ResultFormat = (typeof resultFormats)[number];
