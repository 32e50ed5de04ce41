// How many words a text has.
module.exports = ( text ) => text.split( /\s+/ ).filter( Boolean ).length;
