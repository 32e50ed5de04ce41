// mw.hook: callbacks by name. Whoever adds one later still gets what was fired last.

const hooks = Object.create( null );

mw.hook = ( name ) => {
	if ( !hooks[ name ] ) {
		const handlers = [];
		let memory = null;
		const call = ( handler, args ) => {
			try {
				handler( ...args );
			} catch ( exception ) {
				mw.trackError( 'resourceloader.exception', { exception, source: 'mw.hook.' + name } );
			}
		};
		hooks[ name ] = {
			add( ...added ) {
				for ( const handler of added ) {
					if ( memory ) {
						call( handler, memory );
					}
					handlers.push( handler );
				}
				return this;
			},
			remove( ...removed ) {
				for ( const handler of removed ) {
					for ( let i = handlers.indexOf( handler ); i !== -1; i = handlers.indexOf( handler ) ) {
						handlers.splice( i, 1 );
					}
				}
				return this;
			},
			fire( ...args ) {
				memory = args;
				for ( const handler of handlers.slice() ) {
					call( handler, args );
				}
				return this;
			},
			deprecate( msg ) {
				mw.log.warn( `mw.hook "${ name }" is deprecated. ${ msg || '' }` );
				return this;
			}
		};
	}
	return hooks[ name ];
};
