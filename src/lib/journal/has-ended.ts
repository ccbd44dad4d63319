/** Whether a task status is final. */
export const hasEnded = (status: unknown): boolean => status === 'succeed' || status === 'failed';
