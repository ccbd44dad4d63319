export const cell: {width: number; height: number};
export const margin: number;
export function toSvg(written: string, title: string): string;
