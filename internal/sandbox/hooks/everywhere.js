	// Whatever kind of realm this is.
	wrapConstructor( 'RTCPeerConnection', ( args ) => byScript( ( at ) => {
		let servers = '';
		safely( () => {
			servers = stringify( args[ 0 ] );
		} );
		tell( 'rtc', 'RTCPeerConnection', { t: slice( text( servers ), 0, 2000 ) }, at );
	} ) );
	wrapConstructor( 'Worker', ( args ) => byScript( ( at ) => tell( 'worker', text( args[ 0 ] ), null, at ) ) );
	wrapConstructor( 'SharedWorker', ( args ) => byScript( ( at ) => tell( 'worker', text( args[ 0 ] ), { how: 'shared' }, at ) ) );
	wrapAfter( global, 'atob', ( out ) => {
		if ( out.length > 5 ) {
			byScript( ( at ) => tell( 'decode', 'atob', { t: slice( out, 0, 1000 ) }, at ) );
		}
	} );
	wrap( global.IDBFactory && global.IDBFactory.prototype, 'open', ( self, args ) => byScript( ( at ) => tell( 'storage', text( args[ 0 ] ), { a: 'open', on: 'indexedDB' }, at ) ) );
	wrap( global.CacheStorage && global.CacheStorage.prototype, 'open', ( self, args ) => byScript( ( at ) => tell( 'storage', text( args[ 0 ] ), { a: 'open', on: 'caches' }, at ) ) );
