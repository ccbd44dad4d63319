/* What `npm run bench` measures: a name and a command for each part of docs/benchmarks.md. */
export const parts = [
	{name: 'start', command: ['start.js', '--runs', '15']},
	{name: 'download', command: ['download.js']},
	{name: 'wait', command: ['wait.js']},
	{name: 'plan', command: ['plan.js']},
	{name: 'batch', command: ['batch.js']},
	{name: 'sandbox', command: ['sandbox.js']},
	{name: 'journal', command: ['journal.js']},
];
