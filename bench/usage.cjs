// Loaded before the program: writes its peak memory, in KB, and its processor time, in microseconds, to descriptor 3.
process.on('exit', () => {
	const {maxRSS, userCPUTime, systemCPUTime} = process.resourceUsage();
	require('node:fs').writeSync(3, JSON.stringify({maxRSS, cpu: userCPUTime + systemCPUTime}));
});
