// mw.log: deprecation notices are given once a property and place.

mw.log.makeDeprecated = ( key, msg ) => {
	let said = false;
	return () => {
		if ( !said ) {
			said = true;
			mw.log.warn( msg );
			if ( key ) {
				mw.track( 'mw.deprecate', key );
			}
		}
	};
};

mw.log.deprecate = ( object, key, value, msg = '', logName = key ) => {
	const warn = mw.log.makeDeprecated( logName, `Use of "${ logName }" is deprecated. ${ msg }` );
	Object.defineProperty( object, key, {
		configurable: true,
		enumerable: true,
		get() {
			warn();
			return value;
		},
		set( changed ) {
			warn();
			value = changed;
		}
	} );
};
