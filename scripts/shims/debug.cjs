/* The package `debug` for those who do not debug: without DEBUG it says nothing, and the real one is not loaded. */
const quiet = () => Object.assign(() => {}, {enabled: false, extend: quiet});

module.exports = process.env.DEBUG ? require('debug') : quiet;
