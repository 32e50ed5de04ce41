// How module names and versions are written in addresses of load.php.

/** FNV-1, 32 bits, in base 36: the first five characters, padded with zeros. */
function hash( text ) {
	let h = 0x811C9DC5;
	for ( let i = 0; i < text.length; i++ ) {
		h = Math.imul( h, 0x01000193 ) ^ text.charCodeAt( i );
	}
	return ( h >>> 0 ).toString( 36 ).padStart( 5, '0' ).slice( 0, 5 );
}

/**
 * Group names by what stands before their last dot: a.b and a.c become "a.b,c".
 *
 * @return {{text: string, names: string[]}} names are in the order of the text, which the combined version follows
 */
function pack( names ) {
	const groups = new Map();
	for ( const name of names ) {
		const dot = name.lastIndexOf( '.' );
		const prefix = name.slice( 0, Math.max( dot, 0 ) );
		if ( !groups.has( prefix ) ) {
			groups.set( prefix, [] );
		}
		groups.get( prefix ).push( name.slice( dot + 1 ) );
	}
	const packed = { text: '', names: [] };
	const parts = [];
	for ( const [ prefix, suffixes ] of groups ) {
		const stem = prefix ? prefix + '.' : '';
		parts.push( stem + suffixes.join( ',' ) );
		packed.names.push( ...suffixes.map( ( suffix ) => stem + suffix ) );
	}
	packed.text = parts.join( '|' );
	return packed;
}

/** Split "name@version" at the last @. */
function splitKey( key ) {
	const at = key.lastIndexOf( '@' );
	return at <= 0 ? { name: key, version: '' } : { name: key.slice( 0, at ), version: key.slice( at + 1 ) };
}

function queryString( params ) {
	return Object.keys( params ).sort()
		.map( ( name ) => encodeURIComponent( name ) + '=' + encodeURIComponent( params[ name ] ) )
		.join( '&' );
}
