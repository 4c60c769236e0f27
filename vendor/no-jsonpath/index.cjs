'use strict'
// A path in a condition could run code (jsonpath-plus), so no path ever reaches it: our language refuses `path`, and this throws.
function JSONPath() {
  throw new Error('JSON paths are refused: conditions name facts of the catalogue')
}
module.exports = { JSONPath }
