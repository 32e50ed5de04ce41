// Asking load.php for what is queued: one request a source and group, in parts when an address grows too long.

const queue = new Set();
const maxQueryLength = 2000;

function work() {
	const names = [ ...queue ].filter( ( name ) => getState( name ) === 'registered' ).sort();
	queue.clear();
	const batches = new Map();
	for ( const name of names ) {
		registry[ name ].state = 'loading';
		const key = registry[ name ].source + '\n' + registry[ name ].group;
		if ( !batches.has( key ) ) {
			batches.set( key, [] );
		}
		batches.get( key ).push( name );
	}
	for ( const batch of batches.values() ) {
		request( batch );
	}
}

function request( names ) {
	const part = [];
	for ( const name of names ) {
		const longer = pack( part.concat( name ) ).text;
		if ( part.length && encodeURIComponent( longer ).length > maxQueryLength - 100 ) {
			send( part.splice( 0 ) );
		}
		part.push( name );
	}
	send( part );
}

function send( names ) {
	const packed = pack( names );
	const params = Object.assign( {}, baseParams, {
		modules: packed.text,
		version: hash( packed.names.map( ( name ) => registry[ name ].version ).join( '' ) )
	} );
	const source = sources[ registry[ names[ 0 ] ].source ];
	addScriptTag( source + '?' + queryString( params ), null, () => {
		for ( const name of names ) {
			if ( getState( name ) === 'loading' ) {
				setState( name, 'error' );
			}
		}
		mw.track( 'resourceloader.exception', { exception: new Error( 'load.php did not answer' ), module: names.join( ',' ), source: 'fetch' } );
	} );
}
