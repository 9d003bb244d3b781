const { getRwState } = require('rwsdk/__state')

/** What the application keeps, found by a dependency. */
exports.idOfApp = () => getRwState('app')?.id
