/* Replaces the package `debug` if nobody is debugging: without DEBUG it prints nothing, and the real package is not loaded. */
const quiet = () => Object.assign(() => {}, {enabled: false, extend: quiet});

module.exports = process.env.DEBUG ? require('debug') : quiet;
